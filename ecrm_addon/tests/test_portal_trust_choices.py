"""What a customer says on the page of privacy holds from the next request on: M73, M80, M22."""

from odoo.tests import tagged

from .door_case import DoorCase
from .pages_case import PagesCase

PAGE = "/my/privacy"


@tagged("post_install", "-at_install")
class TestChoices(PagesCase, DoorCase):
    def setUp(self):
        super().setUp()
        if PAGE not in {route.url for route in self._our_routes()}:
            self.skipTest(f"there is no {PAGE}")
        self._login(self.zed)

    def _say(self, choice, **values):
        data = {"csrf_token": self._csrf(), "choice": choice, **values}
        response = self.url_open(PAGE, data=data, allow_redirects=False)
        self.assertIn(response.status_code, (200, 303))
        self.env.invalidate_all()
        return response

    def test_no_visit_is_recorded_any_more(self):
        """M73: the next request stores nothing, and the cookie is gone."""
        self._agree()
        self._send(self._act())
        self.assertTrue(self._cookie)
        before = self._counts()
        self._send(self._act())
        self.assertNotEqual(self._counts(), before, "visits were recorded so far")
        self._say("tracking", state="off")
        self.assertIsNone(self._cookie)
        before = self._counts()
        self._send(self._act())
        self.assertEqual(self._counts(), before)

    def test_no_profile_any_more(self):
        """M80: no score and no campaign, neither at once nor after the next scoring."""
        profile = [("partner_id", "=", self.zed.commercial_partner_id.id)]
        self.assertTrue(self.env["ecrm.profile"].search(profile))
        self._say("profile", state="off")
        self.pipeline.run_now()
        self.env["ecrm.score.run"].score(self.env.company)
        engagement = self.env["ecrm.profile"].search(profile).mapped("engagement")
        self.assertFalse(any(engagement))
        self.assertTrue(self.env["ecrm.email.preference"].objects(self.zed))

    def test_somebody_elses_consent(self):
        """M22: the number of another person's consent is answered as one that is not there."""
        theirs = self.env["ecrm.consent"].search(
            [("identity_id.partner_id", "=", self.tim.id), ("state", "=", "granted")], limit=1
        )
        self.assertTrue(theirs.holds())
        answers = []
        for number in (theirs.id, theirs.id + 10**6, "x", ""):
            before = self.env["ecrm.consent"].search_count([])
            response = self._say("browser", consent=number)
            self.assertEqual(self.env["ecrm.consent"].search_count([]), before)
            answers.append((response.status_code, response.headers.get("Location"), response.text))
        self.assertEqual(len(set(answers)), 1)
        self.assertTrue(theirs.holds())
