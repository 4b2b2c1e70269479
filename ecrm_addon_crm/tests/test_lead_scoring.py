from odoo import fields
from odoo.tests import users

from ..hooks import uninstall_hook
from ..models.crm_lead_scoring import BAND, PLS_FIELDS
from .lead_case import LeadCase


class TestLeadScoring(LeadCase):
    """Lead scoring learns from how engaged customers were, and leads are not rewritten."""

    def _band(self, lead):
        lead.invalidate_recordset([BAND])
        return lead[BAND]

    # ------------------------------------------------------------
    # THE STORED BAND
    # ------------------------------------------------------------

    def test_taken_when_made_and_when_the_customer_changes(self):
        lead = self._lead(self.clerk)
        self.assertEqual(lead[BAND], "engaged")
        lead.partner_id = self.customer
        self.assertEqual(lead[BAND], "dormant")
        lead.partner_id = False
        self.assertFalse(lead[BAND])

    def test_open_leads_follow_and_closed_ones_stay(self):
        open_lead, won, lost = leads = (
            self._lead(self.firm) | self._lead(self.firm) | self._lead(self.firm)
        )
        won.action_set_won()
        lost.action_set_lost()
        self.env["ecrm.profile"].search(
            [("partner_id", "=", self.firm.id)]
        ).engagement_band = "lost"
        self.env.flush_all()
        self.assertEqual(leads.mapped(BAND), ["engaged"] * 3)
        self.env["crm.lead"]._cron_ecrm_refresh_bands()
        self.assertEqual(leads.mapped(BAND), ["lost", "engaged", "engaged"])
        # whoever has another customer now was not looked at then
        won.partner_id = self.customer
        self.assertFalse(won[BAND])

    def test_only_rows_that_differ_are_written_in_one_statement(self):
        self._lead(self.firm)
        self._lead(self.customer)
        leads = self.env["crm.lead"]
        leads._ecrm_refresh_bands()
        self.assertEqual(leads._ecrm_refresh_bands(), 0)
        self.env["ecrm.profile"].search(
            [("partner_id", "=", self.firm.id)]
        ).engagement_band = "lost"
        self.env.flush_all()
        self.env["ecrm.scorer"]._main_company_id()
        with self.assertQueryCount(1):
            self.assertEqual(leads._ecrm_refresh_bands(), 1)

    def test_who_has_no_profile_any_more_leaves_no_band(self):
        won, open_lead = self._lead(self.firm), self._lead(self.firm)
        won.action_set_won()
        self.env["ecrm.profile"].search([("partner_id", "=", self.firm.id)]).unlink()
        self.env.flush_all()
        self.assertEqual(self.env["crm.lead"]._ecrm_refresh_bands(), 2)
        self.assertFalse(self._band(won) or self._band(open_lead))

    # ------------------------------------------------------------
    # LEARNING FROM IT
    # ------------------------------------------------------------

    def test_it_is_offered_and_not_switched_on(self):
        offered = self.env["crm.lead.scoring.frequency.field"].search([]).field_id
        self.assertIn(BAND, offered.mapped("name"))
        chosen = self.env["ir.config_parameter"].get_param(PLS_FIELDS) or ""
        self.assertNotIn(BAND, chosen.split(","))

    def _learn(self):
        """Win with engaged customers and lose with dormant ones, and let Odoo learn."""
        self.env["ir.config_parameter"].set_param(PLS_FIELDS, BAND)
        self.env["ir.config_parameter"].set_param(
            "crm.pls_start_date",
            fields.Date.to_string(fields.Date.subtract(fields.Date.today(), days=2)),
        )
        self.env["crm.lead"].search([]).unlink()
        for partner, won, lost in ((self.firm, 9, 1), (self.customer, 2, 8)):
            leads = self.env["crm.lead"].union(*(self._lead(partner) for _n in range(won + lost)))
            leads[:won].action_set_won()
            leads[won:].action_set_lost()
        fresh = self._lead(self.firm), self._lead(self.customer), self._lead()
        self.env["crm.lead"]._cron_update_automated_probabilities()
        self.env.invalidate_all()
        return fresh

    def test_frequencies_and_probabilities(self):
        of_engaged, of_dormant, of_unknown = self._learn()
        rows = self.env["crm.lead.scoring.frequency"].search(
            [("variable", "=", BAND), ("team_id", "=", of_engaged.team_id.id)]
        )
        counts = {row.value: (round(row.won_count), round(row.lost_count)) for row in rows}
        self.assertEqual(counts, {"engaged": (9, 1), "dormant": (2, 8)})
        self.assertGreater(of_engaged.automated_probability, of_unknown.automated_probability)
        self.assertGreater(of_unknown.automated_probability, of_dormant.automated_probability)
        # the customer wakes up, the lead follows, Odoo computes anew
        profile = self.env["ecrm.profile"].search([("partner_id", "=", self.customer.id)])
        profile.engagement_band = "engaged"
        self.env.flush_all()
        self.env["crm.lead"]._cron_ecrm_refresh_bands()
        self.env["crm.lead"]._cron_update_automated_probabilities()
        self.env.invalidate_all()
        self.assertEqual(of_dormant.automated_probability, of_engaged.automated_probability)

    def test_a_closed_lead_is_learnt_from_at_once(self):
        of_engaged, _dormant, _unknown = self._learn()
        of_engaged.action_set_won()
        row = self.env["crm.lead.scoring.frequency"].search(
            [
                ("variable", "=", BAND),
                ("value", "=", "engaged"),
                ("team_id", "=", of_engaged.team_id.id),
            ]
        )
        self.assertEqual(round(row.won_count), 10)

    def _tooltip_fields(self, lead):
        data = lead.with_env(self.env).prepare_pls_tooltip_data()
        return {part["field"] for part in data["low_3_data"] + data["top_3_data"]}

    @users("ecrm_eva")
    def test_the_tooltip_names_the_engagement(self):
        lead = self.of_engaged.with_env(self.env)
        self.assertIn(BAND, self._tooltip_fields(lead))

    @users("ecrm_sam")
    def test_the_tooltip_works_without_the_group(self):
        lead = self.of_engaged.with_env(self.env)
        before = lead.automated_probability
        self.assertNotIn(BAND, self._tooltip_fields(lead))
        self.assertEqual(lead.automated_probability, before)

    def setUp(self):
        super().setUp()
        if "tooltip" in self._testMethodName:
            self.of_engaged = self._learn()[0]

    def test_uninstalling_takes_it_off_the_settings(self):
        self._learn()
        parameters = self.env["ir.config_parameter"]
        parameters.set_param(PLS_FIELDS, f"email_state,{BAND}")
        uninstall_hook(self.env)
        self.assertEqual(parameters.get_param(PLS_FIELDS), "email_state")
        frequencies = self.env["crm.lead.scoring.frequency"]
        self.assertFalse(frequencies.search([("variable", "=", BAND)]))

    def test_objection_at_once(self):
        won, other = self._lead(self.firm), self._lead(self.customer)
        won.action_set_won()
        identity = self.env["ecrm.identity"].create(
            {"kind": "external", "key": "firm", "partner_id": self.firm.id}
        )
        self.env["ecrm.consent"].record(identity, "withdrawn", "profile")
        self.assertFalse(self._band(won))
        self.assertEqual(self._band(other), "dormant")
