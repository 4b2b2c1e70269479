from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.ecrm_addon.models.ecrm_profile import BANDS
from odoo.addons.ecrm_addon.models.nullable import NullableFloat

#: Field of the lead -> field of its customer's profile.
PROFILE_FIELDS = {
    "ecrm_profile_id": "id",
    "ecrm_tier_id": "tier_id",
    "ecrm_segment_id": "segment_id",
    "ecrm_loyalty_score": "loyalty_score",
    "ecrm_engagement_band": "engagement_band",
}


def _profile_field(kind, name, *args, **kwargs):
    """Return a field that shows one figure of the profile and can be searched by it.

    As on contacts: ``_field_to_sql`` knows the column, so every operator works.
    """
    return kind(
        *args,
        compute="_compute_ecrm_profile",
        search=lambda self, operator, value: Domain(name, operator, value),
        groups="ecrm_addon.group_ecrm_user",
        **kwargs,
    )


class CrmLead(models.Model):
    """Shows the profile of the customer of a lead, in the lead's company.

    A lead of no company shows that of the current one. Nothing of this is stored, see
    ``crm_lead_scoring.py`` for what is.
    """

    _inherit = "crm.lead"

    ecrm_profile_id = _profile_field(
        fields.Many2one, "ecrm_profile_id", "ecrm.profile", string="Customer Profile"
    )
    ecrm_tier_id = _profile_field(
        fields.Many2one, "ecrm_tier_id", "ecrm.tier", string="Loyalty Tier"
    )
    ecrm_segment_id = _profile_field(
        fields.Many2one, "ecrm_segment_id", "ecrm.segment", string="Customer Segment"
    )
    ecrm_loyalty_score = _profile_field(
        NullableFloat, "ecrm_loyalty_score", "Loyalty Score", digits=(16, 0), aggregator="avg"
    )
    ecrm_engagement_band = _profile_field(
        fields.Selection, "ecrm_engagement_band", selection=BANDS, string="Engagement Band"
    )
    ecrm_standing = fields.Char(
        compute="_compute_ecrm_standing", groups="ecrm_addon.group_ecrm_user"
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("partner_id.commercial_partner_id", "company_id")
    @api.depends_context("company")
    def _compute_ecrm_profile(self):
        """Read all figures of all leads in one query."""
        profiles = self.env["ecrm.profile"].search_fetch(
            [
                ("company_id", "in", (self.company_id | self.env.company).ids),
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
            ],
            [name for name in PROFILE_FIELDS.values() if name != "id"]
            + ["partner_id", "company_id"],
        )
        found = {(profile.partner_id.id, profile.company_id.id): profile for profile in profiles}
        for lead in self:
            customer = lead.partner_id.commercial_partner_id._origin
            company = lead.company_id._origin or self.env.company
            profile = found.get((customer.id, company.id), profiles[:0])
            for name, source in PROFILE_FIELDS.items():
                lead[name] = profile[source]

    @api.depends("ecrm_loyalty_score", "ecrm_tier_id")
    @api.depends_context("lang")
    def _compute_ecrm_standing(self):
        for lead in self:
            score = lead.ecrm_loyalty_score
            parts = (score is not False and str(round(score)), lead.ecrm_tier_id.display_name)
            lead.ecrm_standing = " · ".join(filter(None, parts)) or self.env._("Not enough history")

    # ------------------------------------------------------------
    # SEARCH
    # ------------------------------------------------------------

    def _field_to_sql(self, alias, field_expr, query=None):
        """Let the profile's figures be searched, sorted, grouped and summed by."""
        name, _dot, part = field_expr.partition(".")
        if name not in PROFILE_FIELDS or query is None:
            return super()._field_to_sql(alias, field_expr, query)
        field = self._fields[name]
        # a domain or an order reveals a value as well as reading does
        self._check_field_access(field, "read")
        profile = self.env["ecrm.profile"]
        profile_alias = query.make_alias(alias, "ecrm_profile")
        contact_alias = query.left_join(alias, "partner_id", "res_partner", "id", "ecrm_contact")
        query.add_join(
            "LEFT JOIN",
            profile_alias,
            profile._table,
            SQL(
                "%s = %s AND %s = coalesce(%s, %s)",
                SQL.identifier(profile_alias, "partner_id"),
                SQL.identifier(contact_alias, "commercial_partner_id"),
                SQL.identifier(profile_alias, "company_id"),
                self._field_to_sql(alias, "company_id", query),
                self.env.company.id,
            ),
        )
        column = profile._field_to_sql(profile_alias, PROFILE_FIELDS[name], query)
        return field.property_to_sql(column, part, self, alias, query) if part else column

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Sort leads of whose customer nothing is known to the end, whichever way."""
        if field_name in PROFILE_FIELDS:
            nulls = nulls or SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_ecrm_profile(self):
        """Stat button: the profile of the customer, or the contact while there is none."""
        self.ensure_one()
        return (self.ecrm_profile_id or self.partner_id).get_formview_action()
