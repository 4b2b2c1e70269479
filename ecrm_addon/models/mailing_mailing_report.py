from odoo import api, fields, models
from odoo.fields import Domain

from .nullable import NullableFloat


class MailingMailing(models.Model):
    """What became of the mails of a mailing, on its stat button."""

    _inherit = "mailing.mailing"

    ecrm_has_report = fields.Boolean(
        compute="_compute_ecrm_report", groups="ecrm_addon.group_ecrm_user"
    )
    ecrm_machine_share = NullableFloat(
        "Opens and Clicks by Machines",
        compute="_compute_ecrm_report",
        groups="ecrm_addon.group_ecrm_user",
    )
    ecrm_revenue = fields.Monetary(
        "Revenue after Clicks",
        compute="_compute_ecrm_report",
        currency_field="ecrm_currency_id",
        groups="ecrm_addon.group_ecrm_user",
    )
    ecrm_currency_id = fields.Many2one(
        "res.currency", compute="_compute_ecrm_report", groups="ecrm_addon.group_ecrm_user"
    )

    @api.depends_context("allowed_company_ids")
    def _compute_ecrm_report(self):
        self.ecrm_has_report = self.ecrm_machine_share = self.ecrm_revenue = False
        self.ecrm_currency_id = self.env.company.currency_id
        rows = self.env["ecrm.mailing.report"].search_fetch(
            Domain("mailing_id", "in", self.ids), ["machine_share", "revenue"]
        )
        for row in rows:
            mailing = self.browse(row.id)
            mailing.ecrm_has_report = True
            mailing.ecrm_machine_share = row.machine_share
            mailing.ecrm_revenue = row.revenue

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_ecrm_report(self):
        """Stat button: what became of the mails of this mailing."""
        self.ensure_one()
        return self._ecrm_report_action()

    def _ecrm_report_action(self):
        action = self.env["ir.actions.actions"]._for_xml_id("ecrm_addon.ecrm_email_report_action")
        # the web client keeps this id in the address of the page
        return {**action, "context": {"active_id": self.id}}
