from odoo import fields
from odoo.exceptions import AccessError, UserError

from .common import EcrmCase


class TestIdentity(EcrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Bea"})
        cls.log.append(
            [
                cls._event(identity={"device": "browser-1"}),
                cls._event(identity={"email": "Ann@Example.com "}),
                cls._event(),
            ]
        )
        identities = cls.env["ecrm.identity"].search([])
        cls.device = identities.filtered(lambda identity: identity.kind == "device")
        cls.email = identities.filtered(lambda identity: identity.kind == "email")

    def _ledger(self, identity):
        return [
            (line.action, line.partner_id, line.previous_partner_ref)
            for line in identity.link_ids.sorted("id")
        ]

    def test_a_key_is_one_identity(self):
        self.log.append([self._event(identity={"email": "ann@example.com"})])
        self.assertEqual(self.email.key, "ann@example.com")
        self.assertEqual(
            self.env["ecrm.touchpoint"].search_count([("identity_id", "=", self.email.id)]), 2
        )

    def test_a_browser_is_kept_as_a_hash(self):
        self.assertNotIn("browser-1", self.device.key)
        self.assertFalse(self.device.partner_id)

    def test_linking_moves_the_whole_history_and_writes_it_down(self):
        self.assertEqual(len(self._touchpoints()), 1)
        self.device.link(self.customer, "login")
        self.assertEqual(len(self._touchpoints()), 2)
        self.assertEqual(self._ledger(self.device), [("linked", self.customer, 0)])

    def test_linking_again_to_the_same_contact_says_nothing_new(self):
        self.device.link(self.customer, "login")
        self.device.link(self.customer, "login")
        self.assertEqual(len(self.device.link_ids), 1)

    def test_unlinking_keeps_the_events_with_the_identity(self):
        self.device.link(self.customer, "login")
        self.device.unlink_contact()
        self.assertEqual(len(self._touchpoints()), 1)
        self.assertEqual(
            self.env["ecrm.touchpoint"].search_count([("identity_id", "=", self.device.id)]), 1
        )
        self.assertEqual(self.device.link_ids[0].previous_partner_ref, self.customer.id)

    def test_merging_moves_all_identities_of_the_other_contact(self):
        (self.device | self.email).link(self.other, "form")
        self.device.merge(self.customer)
        self.assertEqual((self.device | self.email).partner_id, self.customer)
        self.assertEqual(len(self._touchpoints()), 3)

    def test_undo_returns_to_the_contact_before(self):
        self.device.link(self.other, "login")
        self.device.link(self.customer, "login")
        self.device.link_ids[0].action_undo()
        self.assertEqual(self.device.partner_id, self.other)
        self.assertEqual(
            self._ledger(self.device),
            [
                ("linked", self.other, 0),
                ("linked", self.customer, self.other.id),
                ("undone", self.other, self.customer.id),
            ],
        )

    def test_undo_of_a_merge_separates_the_two_people_again(self):
        (self.device | self.email).link(self.other, "form")
        merged = self.device.merge(self.customer)
        merged.action_undo()
        self.assertEqual((self.device | self.email).partner_id, self.other)
        self.assertEqual(len(self._touchpoints()), 1)

    def test_a_line_is_undone_once_and_in_order(self):
        first = self.device.link(self.other, "login")
        second = self.device.link(self.customer, "login")
        with self.assertRaises(UserError):
            first.action_undo()
        second.action_undo()
        with self.assertRaises(UserError):
            second.action_undo()
        first.action_undo()
        self.assertFalse(self.device.partner_id)

    def test_the_ledger_is_never_edited(self):
        line = self.device.link(self.customer, "login")
        with self.assertRaises(AccessError):
            line.evidence = "hand"
        with self.assertRaises(AccessError):
            line.unlink()

    def test_a_deleted_contact_leaves_its_events_without_a_name(self):
        partner = self.env["res.partner"].create({"name": "Gone"})
        self.log.append([self._event(partner)])
        identity = self._identities(partner)
        partner.unlink()
        identity.invalidate_recordset()
        self.assertFalse(identity.partner_id)
        self.assertEqual(
            self.env["ecrm.touchpoint"].search_count([("identity_id", "=", identity.id)]), 1
        )

    def test_privacy_lookup_finds_the_identity(self):
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": self.customer.name, "email": self.customer.email}
        )
        wizard.action_lookup()
        self.assertIn("ecrm.identity", wizard.line_ids.mapped("res_model"))


class TestContactMerge(EcrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls.env["res.partner"].create(
            {"name": "Ann again", "email": "ann@example.com"}
        )
        cls._order(amount=100)
        cls._order(cls.double, amount=40)
        cls.pipeline.run_now()

    def _merge(self):
        wizard = self.env["base.partner.merge.automatic.wizard"].create(
            {
                "partner_ids": [fields.Command.set((self.customer | self.double).ids)],
                "dst_partner_id": self.customer.id,
            }
        )
        wizard.action_merge()

    def _profile(self, partner):
        return self.env["ecrm.profile"].search([("partner_id", "=", partner.id)])

    def test_no_event_is_lost(self):
        before = self._touchpoints() | self._touchpoints(self.double)
        self._merge()
        self.env.invalidate_all()
        self.assertEqual(self._touchpoints(), before)

    def test_the_profile_is_computed_at_once(self):
        self.assertEqual(self._profile(self.customer).revenue, 100)
        self.assertEqual(self._profile(self.double).revenue, 40)
        source_id = self.double.id
        self._merge()
        self.env.invalidate_all()
        self.assertEqual(self._profile(self.customer).revenue, 140)
        self.assertEqual(self._profile(self.customer).order_count, 2)
        self.assertFalse(self.env["ecrm.profile"].search([("partner_id", "=", source_id)]))
        self.assertFalse(self.env["ecrm.profile"].search([("partner_id", "=", False)]))

    def test_the_ledger_tells_of_the_merge(self):
        identity = self._identities(self.double)
        source_id = self.double.id
        self._merge()
        line = identity.link_ids
        self.assertEqual((line.action, line.evidence), ("merged", "contact_merge"))
        self.assertEqual(line.previous_partner_ref, source_id)
        with self.assertRaises(UserError):
            line.action_undo()  # the contact of before is gone

    def test_a_salesperson_without_ecrm_rights_can_merge(self):
        user = self.env["res.users"].create(
            {
                "name": "Sam",
                "login": "sam@example.com",
                "group_ids": [
                    fields.Command.set(
                        [
                            self.env.ref("base.group_partner_manager").id,
                            self.env.ref("base.group_user").id,
                            self.env.ref("sales_team.group_sale_manager").id,
                            # Odoo's own merge reads the website's visitors
                            self.env.ref("website.group_website_designer").id,
                        ]
                    )
                ],
            }
        )
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(user)
        wizard._merge((self.customer | self.double).ids, self.customer.with_user(user))
        self.env.invalidate_all()
        self.assertEqual(len(self._touchpoints()), 4)
