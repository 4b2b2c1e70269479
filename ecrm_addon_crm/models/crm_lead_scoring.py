from odoo import api, fields, models
from odoo.tools.sql import column_exists, create_column

from odoo.addons.ecrm_addon.models.ecrm_profile import BANDS

from ..queries import refresh_lead_bands

#: The field that lead scoring can learn from.
BAND = "ecrm_scoring_band"
#: Where Odoo keeps which fields lead scoring uses, by commas.
PLS_FIELDS = "crm.pls_fields"


class CrmLead(models.Model):
    """What Odoo's predictive lead scoring may learn of the customer.

    It reads columns of leads, those that were won and lost included. A figure of today would
    teach it that whoever has bought is engaged, so the band is kept as it was: taken when the
    lead is made or gets its customer, renewed each day while the lead is open, and left alone
    once it is won or lost. A lead of no company takes that of the main company.
    """

    _inherit = "crm.lead"

    ecrm_scoring_band = fields.Selection(
        BANDS,
        "Customer Engagement",
        compute="_compute_ecrm_scoring_band",
        store=True,
        # taken before the row is written: somebody may win the lead in the same breath
        precompute=True,
        groups="ecrm_addon.group_ecrm_user",
        help="How engaged the customer was while this lead was open. Lead scoring can learn "
        "from it: choose it in the settings of CRM.",
    )

    def _auto_init(self):
        # without it the ORM would fill in today's band on leads that closed years ago
        if not column_exists(self.env.cr, self._table, BAND):
            create_column(self.env.cr, self._table, BAND, "varchar")
        return super()._auto_init()

    # not on the company, which Odoo computes later: the next day brings what that changes
    @api.depends("partner_id")
    def _compute_ecrm_scoring_band(self):
        """Take the band of the customers, in one query."""
        main = self.env["res.company"].browse(self.env["ecrm.scorer"]._main_company_id())
        profiles = self.env["ecrm.profile"].search_fetch(
            [
                ("company_id", "in", (self.company_id | main).ids),
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
            ],
            ["partner_id", "company_id", "engagement_band"],
        )
        bands = {
            (profile.partner_id.id, profile.company_id.id): profile.engagement_band
            for profile in profiles
        }
        for lead in self:
            customer = lead.partner_id.commercial_partner_id._origin
            company = lead.company_id._origin or main
            # what another customer of a closed lead was like then is not known
            is_open = lead.won_status == "pending"
            lead[BAND] = is_open and bands.get((customer.id, company.id), False)

    @api.model
    @api.private
    def _cron_ecrm_refresh_bands(self):
        """Every day, after the nightly scores: renew what open leads say."""
        self._ecrm_refresh_bands()

    @api.model
    @api.private
    def _ecrm_refresh_bands(self):
        """Renew the bands that differ, in one statement; Odoo's own cron does the rest.

        Probabilities follow when Odoo computes them anew, as for its own fields.

        :return int: how many leads were written
        """
        self.flush_model(["partner_id", "company_id", "active", "won_status", BAND])
        main = self.env["ecrm.scorer"]._main_company_id()
        written = self.env.execute_query(refresh_lead_bands.build(main))
        self.invalidate_model([BAND])
        return len(written)

    def prepare_pls_tooltip_data(self):
        """Let everybody see the tooltip, but the customer's engagement only by its group.

        Odoo reads all fields of the scoring as the user who asks.
        """
        if self.env.user.has_group("ecrm_addon.group_ecrm_user"):
            return super().prepare_pls_tooltip_data()
        # Odoo writes the probability of the lead as this user
        self.check_access("write")
        # sudo: the probability is made of a field that this user may not read
        data = super(CrmLead, self.sudo()).prepare_pls_tooltip_data()
        for name in ("low_3_data", "top_3_data"):
            data[name] = [part for part in data[name] if part["field"] != BAND]
        return data
