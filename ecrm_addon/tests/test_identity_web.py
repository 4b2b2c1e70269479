import re
from urllib.parse import urlsplit

from ..lib.tracking.event import identity_of
from .email_case import LINK
from .identity_case import AGENT, Browser, IdentityCase

BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


class TestClicks(IdentityCase):
    """A click in a mail: signed, weak evidence, and nothing that a program does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailing = cls._mailing(cls.ann | cls.bea)

    @classmethod
    def _mailing(cls, records):
        mailing = cls.env["mailing.mailing"].create(
            {
                "subject": "New teas",
                "mailing_model_id": cls.env["ir.model"]._get_id(records._name),
                "mailing_domain": [("id", "in", records.ids)],
                "body_html": '<p><a href="https://shop.example/tea?a=1">Tea</a></p>',
                "keep_archives": True,
                "reply_to_mode": "new",
                "reply_to": "shop@shop.example",
            }
        )
        mailing.action_send_mail(res_ids=records.ids)
        return mailing

    def _mail(self, record):
        trace = self._trace(record)
        return self.env["mail.mail"].search([("mailing_trace_ids", "in", trace.ids)])

    def _trace(self, record):
        domain = [("model", "=", record._name), ("res_id", "=", record.id)]
        return self.env["mailing.trace"].search(domain, limit=1)

    def _link(self, record):
        """Return the path of the link in the mail to somebody."""
        (copy,) = self._mail(record)._prepare_outgoing_list()
        (url,) = [url for url, rest in LINK.findall(copy["body"]) if "hidden" not in rest]
        return urlsplit(url).path

    def _click(self, browser, path, method="GET", status=302, **options):
        answer = browser.request(method, path, **options)
        self.assertEqual(answer.status_code, status)
        if status == 302:
            self.assertIn("https://shop.example/tea", answer.headers["Location"])
        self._digest()

    def test_each_recipient_has_another_link(self):
        self.assertNotEqual(self._link(self.ann), self._link(self.bea))

    def test_a_mail_that_is_sent_again_keeps_its_links(self):
        self.assertEqual(self._link(self.ann), self._link(self.ann))
        self.assertEqual(self.env["ecrm.email.message"].search_count([]), 1)

    def test_a_click_links_the_browser(self):
        browser = Browser(self).accept()
        browser.visit("/before")
        self._click(browser, self._link(self.ann))
        identity = browser.identity()
        self.assertEqual(self._ledger(identity), [("linked", "click", self.ann)])
        self.assertEqual(self._touchpoints(self.ann, kind="web.page").path, "/before")

    def test_without_consent_nothing_is_noted(self):
        browser = Browser(self)
        self._click(browser, self._link(self.ann))
        self.assertFalse(browser.vid)
        self.assertFalse(self.env["ecrm.identity.link"].search([("evidence", "=", "click")]))

    def test_a_forged_click_redirects_and_links_nothing(self):
        """Case 48 of the attacks: the numbers of recipients can be counted up."""
        link = self._link(self.ann)
        code = self.env["link.tracker.code"].search([], limit=1).code
        forged = {
            f"/r/{code}/m/{self._trace(self.ann).id}": 302,  # as Odoo itself makes it
            f"/r/{code}/m/999999999": 302,
            "/r/gone/m/1": 404,
            f"{link[:-1]}": 404,
            f"{link[:-8]}AAAAAAAA": 404,
            f"{link[:20]}{self._link(self.bea)[20:]}": 404,
            "/ecrm/c/%C3%A9": 404,
        }
        browser = Browser(self).accept()
        for url, status in forged.items():
            with self.subTest(url):
                self._click(browser, url, status=status)
                self.assertFalse(browser.identity().partner_id)

    def test_a_program_links_nothing(self):
        browser, link = Browser(self).accept(), self._link(self.ann)
        self._click(browser, link, "HEAD")
        self._click(browser, link, headers={"Sec-Purpose": "prefetch;prerender"})
        self._click(browser, link, headers={"User-Agent": BOT})
        self.assertFalse(browser.identity().partner_id)
        self._click(browser, link)
        self.assertEqual(browser.identity().partner_id, self.ann)

    def test_a_forwarded_mail(self):
        """Bea reads a mail that Ann forwarded, then one of her own: her login decides."""
        browser = Browser(self).accept()
        browser.visit("/tea")
        self._click(browser, self._link(self.ann))
        self._click(browser, self._link(self.bea))
        identity = browser.identity()
        self.assertEqual(self._ledger(identity), [("linked", "click", self.ann)])
        browser.login(self.user_bea)
        self._digest()
        self.assertEqual(identity.partner_id, self.bea)
        self.assertFalse(self._touchpoints(self.ann, kind="web.page"))

    def test_who_is_logged_in_reads_somebody_elses_mail(self):
        browser = Browser(self).accept()
        browser.login(self.user_bea)
        self._click(browser, self._link(self.ann))
        self.assertEqual(browser.identity().partner_id, self.bea)

    def test_a_click_opens_nothing(self):
        browser = Browser(self).accept()
        self._click(browser, self._link(self.ann))
        self.assertIn("/web/login", browser.get("/my").headers["Location"])

    def test_a_mailing_contact_is_a_contact_by_its_address(self):
        reader = self.env["mailing.contact"].create({"name": "A", "email": self.ann.email})
        stranger = self.env["mailing.contact"].create({"name": "B", "email": "b@nobody.example"})
        self._mailing(reader | stranger)
        for record, partner in ((reader, self.ann), (stranger, self.env["res.partner"])):
            with self.subTest(record.name):
                browser = Browser(self).accept()
                self._click(browser, self._link(record))
                self.assertEqual(browser.identity().partner_id, partner)

    def test_an_address_of_two_contacts_is_nobodys(self):
        self.env["res.partner"].create({"name": "Ann again", "email": self.ann.email})
        reader = self.env["mailing.contact"].create({"name": "A", "email": self.ann.email})
        self._mailing(reader)
        browser = Browser(self).accept()
        self._click(browser, self._link(reader))
        self.assertFalse(browser.identity().partner_id)

    def test_a_document_is_its_customers(self):
        order = self._order(self.ann)
        self._mailing(order)
        self.assertEqual(self._trace(order)._ecrm_contact(), self.ann)

    def test_a_test_mail_is_not_measured(self):
        self._trace(self.ann).is_test_trace = True
        (copy,) = self._mail(self.ann)._prepare_outgoing_list()
        self.assertFalse(LINK.findall(copy["body"]))


class TestForms(IdentityCase):
    """Forms and newsletters on the website."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.model"]._get("mailing.contact").website_form_access = True
        cls.env["ir.model.fields"].formbuilder_whitelist("mailing.contact", ["name", "email"])

    def _send(self, browser, address):
        data = {"name": "Somebody", "email": address, "list_ids": "1"}
        answer = browser.request("POST", "/website/form/mailing.contact", data=data)
        self.assertTrue(answer.json().get("id"), answer.text)
        self._digest()

    def _claims(self):
        claims = self.env["ecrm.identity.claim"].search([])
        return [(claim.browser_id, claim.address_id.key) for claim in claims]

    def test_a_form_is_a_claim(self):
        browser = Browser(self).accept()
        self._send(browser, "Ann@Shop.example")
        self.assertEqual(self._claims(), [(browser.identity(), "ann@shop.example")])
        self.assertFalse(browser.identity().partner_id)
        self.env["ecrm.identity"].confirm_address("ann@shop.example")
        self._digest()
        self.assertEqual(self._ledger(browser.identity()), [("linked", "form", self.ann)])

    def test_without_consent_nothing_is_remembered(self):
        self._send(Browser(self), "ann@shop.example")
        self.assertFalse(self._claims())

    def test_who_is_logged_in_claims_nothing(self):
        browser = Browser(self).accept()
        browser.login(self.user_bea)
        token = re.search(r'csrf_token: "([^"]+)"', browser.get("/").text)[1]
        data = {"name": "B", "email": "ann@shop.example", "csrf_token": token, "list_ids": "1"}
        browser.request("POST", "/website/form/mailing.contact", data=data)
        self._digest()
        self.assertFalse(self._claims())

    def test_a_newsletter_is_a_claim(self):
        if "website_mass_mailing" not in self.env.registry._init_modules:
            self.skipTest("needs the newsletter block")
        newsletter = self.env["mailing.list"].create({"name": "News", "is_public": True})
        browser = Browser(self).accept()
        subscribe = {"list_id": newsletter.id, "subscription_type": "email"}
        browser.rpc("/website_mass_mailing/subscribe", value="ann@shop.example", **subscribe)
        self._digest()
        self.assertEqual(self._claims(), [(browser.identity(), "ann@shop.example")])
        self.assertFalse(browser.identity().partner_id)
        # who left the list and comes back on another browser
        self.env["mailing.subscription"].search([("list_id", "=", newsletter.id)]).opt_out = True
        other = Browser(self).accept()
        other.rpc("/website_mass_mailing/subscribe", value="ann@shop.example", **subscribe)
        self._digest()
        self.assertIn((other.identity(), "ann@shop.example"), self._claims())

    def test_an_import_claims_nothing(self):
        newsletter = self.env["mailing.list"].create({"name": "News"})
        self.env["mailing.contact"].create(
            {"name": "C", "email": "ann@shop.example", "list_ids": [(4, newsletter.id)]}
        )
        self._digest()
        self.assertFalse(self._claims())


