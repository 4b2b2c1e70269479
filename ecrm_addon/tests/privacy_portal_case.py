import re

from lxml import html

from .identity_case import Browser
from .test_portal import PortalCase


class PrivacyPortalCase(PortalCase):
    """Rosa and Tim of one company, and Zed, each on browsers of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.write({"cookies_bar": True, "ecrm_tracking": "identified", "domain": False})
        cls.company = cls.website.company_id
        cls.consents = cls.env["ecrm.consent"]
        cls.news = cls.env.ref("ecrm_addon.ecrm_topic_news")
        cls.tips = cls.env.ref("ecrm_addon.ecrm_topic_tips")

    def setUp(self):
        super().setUp()
        self.env["ecrm.limits"].forget()
        self.addCleanup(self.env["ecrm.limits"].forget)

    def _on(self, partner, agreed=False):
        """Return a browser on which somebody is logged in, having agreed before or not."""
        browser = Browser(self)
        if agreed:
            browser.accept()
        browser.login(partner.user_ids, f"{partner.user_ids.login}-password")
        return browser

    def _post(self, browser, path="/my/privacy", **form):
        """Send a form of the page as a browser does."""
        page = browser.get("/my/privacy").text
        form["csrf_token"] = re.search(r'name="csrf_token" value="([0-9a-fo]+)"', page)[1]
        answer = browser.request("POST", path, data=form)
        self.assertEqual(answer.status_code, 303, answer.text[:500])
        self.env.invalidate_all()
        return answer

    def _section(self, browser, name="tracking", path="/my/privacy"):
        """Return the words of a section of the page."""
        return " ".join(self._element(browser, name, path).text_content().split())

    def _element(self, browser, name, path="/my/privacy"):
        answer = browser.get(path)
        self.assertEqual(answer.status_code, 200)
        return html.fromstring(answer.text).get_element_by_id(name)

    def _is_on(self, browser, choice):
        button = self._element(browser, f"o_ecrm_{choice}_switch")
        self.assertEqual(button.get("role"), "switch")
        return button.get("aria-checked") == "true"

    def _digest(self):
        while self.pipeline._digest():
            pass
        self.env.invalidate_all()

    def _visits(self):
        """Return how many events came in, whosever they are."""
        self._digest()
        return self.env["ecrm.touchpoint"].search_count([("kind", "=", "web.page")])

    def _said(self, partner, purpose):
        """Return what a person said, the oldest first: state and source."""
        domain = [("identity_id.partner_id", "=", partner.id), ("purpose", "=", purpose)]
        lines = self.consents.search(domain, order="id")
        return [(line.state, line.source) for line in lines]
