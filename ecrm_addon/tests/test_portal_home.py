from lxml import html

from odoo.tests import tagged

from .test_portal import PortalCase


@tagged("post_install", "-at_install")
class TestPortalHome(PortalCase):
    """The cards on a customer's home page, each as true as the page behind it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].get_current_website()
        cls.website.company_id = cls.env.company
        cls.preferences = cls.env["ecrm.email.preference"]
        if "loyalty.program" in cls.env:  # other modules' programs would tell of points
            cls.env["loyalty.program"].sudo().search([]).active = False

    def _cards(self, partner):
        """Return what the cards say to somebody, without a page around them."""
        self.env.flush_all()
        self.env.invalidate_all()
        return partner.with_user(partner.user_ids).sudo()._ecrm_home_cards(self.website)

    def _card(self, href):
        """Return the card that leads to a page, None if there is none."""
        cards = self._page("/my").xpath(f"//a[@href='{href}']")
        return cards[0] if cards else None

    def _device(self, partner):
        """Return a browser on which somebody logged in."""
        device = self.env["ecrm.identity"].create({"kind": "device", "key": f"{partner.id}" * 8})
        device.link(partner, "login")
        return device

    # ------------------------------------------------------------
    # THE PAGE
    # ------------------------------------------------------------

    def test_cards_are_there_and_shown(self):
        self._order(self.rosa, amount=2500)
        self._append(self.rosa, count=2)
        self._login(self.rosa)
        for href, text in (
            ("/my/loyalty", "Gold"),
            ("/my/activity", "records"),
            ("/my/privacy", "topics on"),
        ):
            card = self._card(href)
            self.assertIn(text, card.text_content(), href)
            self.assertNotIn("d-none", card.getparent().get("class"), href)
        self.assertIsNone(self._card("/my/communication"))

    def test_progress_is_told_to_who_does_not_see_it(self):
        self._order(self.rosa, amount=2500)
        self._login(self.rosa)
        (bar,) = self._card("/my/loyalty").xpath(".//*[@role='progressbar']")
        self.assertEqual(bar.get("aria-valuenow"), "50")
        told = bar.get("aria-valuetext").replace("\xa0", " ")
        self.assertEqual(told, "$ 2,500.00 more to Platinum")
        self.assertEqual(bar.get("aria-label"), "Your way to Platinum")

    def test_no_progress_is_told_too(self):
        self._order(self.rosa, amount=2500)
        profiles = self.env["ecrm.profile"].search([("partner_id", "=", self.brightside.id)])
        profiles.write({"tier_value": 0})
        self._login(self.rosa)
        for page in (self._card("/my/loyalty"), self._page()):
            (bar,) = page.xpath(".//*[@role='progressbar']")
            self.assertEqual(bar.get("aria-valuenow"), "0")

    def test_nothing_yet(self):
        self._login(self.zed)
        text = self._card("/my/loyalty").text_content()
        self.assertIn("You have no level yet: Bronze begins with your first order.", text)
        self.assertFalse(self._card("/my/loyalty").xpath(".//*[@role='progressbar']"))
        self.assertIn("Nothing yet", self._card("/my/activity").text_content())

    def test_no_browser_keeps_it(self):
        self._login(self.zed)
        headers = self.url_open("/my").headers
        self.assertEqual(headers["Cache-Control"], "no-store")
        self.assertIn("frame-ancestors", headers["Content-Security-Policy"])

    def test_names_are_no_markup(self):
        self.env.ref("ecrm_addon.tier_gold").name = "<script>alert('Gold')</script>"
        self._order(self.rosa, amount=2500)
        self._login(self.rosa)
        response = self.url_open("/my")
        self.assertNotIn("<script>alert('Gold')", response.text)
        text = html.fromstring(response.text).text_content()
        self.assertIn("<script>alert('Gold')</script>", text)

    def test_queries(self):
        """Four cards take eight queries, whatever there is of the person.

        One more looks whose the address is, unless the person logs in with it.
        """
        self.zed.user_ids.login = self.zed.email
        self.website.ecrm_tracking = "identified"
        device = self._device(self.zed)
        self.env["ecrm.consent"].record(device, "granted", company_id=self.env.company.id)
        self._order(self.zed, amount=600)
        self._append(self.zed, count=300, path="/shop")
        self._cards(self.zed)  # as a page that is not the first one
        self.env.invalidate_all()
        # what Odoo's own page has read anyway
        company = self.env.company
        for record in (self.zed, self.website, company, company.currency_id):
            record.sudo().read()
        zed = self.zed.with_user(self.zed.user_ids).sudo()
        with self.assertLogs("odoo.sql_db", "DEBUG") as log:
            zed._ecrm_home_cards(self.website)
        queries = [line for line in log.output if "query:" in line]
        self.assertLessEqual(len(queries), 8, "\n".join(queries))

    def test_switched_off_they_cost_nothing(self):
        self.env.ref("ecrm_addon.portal_my_home_cards").active = False
        self._login(self.zed)
        self.assertIsNone(self._card("/my/activity"))

    # ------------------------------------------------------------
    # LOYALTY
    # ------------------------------------------------------------

    def test_level_is_that_of_the_company(self):
        self._order(self.rosa, amount=600)
        card = self._cards(self.tim)["loyalty"]
        self.assertEqual((card["standing"], card["next"]), ("Silver", "Gold"))
        self.assertIn("more to Gold", card["missing"])

    def test_a_level_that_ends_is_told(self):
        self._order(self.zed, amount=2500)
        profile = self.env["ecrm.profile"].search([("partner_id", "=", self.zed.id)])
        profile.write({"tier_falls_on": "2030-03-01", "tier_falls_short": 10})
        hint = self._cards(self.zed)["loyalty"]["hint"]
        self.assertIn("You keep Gold until February 28, 2030.", hint)

    def test_highest_level(self):
        self._order(self.zed, amount=9000)
        card = self._cards(self.zed)["loyalty"]
        self.assertEqual(card["standing"], "Platinum")
        self.assertFalse(card["next"] or card["missing"])

    def test_no_levels_no_card(self):
        self.env["ecrm.tier"].search([]).active = False
        self._order(self.zed, amount=600)
        self.assertIsNone(self._cards(self.zed)["loyalty"])
        self._login(self.zed)
        self.assertIsNone(self._card("/my/loyalty"))

    # ------------------------------------------------------------
    # ACTIVITY
    # ------------------------------------------------------------

    def test_records_are_counted(self):
        self._append(self.zed, path="/seen")
        self.assertIn("one record ", self._cards(self.zed)["activity"])
        self._append(self.zed, count=44, path="/seen")
        self.assertIn(" 45 records ", self._cards(self.zed)["activity"])

    def test_what_the_page_does_not_tell_is_not_counted(self):
        self._append(self.zed, count=2, path="/seen")
        for kind in ("email.bounced", "order.quoted", "web.custom", "app.opened"):
            self._append(self.zed, kind=kind)
        self._append(self.zed, kind="email.clicked", verdict="machine")
        other = self.env["res.company"].create({"name": "Other"})
        self._append(self.zed, company_id=other.id)
        self._append(self.rosa, count=3)
        self.assertIn(" 2 records ", self._cards(self.zed)["activity"])

    def test_a_kind_may_be_hidden_later(self):
        self._append(self.zed, count=2)
        self.assertIn(" 2 records ", self._cards(self.zed)["activity"])
        self.env["ecrm.touchpoint.kind"].search([("code", "=", "web.page")]).in_portal = False
        self.assertIn("Nothing yet", self._cards(self.zed)["activity"])

    def test_nobody_counts_for_ever(self):
        self._append(self.zed, count=1000)
        self.assertIn(" 1,000 records ", self._cards(self.zed)["activity"])
        self._append(self.zed, count=1)
        self.assertIn("more than 1,000 records ", self._cards(self.zed)["activity"])
        ids = self.zed._ecrm_portal_identity_ids()
        self.assertEqual(self.log.count_timeline(ids, 7, channels=["web"]), 7)
        self.assertEqual(self.log.count_timeline(ids, 7, channels=["email"]), 0)

    # ------------------------------------------------------------
    # PRIVACY
    # ------------------------------------------------------------

    def _preference(self, partner):
        return self.preferences.of_address(partner.email, self.env.company)

    def test_topics(self):
        topics = self.env["ecrm.topic"].of_company(self.env.company)
        every = len(topics)
        self.assertGreater(every, 1)
        self.assertIn(f"{every} of {every} topics on · ", self._cards(self.zed)["privacy"])
        self._preference(self.zed).choose("preferences", {"topic_ids": topics[1:].ids})
        self.assertIn(f"{every - 1} of {every} topics on · ", self._cards(self.zed)["privacy"])
        self._preference(self.zed).choose("preferences", {"topic_ids": []})
        self.assertIn("No e-mails with news or offers · ", self._cards(self.zed)["privacy"])

    def test_without_topics(self):
        self.env["ecrm.topic"].search([]).active = False
        self.assertIn("E-mails with news and offers on", self._cards(self.zed)["privacy"])

    def test_paused(self):
        self._preference(self.zed).choose("preferences", {"pause_days": 30})
        until = self._preference(self.zed).choices()["paused_until"]
        self.assertIn(f"Paused until {until:%B} {until.day}, {until.year}", self._said(self.zed))

    def _said(self, partner):
        return self._cards(partner)["privacy"]

    def test_held_back(self):
        self.env["mail.blacklist"].sudo()._add(self.zed.email)
        self.assertIn("No news or offers at present", self._said(self.zed))

    def test_looking_writes_nothing(self):
        self._cards(self.zed)
        self.assertFalse(self.preferences.known([self.zed.email], self.env.company))

    def test_without_an_address(self):
        self.zed.email = False
        self.assertIn("We do not know your e-mail address", self._said(self.zed))

    def test_visits(self):
        self.website.ecrm_tracking = "identified"
        self.assertIn("visits not measured", self._said(self.zed))
        device, consents = self._device(self.zed), self.env["ecrm.consent"]
        consents.record(device, "granted", website_id=self.website.id)
        self.assertIn("· visits measured", self._said(self.zed))
        self.assertIn("visits not measured", self._said(self.rosa))
        self.website.ecrm_tracking = "anonymous"
        self.assertIn("visits not measured", self._said(self.zed))
        self.website.ecrm_tracking = "identified"
        consents.record(device, "withdrawn")
        self.assertIn("visits not measured", self._said(self.zed))

    def test_visits_agreed_to_in_earlier_words(self):
        self.website.ecrm_tracking = "identified"
        consents = self.env["ecrm.consent"]
        consents.record(self._device(self.zed), "granted", website_id=self.website.id)
        self.assertIn("· visits measured", self._said(self.zed))
        self.website._ecrm_ask_again()
        self.assertIn("visits not measured", self._said(self.zed))

    def test_visits_of_another_website(self):
        self.website.ecrm_tracking = "off"
        other = self.env["website"].create({"name": "Other", "ecrm_tracking": "identified"})
        consents = self.env["ecrm.consent"]
        consents.record(self._device(self.zed), "granted", website_id=other.id)
        self.assertIn("· visits measured", self._said(self.zed))

    def test_an_address_of_somebody_else(self):
        self.zed.email = self.rosa.email
        self.assertIn("also another customer's", self._said(self.zed))

    def test_visits_refused_in_the_account(self):
        """What is said of all browsers stands against what was agreed to on one before."""
        self.website.ecrm_tracking = "identified"
        device, consents = self._device(self.zed), self.env["ecrm.consent"]
        self._append(self.zed)
        account = self._identities(self.zed).filtered(lambda one: one.kind == "partner")
        consents.record(device, "granted")
        consents.record(account, "refused")
        self.assertIn("visits not measured", self._said(self.zed))
        consents.record(device, "granted")
        self.assertIn("· visits measured", self._said(self.zed))
