from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..lib.tracking.event import identity_of
from ..models.ecrm_privacy_choices import SHOWN
from .identity_case import Browser
from .privacy_portal_case import PrivacyPortalCase
from .test_portal import FORBIDDEN


class TestPage(PrivacyPortalCase):
    def test_public(self):
        answer = Browser(self).get("/my/privacy")
        self.assertEqual(answer.status_code, 303)
        self.assertIn("/web/login", answer.headers["Location"])

    def test_headers_of_pages_and_of_answers(self):
        zed = self._on(self.zed)
        for answer in (zed.get("/my/privacy"), self._post(zed, choice="profile", state="off")):
            self.assertEqual(answer.headers["Cache-Control"], "no-store")
            self.assertIn("frame-ancestors", answer.headers["Content-Security-Policy"])

    @mute_logger("odoo.http")
    def test_csrf(self):
        zed = self._on(self.zed)
        for choice in ("mails", "tracking", "browser", "personalise", "profile"):
            form = {"choice": choice, "state": "off"}
            self.assertEqual(zed.request("POST", "/my/privacy", data=form).status_code, 400)
        self.assertFalse(self.consents.search_count([]))

    def test_it_leads_nowhere_else(self):
        zed = self._on(self.zed)
        for choice in ("//evil.example", "https://evil.example", "data", "", "tracking@evil"):
            answer = self._post(zed, choice=choice, state="off", redirect="https://evil.example")
            self.assertTrue(answer.headers["Location"].endswith("/my/privacy"))
        self.assertFalse(self.consents.search_count([]))
        page = zed.get("/my/privacy?saved=<b>evil</b>").text
        self.assertNotIn("evil", html.fromstring(page).get_element_by_id("wrap").text_content())

    def test_a_get_changes_nothing(self):
        zed = self._on(self.zed)
        models = ("ecrm.consent", "ecrm.identity", "ecrm.email.preference", "ecrm.suppression")
        before = [self.env[model].search_count([]) for model in models]
        zed.get("/my/privacy?choice=tracking&state=off&saved=tracking&history=all")
        self.assertEqual([self.env[model].search_count([]) for model in models], before)

    def test_each_field_has_a_label_and_ids_are_unique(self):
        self._on(self.zed, agreed=True)
        self._digest()
        zed = self._on(self.zed, agreed=True)
        page = html.fromstring(zed.get("/my/privacy").text).get_element_by_id("wrap")
        for field in page.xpath(".//input[@type!='hidden'] | .//select"):
            self.assertTrue(page.xpath(f".//label[@for='{field.get('id')}']"), field.get("id"))
        ids = page.xpath(".//@id")
        self.assertEqual(len(ids), len(set(ids)))
        for name in page.xpath(".//@aria-labelledby"):
            self.assertLessEqual(set(name.split()), set(ids))
        self.assertTrue({"mails", "tracking", "data", "ecrm_privacy_data"} <= set(ids))

    def test_words_that_customers_never_read(self):
        self._order(self.zed, amount=500)
        self.pipeline.run_now()
        zed = self._on(self.zed)
        text = self._section(zed, "wrap").lower()
        for word in FORBIDDEN:
            self.assertNotIn(word, text)

    def test_without_an_address(self):
        self.zed.email = False
        zed = self._on(self.zed)
        self.assertIn("We do not know your e-mail address", self._section(zed, "mails"))
        self._post(zed, choice="mails", **{f"topic_{self.news.id}": "1"})
        self._post(zed, choice="profile", state="off")
        self.assertEqual(self._said(self.zed, "profile"), [("refused", "portal")])

    def test_queries(self):
        for _number in range(30):
            self.consents.record(self._identity_of(self.zed), "granted", "personalise")
        self.zed.email = "zed@example.com"
        self.authenticate("zed", "zed-password")
        stock, ours = self._queries("/my/security"), self._queries("/my/privacy")
        # two more are left for the section of requests
        self.assertLessEqual(ours, stock + 6)

    def _queries(self, path):
        for _warm in range(3):
            self.url_open(path)
        before = self.cr.sql_log_count
        self.url_open(path)
        return self.cr.sql_log_count - before

    def _identity_of(self, partner):
        values = {"kind": "partner", "key": str(partner.id), "partner_id": partner.id}
        known = self.env["ecrm.identity"].search([("key", "=", values["key"])])
        return known or self.env["ecrm.identity"].create(values)


