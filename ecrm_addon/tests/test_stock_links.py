from lxml import html

from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .preference_case import PreferenceCase


@tagged("post_install", "-at_install")
class TestStockLinks(PreferenceCase):
    """Odoo's own links, in mails of before."""

    def _path(self, url):
        return url[len(self.mailing.get_base_url()) :].replace("&amp;", "&")

    def test_one_click_switches_off_the_topic_alone(self):
        url = self.mailing._get_unsubscribe_oneclick_url(self.bea.email, self.bea.id)
        answer = self.url_open(self._path(url), data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(self._refused(self.bea), "unsubscribed")
        self.assertIsNone(self._refused(self.bea, self.tips))
        self.assertFalse(self.env["mail.blacklist"].search([("email", "=", self.bea.email)]))

    def test_confirming_on_odoos_page(self):
        url = self._path(self.mailing._get_unsubscribe_url(self.bea.email, self.bea.id))
        page = html.fromstring(self._get(url).text)
        self.assertIsNone(self._refused(self.bea))
        (form,) = page.xpath("//form[@action='/mailing/confirm_unsubscribe']")
        values = {field.get("name"): field.get("value") for field in form.xpath(".//input")}
        answer = self.url_open("/mailing/confirm_unsubscribe", data=values)
        self.assertIn("Successfully unsubscribed", answer.text)
        self.assertEqual(self._refused(self.bea), "unsubscribed")

    def test_a_get_shows_the_choices_and_changes_nothing(self):
        url = self.mailing._get_unsubscribe_oneclick_url(self.bea.email, self.bea.id)
        answer = self._get(self._path(url.replace("unsubscribe_oneclick", "unsubscribe")))
        self.assertIn("/ecrm/preferences/", answer.url)
        self.assertIsNone(self._refused(self.bea))
        self.assertFalse(self.env["mail.blacklist"].search([("email", "=", self.bea.email)]))

    def test_a_get_of_somebody_who_sends_mailings_changes_nothing(self):
        """Odoo takes their login in place of the token."""
        user = new_test_user(
            self.env, "mailer", "mass_mailing.group_mass_mailing_user", email=self.bea.email
        )
        self.authenticate(user.login, user.login)
        answer = self._get(f"/mailing/{self.mailing.id}/unsubscribe")
        self.assertIn("/ecrm/preferences/", answer.url)
        self.assertIsNone(self._refused(self.bea))
        self.assertFalse(self.env["mail.blacklist"].search([("email", "=", self.bea.email)]))

    @mute_logger("odoo.http")
    def test_which_mailings_there_are_is_not_told(self):
        query = "document_id=1&email=a@ecrm.example&hash_token=x"
        paths = [
            f"/mailing/{number}/unsubscribe?{query}" for number in (self.mailing.id, 2**31 - 1)
        ]
        self.assertEqual({self._get(path).status_code for path in paths}, {401})

    @mute_logger("odoo.http")
    def test_a_wrong_hash_does_nothing(self):
        url = self._path(self.mailing._get_unsubscribe_oneclick_url(self.bea.email, self.bea.id))
        for way in ({"data": {"a": "1"}}, {}):
            path = url.replace("unsubscribe_oneclick", "unsubscribe")[:-3] + "zzz"
            self.assertGreaterEqual(self.url_open(path, **way).status_code, 400)
        self.assertIsNone(self._refused(self.bea))