class TestVisitors(IdentityCase):
    """Odoo's own visitor, on whom chats and leads hang: the same person, the same row."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Odoo's own page views make visitors, too; pages are read-only in tests, the login is not
        cls.website.ecrm_keep_stock_tracking = True
        cls.env.ref("web.login").track = True

    def _visitors(self):
        self.env.invalidate_all()
        return self.env["website.visitor"].search([("id", ">", self.last_id)], order="id")

    def setUp(self):
        super().setUp()
        newest = self.env["website.visitor"].search([], limit=1)
        self.last_id = newest.id or 0

    def test_an_updated_browser_is_the_same_visitor(self):
        browser = Browser(self).accept()
        for version in (140, 141, 142):
            browser.opener.headers["User-Agent"] = AGENT.format(version)
            browser.forget_session()
            self.assertEqual(browser.get("/web/login").status_code, 200)
        visitor = self._visitors()
        self.assertEqual(len(visitor), 1)
        key = identity_of("device", visitor.access_token)[1]
        self.assertEqual(key, browser.identity().key)

    def test_without_consent_odoo_does_as_ever(self):
        browser = Browser(self)
        for version in (140, 141):
            browser.opener.headers["User-Agent"] = AGENT.format(version)
            browser.get("/web/login")
        self.assertEqual(len(self._visitors()), 2)

    def test_the_visitor_from_before_the_consent_goes_on(self):
        browser = Browser(self)
        browser.get("/web/login")
        before = self._visitors()
        self.assertEqual(len(before), 1)
        browser.accept()
        browser.get("/web/login")
        self.assertEqual(self._visitors(), before)
        key = identity_of("device", before.access_token)[1]
        self.assertEqual(key, browser.identity().key)

    def test_a_login_makes_it_the_contacts_visitor(self):
        browser = Browser(self).accept()
        browser.get("/web/login")
        anonymous, visitor = browser.identity(), self._visitors()
        browser.log_in_by_form(self.user_ann)
        browser.get("/web/login")
        self.assertEqual(self._visitors(), visitor)
        self.assertEqual(visitor.partner_id, self.ann)
        notes = self.env["ecrm.change"].search([("model", "=", "ecrm.login")])
        self.assertEqual(len(notes), 1)
        self._digest()
        self.assertEqual(self._ledger(anonymous), [("linked", "login", self.ann)])

    def test_a_second_device_is_merged_into_it(self):
        for _n in range(2):
            browser = Browser(self).accept()
            browser.get("/web/login")
            browser.log_in_by_form(self.user_ann)
            browser.get("/web/login")
        visitor = self._visitors()
        self.assertEqual(len(visitor), 1)
        self.assertEqual(len(visitor.website_track_ids), 6)

    def test_a_lead_hangs_on_the_same_visitor(self):
        if "website_crm" not in self.env.registry._init_modules:
            self.skipTest("needs website_crm")
        browser = Browser(self).accept()
        for version in (140, 141):
            browser.opener.headers["User-Agent"] = AGENT.format(version)
            browser.forget_session()
            data = {"contact_name": "Ann", "name": "Tea?", "email_from": "ann@shop.example"}
            browser.request("POST", "/website/form/crm.lead", data=data)
        visitor = self._visitors()
        self.assertEqual(len(visitor), 1)
        self.assertEqual(len(visitor.lead_ids), 2)
        browser.log_in_by_form(self.user_ann)
        self.assertEqual(self._visitors().partner_id, self.ann)
        self.assertEqual(len(self._visitors().lead_ids), 2)

    def test_a_chat_from_before_the_consent_hangs_on_the_same_visitor(self):
        if "website_livechat" not in self.env.registry._init_modules:
            self.skipTest("needs website_livechat")
        browser = Browser(self)
        browser.get("/web/login")
        before = self._visitors()
        channel = self.env["discuss.channel"].create(
            {
                "name": "Chat",
                "channel_type": "livechat",
                "livechat_visitor_id": before.id,
                "livechat_operator_id": self.env.user.partner_id.id,
            }
        )
        browser.accept()
        browser.get("/web/login")
        browser.log_in_by_form(self.user_ann)
        self.env.invalidate_all()
        self.assertEqual(channel.livechat_visitor_id, self._visitors())
        self.assertEqual(channel.livechat_visitor_id.partner_id, self.ann)

    def test_a_login_without_consent_is_told_by_odoos_own_visitor(self):
        browser = Browser(self)
        browser.get("/web/login")
        token = self._visitors().access_token
        browser.log_in_by_form(self.user_ann)
        note = self.env["ecrm.change"].search([("model", "=", "ecrm.login")])
        self.assertEqual(note.res_id, self.ann.id)
        self.assertTrue(note.key.startswith(identity_of("device", token)[1]))