class TestMails(PrivacyPortalCase):
    def test_the_old_address_leads_here(self):
        zed = self._on(self.zed)
        answer = zed.get("/my/communication")
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(answer.headers["Location"].endswith("/my/privacy#mails"))
        answer = self._post(zed, "/my/communication", **{f"topic_{self.tips.id}": "1"})
        self.assertTrue(answer.headers["Location"].endswith("/my/privacy?saved=mails#mails"))
        self.assertIn("Saved", self._section(zed, "mails", "/my/privacy?saved=mails"))
        refused = self.env["ecrm.suppression"].refusals
        self.assertEqual(refused([self.zed.email], self.news, self.company), {
            self.zed.email: "unsubscribed"
        })  # fmt: skip

    def test_one_topic_off_another_less_often_and_a_break(self):
        zed = self._on(self.zed)
        form = {f"topic_{self.tips.id}": "1", f"often_{self.tips.id}": "monthly"}
        self._post(zed, choice="mails", frequency="weekly", pause="60", **form)
        section = self._element(zed, "mails")
        ticked = section.xpath(".//input[@type='checkbox'][@checked]/@name")
        self.assertEqual(ticked, [f"topic_{self.tips.id}"])
        often = section.xpath(f".//select[@name='often_{self.tips.id}']/option[@selected]/@value")
        self.assertEqual(often, ["monthly"])
        self.assertIn("Paused until", section.text_content())
        history = self._section(zed, "history")
        for words in (
            "E-mails: News and offers: No",
            "How often e-mails come: Product tips: At most one a month",
            "How often e-mails come: At most one a week",
            "How often e-mails come: A break until",
        ):
            self.assertIn(words, history)

    def test_an_address_of_somebody_else(self):
        """Whoever writes another contact's address into the account gets no choices of it."""
        other = self.env["res.partner"].create({"name": "Eve", "email": "eve@example.com"})
        preference = self.env["ecrm.email.preference"].of_address(other.email, self.company)
        preference.choose("preferences", {"frequency": "monthly"})
        self.zed.email = other.email
        zed = self._on(self.zed)
        self.assertIn("also another customer's", self._section(zed, "mails"))
        self._post(zed, choice="mails", frequency="weekly")
        self.assertEqual(preference.frequency, "monthly")
        self.assertNotIn("E-mails", self._section(zed, "history"))

    def test_whose_an_address_is(self):
        user = self.zed.user_ids
        of_user = self.env(user=user)["ecrm.privacy.person"].of_user
        self.zed.email = "new@example.com"
        self.assertEqual(of_user().email, "new@example.com", "nobody else's")
        identity = self.env["ecrm.identity"].create({"kind": "email", "key": "new@example.com"})
        self.assertEqual(of_user().email, "new@example.com")
        identity.link(self.rosa, "hand")
        self.assertEqual(of_user().email, "")
        user.login = "New@example.com"
        self.assertEqual(of_user().email, "new@example.com", "who logs in with it")
        identity.link(self.zed, "hand")
        user.login = "zed"
        self.assertEqual(of_user().email, "new@example.com")
        self.env["res.partner"].create(
            {"name": "Gone", "email": "new@example.com", "active": False}
        )
        self.assertEqual(of_user().email, "")

    def test_who_objects_to_profiles_is_not_measured_in_any_case(self):
        zed = self._on(self.zed)
        self.assertIsNone(self._element(zed, "o_ecrm_unmeasured").get("disabled"))
        self._post(zed, choice="profile", state="off")
        box = self._element(zed, "o_ecrm_unmeasured")
        self.assertIsNotNone(box.get("disabled"))
        self.assertIsNotNone(box.get("checked"))
        self.assertIn("as long as you object to profiling", self._section(zed, "mails"))
        self._post(zed, choice="mails", frequency="weekly")
        self.assertFalse(self.consents.search([("purpose", "=", "email_measure")]))


