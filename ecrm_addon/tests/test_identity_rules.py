from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

from ..lib.tracking.event import identity_of
from .identity_case import IdentityCase


class TestRules(IdentityCase):
    """Which evidence makes a browser whose: the table in docs/identity.md, row by row."""

    def _after(self, evidence, partner=None, owner=None, before="hand"):
        """Return a browser after a note about it, and perhaps after somebody before."""
        browser = self._new_identity("browser-1", owner, before)
        self._note(browser, partner or self.ann, evidence)
        self._digest()
        return browser

    def test_each_evidence_links_a_browser_of_nobody(self):
        for evidence in ("login", "checkout", "form", "click"):
            with self.subTest(evidence):
                browser = self._new_identity(f"browser-{evidence}")
                self._note(browser, self.ann, evidence)
                self._digest()
                self.assertEqual(browser.partner_id, self.ann)
                self.assertEqual(self._ledger(browser), [("linked", evidence, self.ann)])

    def test_the_whole_history_moves(self):
        self._after("login")
        self.assertEqual(len(self._touchpoints(self.ann)), 1)

    def test_a_login_takes_over_from_a_click(self):
        browser = self._after("login", owner=self.bea, before="click")
        self.assertEqual(browser.partner_id, self.ann)
        nobody = self.env["res.partner"]
        self.assertEqual(
            self._ledger(browser),
            [
                ("linked", "click", self.bea),
                ("undone", "login", nobody),
                ("linked", "login", self.ann),
            ],
        )
        click, undone, login = browser.link_ids.sorted("id")
        self.assertEqual(click.undone_by_id, undone)
        self.assertEqual(undone.previous_partner_ref, self.bea.id)
        login.action_undo()
        self.assertFalse(browser.partner_id)

    def test_whoever_lost_a_browser_is_computed_anew(self):
        self._after("login", owner=self.bea, before="click")
        self.assertFalse(self._touchpoints(self.bea))
        visits = self.env["ecrm.session"].search([("partner_id", "=", self.bea.id)])
        self.assertFalse(visits)

    def test_checkout_and_form_take_over_from_a_click_too(self):
        for evidence in ("checkout", "form"):
            with self.subTest(evidence):
                browser = self._new_identity(f"browser-{evidence}", self.bea, "click")
                self._note(browser, self.ann, evidence)
                self._digest()
                self.assertEqual(browser.partner_id, self.ann)

    def test_strong_evidence_stays(self):
        for before in ("login", "checkout", "form", "hand", "import"):
            for evidence in ("login", "checkout", "form", "click"):
                with self.subTest(f"{evidence} after {before}"):
                    browser = self._new_identity(f"{evidence}-{before}", self.bea, before)
                    self._note(browser, self.ann, evidence)
                    self._digest()
                    self.assertEqual(browser.partner_id, self.bea)
                    self.assertEqual(len(browser.link_ids), 1)

    def test_a_login_of_the_same_contact_confirms_a_click(self):
        browser = self._after("login", owner=self.ann, before="click")
        self.assertEqual(browser.partner_id, self.ann)
        self._note(browser, self.bea, "login")
        self._digest()
        self.assertEqual(browser.partner_id, self.ann)
        self.assertEqual(len(browser.link_ids), 2)

    def test_saying_it_again_says_nothing_new(self):
        browser = self._after("login")
        for _n in range(3):
            self._note(browser, self.ann, "login")
        self._digest()
        self.assertEqual(len(browser.link_ids), 1)

    def test_a_click_after_a_click_links_nothing(self):
        browser = self._after("click", owner=self.bea, before="click")
        self.assertEqual(browser.partner_id, self.bea)
        self.assertEqual(len(browser.link_ids), 1)

    def test_what_a_person_took_back_no_click_brings_back(self):
        browser = self._after("click")
        browser.link_ids.action_undo()
        self._note(browser, self.ann, "click")
        self._digest()
        self.assertFalse(browser.partner_id)
        self._note(browser, self.ann, "login")
        self._digest()
        self.assertEqual(browser.partner_id, self.ann)

    def test_the_first_of_two_logins_counts(self):
        browser = self._new_identity("browser-1")
        self._note(browser, self.bea, "login")
        self._note(browser, self.ann, "login")
        self._digest()
        self.assertEqual(browser.partner_id, self.bea)

    def test_a_click_and_a_login_in_one_digest(self):
        browser = self._new_identity("browser-1")
        self._note(browser, self.bea, "click")
        self._note(browser, self.ann, "login")
        self._digest()
        self.assertEqual(browser.partner_id, self.ann)
        self.assertEqual(
            [line[:2] for line in self._ledger(browser)],
            [("linked", "click"), ("undone", "login"), ("linked", "login")],
        )

    def test_nobody_is_behind_employees_and_public_users(self):
        employee = new_test_user(self.env, "eve", "base.group_user").partner_id
        public = self.env.ref("base.public_partner")
        for partner in (employee, public):
            browser = self._after("login", partner)
            self.assertFalse(browser.partner_id)

    def test_a_deleted_contact(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        browser = self._new_identity("browser-1")
        self._note(browser, gone, "login")
        gone.unlink()
        self._digest()
        self.assertFalse(browser.partner_id)
        self.assertFalse(self.env["ecrm.change"].search([("model", "=", "ecrm.login")]))

    def test_two_devices_are_one_contact(self):
        devices = [self._new_identity(f"device-{n}") for n in range(2)]
        for device in devices:
            self._note(device, self.ann, "login")
        self._digest()
        self.assertEqual(devices[0].partner_id | devices[1].partner_id, self.ann)
        self.assertEqual(len(self._touchpoints(self.ann)), 2)

    def test_an_identity_gets_the_company_of_its_contact(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.user_ann.write({"company_ids": [(4, company.id)], "company_id": company.id})
        self.ann.company_id = company
        browser = self._after("login")
        self.assertEqual(browser.company_id, company)
        browser.unlink_contact()
        self.assertFalse(browser.company_id)

    def test_a_thousand_logins_cost_a_few_dozen_queries(self):
        counts = []
        for number, name in ((10, "few"), (1000, "many")):
            partners = self.env["res.partner"].create(
                [{"name": f"{name} {n}"} for n in range(number)]
            )
            devices = [{"device": f"{name}-{n}"} for n in range(number)]
            self.log.append([self._event(identity=device) for device in devices])
            keys = [identity_of("device", f"{name}-{n}")[1] for n in range(number)]
            for partner, key in zip(partners, keys, strict=True):
                self.env["ecrm.identity"].note_evidence("ecrm.login", partner.id, key)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["ecrm.identity"].sudo()._link_logins()
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            linked = self.env["ecrm.identity"].search([("key", "in", keys)])
            self.assertEqual(linked.partner_id, partners)
        self.assertLess(counts[1], 60, counts)  # the ORM itself works in batches


class TestClaims(IdentityCase):
    """An address that was typed is nothing until its owner confirms it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.identities = cls.env["ecrm.identity"]

    def _claim(self, token="browser-1", address="ann@shop.example", at=None):
        browser = self._browser(token) or self._new_identity(token)
        self.identities.note_evidence("ecrm.claim", 1, browser.key, address, at)
        self._digest()
        return browser

    def test_typing_an_address_links_nothing(self):
        browser = self._claim()
        self.assertFalse(browser.partner_id)
        self.assertFalse(browser.link_ids)
        claim = self.env["ecrm.identity.claim"].search([("browser_id", "=", browser.id)])
        self.assertEqual(claim.address_id.key, "ann@shop.example")

    def test_the_owner_confirms(self):
        browser = self._claim()
        self.identities.confirm_address("Ann@Shop.example")
        self._digest()
        self.assertEqual(self._ledger(browser), [("linked", "form", self.ann)])
        self.assertFalse(self.env["ecrm.identity.claim"].search([]))

    def test_claim_and_confirmation_in_one_digest(self):
        browser = self._new_identity("browser-1")
        self.identities.note_evidence("ecrm.claim", 1, browser.key, "ann@shop.example")
        self.identities.confirm_address("ann@shop.example")
        self._digest()
        self.assertEqual(browser.partner_id, self.ann)

    def test_a_confirmation_is_of_the_forms_since(self):
        now = fields.Datetime.now()
        old = self._claim("browser-1", at=now - timedelta(days=8))
        new = self._claim("browser-2", at=now - timedelta(days=1))
        self.identities.confirm_address("ann@shop.example")
        self._digest()
        self.assertFalse(old.partner_id)
        self.assertEqual(new.partner_id, self.ann)

    def test_a_confirmation_says_nothing_of_other_addresses(self):
        browser = self._claim(address="bea@shop.example")
        self.identities.confirm_address("ann@shop.example")
        self.identities.confirm_address("no address")
        self._digest()
        self.assertFalse(browser.partner_id)

    def test_a_confirmed_address_waits_for_its_contact(self):
        browser = self._claim(address="new@shop.example")
        self.identities.confirm_address("new@shop.example")
        self._digest()
        self.assertFalse(browser.partner_id)
        new = self.env["res.partner"].create({"name": "New", "email": "new@shop.example"})
        self.log.append([self._event(new)])
        self._digest()
        self.assertEqual(browser.partner_id, new)

    def test_an_address_of_two_contacts_is_nobodys(self):
        self.bea.email = self.ann.email
        browser = self._claim()
        self.identities.confirm_address("ann@shop.example")
        self._digest()
        self.assertFalse(browser.partner_id)

    def test_a_click_on_the_same_browser_confirms(self):
        browser = self._claim()
        self._note(browser, self.ann, "click")
        self._digest()
        self.assertEqual(self._ledger(browser), [("linked", "form", self.ann)])

    def test_a_click_on_another_browser_does_not(self):
        """Who typed somebody else's address must not become them when they read their mail."""
        browser, other = self._claim(), self._new_identity("browser-2")
        self._note(other, self.ann, "click")
        self._digest()
        self.assertFalse(browser.partner_id)
        self.assertEqual(self._ledger(other), [("linked", "click", self.ann)])

    def test_claims_are_forgotten(self):
        claims = self.env["ecrm.identity.claim"]
        self._claim(at=fields.Datetime.now() - timedelta(days=91))
        self._claim("browser-2")
        claims._gc_claims()
        self.assertEqual(len(claims.search([])), 1)

    def test_the_same_form_sent_often_is_one_claim(self):
        for _n in range(3):
            self._claim()
        self.assertEqual(self.env["ecrm.identity.claim"].search_count([]), 1)


class TestMerge(IdentityCase):
    """What a merge of contacts means for browsers."""

    def _merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"]
        wizard._merge((source | target).ids, target)
        self.env.invalidate_all()

    def _guest(self):
        return self.env["res.partner"].create({"name": "Ann again", "email": self.ann.email})

    def test_browsers_follow_and_stay_strong(self):
        guest = self._guest()
        browser = self._new_identity("browser-1", guest, "checkout")
        self._merge(guest, self.ann)
        self.assertEqual(browser.partner_id, self.ann)
        self._note(browser, self.bea, "login")
        self._digest()
        self.assertEqual(browser.partner_id, self.ann)

    def test_a_click_stays_weak_after_a_merge(self):
        guest = self._guest()
        browser = self._new_identity("browser-1", guest, "click")
        self._merge(guest, self.ann)
        self._note(browser, self.bea, "login")
        self._digest()
        self.assertEqual(browser.partner_id, self.bea)

    def test_a_note_names_the_contact_that_was_merged_away(self):
        guest = self._guest()
        self.log.append([self._event(guest)])
        browser = self._new_identity("browser-1")
        self._note(browser, guest, "login")
        self._merge(guest, self.ann)
        self._digest()
        self.assertEqual(browser.partner_id, self.ann)

    def test_who_is_logged_in_is_known_after_a_merge(self):
        guest, user = self._guest(), self.user_ann
        users = self.env["res.users"]
        self.assertEqual(users._ecrm_visitor_of(user.id), (self.ann.id, True))
        ann = self.ann
        self._merge(ann, guest)
        self.assertEqual(users._ecrm_visitor_of(user.id), (guest.id, True))

    def test_who_is_behind_a_user_is_never_remembered_wrongly(self):
        users = self.env["res.users"]
        users._ecrm_visitor_of(self.user_ann.id)
        guest = self._guest()
        self.user_ann.partner_id = guest
        self.assertEqual(users._ecrm_visitor_of(self.user_ann.id), (guest.id, True))

    def test_one_contact_one_visitor(self):
        guest = self._guest()
        visitors = self.env["website.visitor"].create(
            [{"access_token": str(partner.id)} for partner in (guest, self.ann)]
        )
        self.env["website.track"].create({"visitor_id": visitors[0].id, "url": "/tea"})
        self._merge(guest, self.ann)
        self.assertEqual(visitors.exists(), visitors[1])
        self.assertEqual(visitors[1].website_track_ids.mapped("url"), ["/tea"])

    def test_the_visitor_of_a_merged_contact_is_found_again(self):
        guest = self._guest()
        visitor = self.env["website.visitor"].create({"access_token": str(guest.id)})
        self._merge(guest, self.ann)
        self.assertEqual(visitor.access_token, str(self.ann.id))
        self.assertEqual(visitor.partner_id, self.ann)
