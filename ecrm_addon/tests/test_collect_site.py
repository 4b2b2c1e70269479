from odoo.tests import tagged

from ..lib.tracking import visit as visit_lib
from .door_case import DoorCase


@tagged("post_install", "-at_install")
class TestCollectSite(DoorCase):
    """Sites outside Odoo: a key, allowed origins, consent by their own banner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.site = cls.env["ecrm.site"].create(
            {"name": "Blog", "allowed_origins": "https://blog.example\nhttps://news.example/"}
        )
        cls.vid = visit_lib.new_id()

    def _tell(self, *events, origin="https://blog.example", type_="text/plain", **batch):
        batch = {"site": self.site.key, "vid": self.vid, "consent": "granted", **batch}
        headers = {"Content-Type": type_}
        if origin:
            headers["Origin"] = origin
        return self._send(*events, batch=batch, headers=headers)

    def test_an_allowed_page_is_heard(self):
        for type_ in ("text/plain", "application/json", "text/plain;charset=UTF-8"):
            act = self._act(u="https://blog.example/tea")
            response = self._tell(act, type_=type_)
            self.assertEqual(response.status_code, 204, response.text)
            self.assertEqual(
                response.headers["Access-Control-Allow-Origin"], "https://blog.example"
            )
            self.assertNotIn("Set-Cookie", response.headers)
            (touchpoint,) = self._stored(act)
            self.assertEqual(touchpoint.company_id, self.site.company_id)
            consent = self.env["ecrm.consent"].browse(touchpoint.consent_id)
            self.assertEqual(consent.source, f"site {self.site.id}")

    def test_its_own_pages_are_no_referrers(self):
        acts = [
            self._act(u="https://www.blog.example/tea", r="https://blog.example/"),
            self._act(u="https://blog.example/tea", r="https://search.example/"),
        ]
        self._tell(*acts)
        own, foreign = (self._stored(act)[0].referrer_host for act in acts)
        self.assertEqual((own, foreign), (False, "search.example"))

    def test_pages_from_elsewhere_are_not(self):
        before = self._counts()
        for origin in ("https://evil.example", "null", None, "http://blog.example", ""):
            self.assertRefused(self._tell(self._act(), origin=origin), 403)
        for key in ("unknown", "", None, 7, ["x"], {"a": 1}, "x" * 9000, "\x00", "' OR 1=1"):
            self.assertRefused(self._tell(self._act(), site=key), 403, 422)
        self.assertEqual(self._counts(), before)

    def test_no_consent_no_event(self):
        before = self._counts()
        for consent in ("refused", None, True, 1, ["granted"], {"granted": 1}):
            self.assertEqual(self._tell(self._act(), consent=consent).status_code, 204)
        for vid in (None, 7, "short", "x" * 9000, ["a"], "\x00" * 22):
            self.assertEqual(self._tell(self._act(), vid=vid).status_code, 204)
        self.assertEqual(self._counts(), before)

    def test_taking_consent_back_is_written_down(self):
        self._tell(self._act())
        self._tell(self._act(), consent="withdrawn")
        last = self.env["ecrm.consent"].search([], order="id desc", limit=1)
        self.assertEqual((last.state, last.previous_id.state), ("withdrawn", "granted"))

    def test_browsers_may_ask_for_leave(self):
        def ask(origin):
            return self.url_open(
                "/ecrm/collect",
                method="OPTIONS",
                headers={
                    "Origin": origin,
                    "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "content-type",
                },
            ).headers

        self.assertEqual(
            ask("https://blog.example")["Access-Control-Allow-Origin"], "https://blog.example"
        )
        self.assertIn("Content-Type", ask("https://news.example")["Access-Control-Allow-Headers"])
        for origin in ("https://evil.example", "null", "*"):
            self.assertNotIn("Access-Control-Allow-Origin", ask(origin))

    def test_a_site_cannot_speak_of_anothers_visitors(self):
        other = self.env["ecrm.site"].create(
            {"name": "News", "allowed_origins": "https://news.example"}
        )
        self._tell(first := self._act())
        self._tell(second := self._act(), site=other.key, origin="https://news.example")
        one, two = self._stored(first, second)
        self.assertNotEqual(one.identity_id, two.identity_id)

    def test_an_archived_site_is_closed(self):
        self._tell(self._act())
        self.site.active = False
        self.assertRefused(self._tell(self._act()), 403)