class TestSwitches(PrivacyPortalCase):
    def test_object_to_figures_and_back(self):
        self._order(self.zed, amount=2500)
        self.pipeline.run_now()
        profile = [("partner_id", "=", self.zed.id)]
        zed = self._on(self.zed)
        self.assertTrue(self._is_on(zed, "profile"))
        self.assertTrue(self.zed.with_company(self.company).ecrm_tier_id)
        self._post(zed, choice="profile", state="off")
        self.assertFalse(self._is_on(zed, "profile"))
        self.assertFalse(self.env["ecrm.profile"].search(profile))
        self.assertFalse(self.zed.with_company(self.company).ecrm_tier_id)
        self.assertEqual(self.consents._objectors(), self.zed)
        self._post(zed, choice="profile", state="off")
        self.assertEqual(self._said(self.zed, "profile"), [("refused", "portal")], "said once")
        self._post(zed, choice="profile", state="on")
        self.assertTrue(self._is_on(zed, "profile"))
        self.pipeline.run_now()
        self.assertTrue(self.env["ecrm.profile"].search(profile))
        self._post(zed, choice="profile", state="off")
        states = [state for state, _source in self._said(self.zed, "profile")]
        self.assertEqual(states, ["refused", "granted", "withdrawn"])
        self.assertIn("Profiling: No more", self._section(zed, "history"))

    def test_a_no_by_the_address_is_taken_back_too(self):
        address = self.env["ecrm.identity"].create({"kind": "email", "key": self.zed.email})
        self.consents.record(address, "refused", "profile")
        zed = self._on(self.zed)
        self.assertFalse(self._is_on(zed, "profile"))
        self._post(zed, choice="profile", state="on")
        self.assertTrue(self._is_on(zed, "profile"))
        self.assertFalse(self.consents._objectors())

    def test_personalisation_is_off_until_somebody_wants_it(self):
        everybody = self.rosa | self.tim | self.zed
        rosa = self._on(self.rosa)
        self.assertFalse(self._is_on(rosa, "personalise"))
        self.assertFalse(self.consents.allows(everybody, "personalise"))
        self._post(rosa, choice="personalise", state="on", partner_id=str(self.tim.id))
        self.assertTrue(self._is_on(rosa, "personalise"))
        self.assertFalse(self._is_on(self._on(self.tim), "personalise"))
        self.assertEqual(self.consents.allows(everybody, "personalise"), self.rosa)
        identity = self.consents.search([("purpose", "=", "personalise")]).identity_id
        self.assertEqual(self.consents.allows(identity, "personalise"), identity)
        self._post(rosa, choice="personalise", state="off")
        self.assertFalse(self.consents.allows(everybody | self.zed, "personalise"))
        self.assertFalse(self.consents.allows(identity, "personalise"))
        self.assertEqual(
            self._said(self.rosa, "personalise"), [("granted", "portal"), ("withdrawn", "portal")]
        )

    def test_who_has_no_account(self):
        """A guest page asks for an address alone."""
        person = self.env["ecrm.privacy.person"].of_email("guest@example.com", self.company)
        choices = self.env["ecrm.privacy.choices"]
        choices.switch(person, "profile", False)
        line = self.consents.search([("purpose", "=", "profile")])
        self.assertEqual(line.identity_id.key, "guest@example.com")
        choices.switch(person, "profile", True)
        guest = self.env["res.partner"].create({"name": "Guest", "email": "guest@example.com"})
        self.assertFalse(self.consents._objectors())
        choices.switch(person, "profile", False)
        self.assertEqual(self.consents._objectors(), guest)

    def test_who_has_no_account_is_no_user(self):
        person = self.env["ecrm.privacy.person"].of_email("guest@example.com", self.company)
        choices = self.env(user=self.env.ref("base.public_user"))["ecrm.privacy.choices"]
        choices.switch(person, "personalise", True)
        line = self.consents.search([("purpose", "=", "personalise")])
        self.assertEqual(line.source, "signed link")
        self.assertEqual(line.proof["page"], "signed link")
        self.assertNotIn("user", line.proof)
        self.assertTrue(choices.is_on(person, "personalise"))
        self.assertTrue(choices.is_on(person, "profile"), "until somebody objects")


