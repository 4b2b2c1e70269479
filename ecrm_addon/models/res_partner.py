from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .ecrm_profile import BANDS
from .nullable import NullableFloat, NullableInteger

#: Field of the contact -> field of its customer's profile in the current company.
PROFILE_FIELDS = {
    "ecrm_profile_id": "id",
    "ecrm_tier_id": "tier_id",
    "ecrm_segment_id": "segment_id",
    "ecrm_loyalty_score": "loyalty_score",
    "ecrm_engagement": "engagement",
    "ecrm_engagement_band": "engagement_band",
    "ecrm_last_visit_at": "last_visit_at",
    "ecrm_clv_12m": "clv_12m",
    "ecrm_p_buy_90d": "p_buy_90d",
    "ecrm_overdue_days": "overdue_days",
}


def _profile_field(kind, name, *args, **kwargs):
    """Return a field that shows one figure of the profile and can be searched by it.

    The search method gives the condition back as it is: ``_field_to_sql`` knows the
    column, so every operator works as on a stored field.
    """
    return kind(
        *args,
        compute="_compute_ecrm_profile",
        search=lambda self, operator, value: Domain(name, operator, value),
        groups="ecrm_addon.group_ecrm_user",
        **kwargs,
    )


class ResPartner(models.Model):
    """Shows the profile of the customer to which a contact belongs.

    Nothing is stored on the contact: scores change every night, and writing them here
    would lock and log contacts for nothing.
    """

    _inherit = "res.partner"

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
    ecrm_engagement = _profile_field(
        NullableFloat, "ecrm_engagement", "Engagement", digits=(16, 1), aggregator="avg"
    )
    ecrm_engagement_band = _profile_field(
        fields.Selection,
        "ecrm_engagement_band",
        selection=BANDS,
        string="Engagement Band",
    )
    ecrm_last_visit_at = _profile_field(fields.Datetime, "ecrm_last_visit_at", "Last Website Visit")
    # a plain number: reading its currency would cost each list of contacts a query. An
    # average: the people of a company all show what the company is worth
    ecrm_clv_12m = _profile_field(
        NullableFloat,
        "ecrm_clv_12m",
        "Expected Revenue in 12 Months",
        digits=(16, 2),
        aggregator="avg",
        help="In the currency of the company that you work in.",
    )
    ecrm_p_buy_90d = _profile_field(
        NullableFloat, "ecrm_p_buy_90d", "Probability to Buy in 90 Days", aggregator="avg"
    )
    ecrm_overdue_days = _profile_field(
        NullableInteger,
        "ecrm_overdue_days",
        "Days Overdue",
        aggregator="avg",
        help="By how many days the next order is later than the customer's own rhythm.",
    )
    ecrm_standing = fields.Char(
        compute="_compute_ecrm_standing", groups="ecrm_addon.group_ecrm_user"
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_ecrm_profile(self):
        """Read all figures of all contacts in one query."""
        profiles = self.env["ecrm.profile"].search_fetch(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "in", self.commercial_partner_id.ids),
            ],
            [name for name in PROFILE_FIELDS.values() if name != "id"] + ["partner_id"],
        )
        by_partner = {profile.partner_id.id: profile for profile in profiles}
        for partner in self:
            profile = by_partner.get(partner.commercial_partner_id._origin.id, profiles[:0])
            for name, source in PROFILE_FIELDS.items():
                partner[name] = profile[source]

    @api.depends("ecrm_loyalty_score", "ecrm_tier_id")
    @api.depends_context("lang")
    def _compute_ecrm_standing(self):
        for partner in self:
            score = partner.ecrm_loyalty_score
            parts = (score is not False and str(round(score)), partner.ecrm_tier_id.display_name)
            partner.ecrm_standing = " · ".join(filter(None, parts)) or self.env._(
                "Not enough history"
            )

    def _compute_application_statistics_hook(self):
        statistics = super()._compute_application_statistics_hook()
        if not self.env.user.has_group("ecrm_addon.group_ecrm_user"):
            return statistics
        bands = dict(self._fields["ecrm_engagement_band"]._description_selection(self.env))
        for partner in self.filtered("ecrm_profile_id"):
            if tier := partner.ecrm_tier_id:
                statistics[partner.id].append(
                    {
                        "iconClass": "fa-trophy",
                        "value": tier.display_name,
                        "label": self.env._("Loyalty Tier"),
                        "tagClass": "o_tag_color_3",
                    }
                )
            if band := partner.ecrm_engagement_band:
                statistics[partner.id].append(
                    {
                        "iconClass": "fa-heartbeat",
                        "value": bands[band],
                        "label": self.env._("Engagement"),
                        "tagClass": "o_tag_color_4",
                    }
                )
        return statistics

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.ondelete(at_uninstall=False)
    def _unlink_ecrm_profiles(self):
        """Leave no profile without its customer behind."""
        # sudo: whoever may delete contacts need not have rights in eCRM
        profiles_sudo = self.env["ecrm.profile"].sudo()
        profiles_sudo.search([("partner_id", "in", self.ids)]).unlink()

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
        query.add_join(
            "LEFT JOIN",
            profile_alias,
            profile._table,
            SQL(
                "%s = %s AND %s = %s",
                SQL.identifier(profile_alias, "partner_id"),
                self._field_to_sql(alias, "commercial_partner_id", query),
                SQL.identifier(profile_alias, "company_id"),
                self.env.company.id,
            ),
        )
        column = profile._field_to_sql(profile_alias, PROFILE_FIELDS[name], query)
        return field.property_to_sql(column, part, self, alias, query) if part else column

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Sort contacts of whom nothing is known to the end, whichever way they are sorted."""
        if field_name in PROFILE_FIELDS:
            nulls = nulls or SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_ecrm_touchpoints(self):
        """Stat button: everything the customer did, newest first."""
        self.ensure_one()
        customer = self.commercial_partner_id
        identities = self.env["ecrm.timeline"]._identities(customer)
        return self.env["ecrm.touchpoint"]._action_list(
            self.env._("History of %s", customer.display_name),
            [("identity_id", "in", identities.ids)],
        )

    def action_ecrm_export(self):
        """Action menu: everything eCRM holds about a person, as a JSON file."""
        self.ensure_one()
        self.env["ecrm.privacy"]._check_may(self)
        return {
            "type": "ir.actions.act_url",
            "url": f"/ecrm/privacy/{self.id}/export",
            "target": "download",
        }

    # ------------------------------------------------------------
    # PRIVACY
    # ------------------------------------------------------------

    @api.private
    def _ecrm_consents(self):
        """Return what these people agreed to and took back, the newest first."""
        return self.env["ecrm.consent"].search([("identity_id.partner_id", "in", self.ids)])

    # ------------------------------------------------------------
    # TOOLS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _ecrm_public_ids(self):
        """Return the ids of contacts that stand for nobody: the websites' public users."""
        # sudo: users are not readable for everybody; only ids come out
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        # asked at each order: the group's id comes from the cache, the contacts in one query
        group_id = self.env["ir.model.data"]._xmlid_to_res_id("base.group_public")
        domain = [("group_ids", "in", [group_id])]
        return users_sudo.search_fetch(domain, ["partner_id"], order="id").partner_id.ids
