import json
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from ..lib.tracking.event import identity_of
from .privacy_case import SENTINEL, PrivacyCase


class TestExport(PrivacyCase):
    def test_the_file_tells_of_every_table(self):
        self._history(self.person)
        told = self.privacy.export(self.person)
        told = json.loads(json.dumps(told))
        self.assertEqual(told["contact"]["email"], SENTINEL)
        self.assertEqual(
            {identity["kind"] for identity in told["identities"]}, {"device", "email", "partner"}
        )
        self.assertTrue(told["identity_ledger"])
        self.assertEqual([line["state"] for line in told["consents"]], ["granted"])
        self.assertLessEqual(
            {"web.page", "email.opened", "social.like", "order.confirmed"},
            {event["kind"] for event in told["touchpoints"]},
        )
        self.assertEqual([visit["entry_path"] for visit in told["visits"]], ["/tea"])
        self.assertEqual(len(told["profiles"]), 1)
        self.assertEqual([order["visit"] for order in told["orders"]], [f"visit-{self.person.id}"])
        self.assertEqual([event["reason"] for event in told["refused_events"]], ["unknown kind"])

    def test_addresses_that_were_typed(self):
        browser, _consent = self._history(self.person)
        theirs = self._browser("theirs", self.customer)
        at, confirmed = "2026-03-02 09:00:00", "2026-03-03 09:00:00"
        self._claim(browser, SENTINEL, at, confirmed)
        self._claim(browser, "nobody@example.org", at)
        self._claim(browser, self.customer.email, at)
        self._claim(theirs, SENTINEL, at)
        self._claim(self._browser("nobody's"), SENTINEL, at)
        self._claim(theirs, "private@example.org", at)
        told = self.privacy.with_user(self.manager).export(self.person)["claimed_addresses"]
        told.sort(key=lambda claim: (claim["typed_on"], claim["address"] or ""))
        at, confirmed = at.replace(" ", "T"), confirmed.replace(" ", "T")
        own, other = {"typed_on": "own browser"}, {"typed_on": "another browser"}
        expected = [
            {"address": SENTINEL, **other, "at": at, "confirmed_at": None},
            {"address": SENTINEL, **other, "at": at, "confirmed_at": None},
            {"address": None, **own, "at": at, "confirmed_at": None},
            {"address": "nobody@example.org", **own, "at": at, "confirmed_at": None},
            {"address": SENTINEL, **own, "at": at, "confirmed_at": confirmed},
        ]
        self.assertEqual(told, expected)
        self.assertNotIn(theirs.key, json.dumps(told))

    def test_nobody_else_is_in_it(self):
        self._history(self.person)
        self._history(self.customer)
        told = json.dumps(self.privacy.export(self.customer))
        self.assertNotIn(SENTINEL, told)

    def test_many_touchpoints_come_in_pages(self):
        self.log.append([self._event(self.person, "social.like") for _number in range(25)])
        with patch("odoo.addons.ecrm_addon.models.ecrm_privacy.PAGE", 10):
            told, pages = self.privacy.export_pages(self.person)
            sizes = [len(page) for page in pages]
        self.assertNotIn("touchpoints", told)
        self.assertEqual(sizes, [10, 10, 5])

    def test_who_may(self):
        user = new_test_user(self.env, "ecrm_reader", "ecrm_addon.group_ecrm_user")
        for method in ("export", "erase"):
            with self.assertRaises(AccessError):
                getattr(self.privacy.with_user(user), method)(self.person)
        self.assertTrue(self.privacy.with_user(self.manager).export(self.person))

    def test_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "ecrm_stranger2",
            "ecrm_addon.group_ecrm_manager,base.group_partner_manager",
            company_id=other.id,
            company_ids=[fields.Command.set(other.ids)],
        )
        self.log.append([self._event(self.person, "social.like", company_id=self.env.company.id)])
        told = self.privacy.with_user(stranger).export(self.person)
        self.assertEqual(told["touchpoints"], [])
        with self.assertRaises(UserError):
            self.privacy.with_user(stranger).erase(self.person)
        self.assertEqual(len(self._touchpoints(self.person)), 1)
        self.person.company_id = self.env.company
        for method in ("export", "erase"):
            with self.assertRaises(AccessError):
                getattr(self.privacy.with_user(stranger), method)(self.person)