class TestHistory(PrivacyPortalCase):
    def test_what_was_said_where_and_to_which_words(self):
        zed = self._on(self.zed, agreed=True)
        self._digest()
        history = self._section(zed, "history")
        self.assertIn("Recording my visits: Yes", history)
        self.assertIn("in the cookie bar", history)
        self.assertIn("We use cookies to provide you a better user experience", history)
        self.assertIn("If you agree, we record", history)
        self.assertNotIn("Privacy choices We use", history, "an attribute is no text")

    def test_words_from_before_they_were_kept(self):
        _kind, key = identity_of("device", "old")
        browser = self.log.meet(key)
        browser.link(self.zed, "login")
        self.consents.record(browser, "granted", source="cookie bar", text_version="first abc")
        zed = self._on(self.zed)
        self.assertIn("we only know the version: first abc", self._section(zed, "history"))

    def test_nobody_elses(self):
        rosa, tim = self._on(self.rosa), self._on(self.tim)
        self._post(rosa, choice="personalise", state="on")
        self._post(rosa, choice="mails", frequency="weekly", **{f"topic_{self.news.id}": "1"})
        self.assertIn("Nothing yet", self._section(tim, "history"))
        shared = self.env["ecrm.identity"].search([("key", "=", self.rosa.email)])
        shared.link(self.rosa, "hand")
        self.tim.email = self.rosa.email
        self.assertIn("Nothing yet", self._section(tim, "history"), "an address that is hers")

    def test_the_newest_and_all(self):
        identity = self.env["ecrm.identity"].create(
            {"kind": "partner", "key": str(self.zed.id), "partner_id": self.zed.id}
        )
        states = ("granted", "withdrawn")
        for number in range(2 * SHOWN + 1):
            self.consents.record(identity, states[number % 2], "personalise")
        zed = self._on(self.zed)
        page = self._element(zed, "history")
        self.assertEqual(len(page.find_class("o_ecrm_said")), SHOWN)
        self.assertTrue(page.xpath(".//a[contains(@href, 'history=all')]"))
        page = self._element(zed, "history", "/my/privacy?history=all")
        self.assertEqual(len(page.find_class("o_ecrm_said")), 2 * SHOWN + 1)
        self.assertFalse(page.xpath(".//a[contains(@href, 'history=all')]"))

    def test_markup(self):
        self.news.name = "<script>alert(1)</script>"
        zed = self._on(self.zed)
        self._post(zed, choice="mails", frequency="weekly", **{f"topic_{self.tips.id}": "1"})
        page = html.fromstring(zed.get("/my/privacy").text).get_element_by_id("wrap")
        self.assertFalse(page.xpath(".//script[contains(., 'alert')]"))
        self.assertIn("E-mails: <script>alert(1)</script>", page.text_content())


class TestWords(PrivacyPortalCase):
    def test_they_are_kept_once_and_never_changed(self):
        texts = self.env["ecrm.consent.text"]
        texts.keep("page 1", "We write this down", "en_US")
        texts.keep("page 1", "Something else", "en_US")
        text = texts.search([("version", "=", "page 1")])
        self.assertEqual((text.text, text.lang), ("We write this down", "en_US"))
        self.assertLess(fields.Datetime.now() - text.create_date, timedelta(minutes=5))
        for texts in (text, text.with_user(self.env.ref("base.user_admin")), text.sudo()):
            with self.assertRaises(AccessError):
                texts.write({"text": "Something else"})
            with self.assertRaises(AccessError):
                texts.unlink()

    def test_other_words_are_another_version(self):
        Browser(self).accept()
        first = self.consents.search([], limit=1)
        said = self.website.viewref("ecrm_addon.ecrm_consent_text")
        said = said.with_context(website_id=self.website.id)
        said.arch = said.arch.replace("we record", "we write down")
        Browser(self).accept()
        second = self.consents.search([], limit=1)
        self.assertNotEqual(first.text_version, second.text_version)
        self.assertIn("we record", first.text)
        self.assertIn("we write down", second.text)


class PrivacyTourCase(PrivacyPortalCase):
    def setUp(self):
        super().setUp()
        self._order(self.rosa, amount=2500)
        self.pipeline.run_now()

    def _tour(self):
        self.start_tour("/my/privacy", "ecrm_portal_privacy", login="rosa")
        self.env.invalidate_all()
        states = self._said(self.rosa, "profile")
        self.assertEqual(states, [("refused", "portal"), ("granted", "portal")])
        self.assertEqual(self._said(self.rosa, "measure")[-1], ("refused", "portal"))
        self.assertEqual(
            self.env["ecrm.suppression"].search([]).mapped("reason"), ["paused", "unsubscribed"]
        )


@tagged("post_install", "-at_install")
class TestPrivacyTour(PrivacyTourCase):
    def test_tour(self):
        self._tour()


@tagged("post_install", "-at_install")
class TestPrivacyTourMobile(PrivacyTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_tour_mobile(self):
        self._tour()