class TestErasure(PrivacyCase):
    def test_nothing_names_the_person_any_more(self):
        browser, consent = self._history(self.person)
        self.assertIn("ecrm_quarantine", self._grep(SENTINEL))
        self.privacy.with_user(self.manager).erase(self.person)
        self.assertTrue(self.log.erase_done())
        self.assertEqual(self._grep(SENTINEL), [])
        self.assertFalse(self._touchpoints(self.person))
        self.assertFalse(self.env["ecrm.identity"].search([("partner_id", "=", self.person.id)]))
        self.assertFalse(self.env["ecrm.session"].search([("identity_id", "=", browser.id)]))
        self.assertFalse(self.env["ecrm.profile"].search([("partner_id", "=", self.person.id)]))
        self.assertFalse(browser.link_ids)
        orders = self.env["sale.order"].search([("partner_id", "=", self.person.id)])
        self.assertEqual(orders.mapped("ecrm_session_key"), [False])
        # the proof stays, taken back, and leads to nobody
        self.assertTrue(consent.exists())
        self.assertFalse(consent.partner_id)
        self.assertFalse(consent.holds())
        told = self.privacy.export(self.person)
        self.assertEqual(told["touchpoints"], [])

    def test_addresses_typed_on_a_browser_go_too(self):
        browser, _consent = self._history(self.person)
        self._claim(browser, SENTINEL)
        theirs = self._browser("theirs", self.customer)
        self._claim(theirs, SENTINEL)
        kept = self._claim(theirs, "private@example.org")
        self.env["ecrm.identity"].note_evidence("ecrm.claim", 1, browser.key, SENTINEL)
        self.assertIn("ecrm_change", self._grep(SENTINEL))
        self.assertTrue(self.privacy.export(self.person)["claimed_addresses"])
        self.privacy.erase(self.person)
        self.assertEqual(self._grep(SENTINEL), [])
        self.assertEqual(self.env["ecrm.identity.claim"].search([]), kept)
        self.assertTrue(theirs.exists())

    def test_others_stay(self):
        self._history(self.person)
        self._history(self.customer)
        before = self.privacy.export(self.customer)
        self.privacy.erase(self.person)
        after = self.privacy.export(self.customer)
        for name in ("identities", "consents", "touchpoints", "visits", "refused_events"):
            self.assertEqual(after[name], before[name], name)

    def test_collectors_do_not_bring_it_back(self):
        """Reading everything again, and changing an old order, tells nothing of before."""
        self._history(self.person)
        self.privacy.erase(self.person)
        order = self.env["sale.order"].search([("partner_id", "=", self.person.id)])
        order.client_order_ref = "changed"
        self.env["ecrm.collector"].search([]).action_read_again()
        self.pipeline.run_now()
        self.assertFalse(self._touchpoints(self.person))
        self.assertEqual(self._grep(SENTINEL), [])

    def test_what_comes_later_counts(self):
        self._history(self.person)
        self.privacy.erase(self.person)
        later = fields.Datetime.add(fields.Datetime.now(), hours=1)
        self.log.append([self._event(self.person, "social.like", str(later))])
        self.assertEqual(len(self._touchpoints(self.person)), 1)

    def test_refused_events_of_before_are_not_kept_either(self):
        self.privacy.erase(self.person)
        event = {**self._event(kind="no.such"), "identity": {"email": SENTINEL}}
        self.assertEqual(self.log.append([event])[0]["status"], "duplicate")
        self.assertEqual(self._grep(SENTINEL), [])

    def test_many_events_go_in_batches(self):
        self.log.append([self._event(self.person, "social.like") for _number in range(30)])
        erasures = type(self.env["ecrm.erasure"])
        work_off = erasures.work_off

        def of_ten(erasure):
            return work_off(erasure, 10)

        with (
            patch("odoo.addons.ecrm_addon.models.ecrm_privacy.AT_ONCE", 2),
            patch.object(erasures, "work_off", of_ten),
        ):
            self.privacy.erase(self.person)
            # nobody finds the rest, but it is there
            self.assertFalse(self._touchpoints(self.person))
            self.assertFalse(self.log.erase_done())
            while self.env["ecrm.erasure"].work_off():
                pass
        self.assertTrue(self.log.erase_done())
        kept = self.env["ecrm.touchpoint"].search_count([("kind", "=", "social.like")])
        self.assertEqual(kept, 0)

    def test_the_keys_are_a_secret_digest(self):
        self.privacy.erase(self.person)
        digests = self.env["ecrm.erasure"].search([]).mapped("digest")
        for key in (f"email:{SENTINEL}", f"partner:{self.person.id}", SENTINEL):
            self.assertNotIn(identity_of("device", key)[1], digests)

    def test_the_wizard_wants_to_be_sure(self):
        self._history(self.person)
        wizard = (
            self.env["ecrm.erase.wizard"]
            .with_user(self.manager)
            .with_context(active_model="res.partner", active_id=self.person.id)
            .create({})
        )
        self.assertEqual(wizard.visit_count, 1)
        wizard.action_erase()
        self.assertTrue(self._touchpoints(self.person))
        wizard.is_sure = True
        wizard.action_erase()
        self.assertFalse(self._touchpoints(self.person))


class TestPrivacyLookup(PrivacyCase):
    def test_it_lists_our_data(self):
        browser, consent = self._history(self.person)
        wizard = self.env["privacy.lookup.wizard"].create({"name": "Zyx", "email": SENTINEL})
        wizard.action_lookup()
        listed = {(line.res_model, line.res_id) for line in wizard.line_ids}
        self.assertEqual(len(listed), len(wizard.line_ids))
        expected = {("ecrm.touchpoint", event.id) for event in self._touchpoints(self.person)}
        expected |= {("ecrm.consent", consent.id), ("ecrm.identity", browser.id)}
        visits = self.env["ecrm.session"].search([("identity_id", "=", browser.id)])
        refused = self.env["ecrm.quarantine"].search([("kind", "=", "no.such")])
        expected |= {("ecrm.session", visit.id) for visit in visits}
        expected |= {("ecrm.quarantine", event.id) for event in refused}
        self.assertTrue(visits and refused)
        self.assertLessEqual(expected, listed)

    def test_others_are_not_listed(self):
        self._history(self.person)
        self._history(self.customer)
        wizard = self.env["privacy.lookup.wizard"].create({"name": "Zyx", "email": SENTINEL})
        wizard.action_lookup()
        events = wizard.line_ids.filtered(lambda line: line.res_model == "ecrm.touchpoint")
        self.assertEqual(set(events.mapped("res_id")), set(self._touchpoints(self.person).ids))

    def test_a_touchpoint_is_not_deleted_there(self):
        self._history(self.person)
        with self.assertRaises(UserError):
            self._touchpoints(self.person)[:1].sudo().unlink()
