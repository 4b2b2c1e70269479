from odoo import api, fields, models


class EcrmRequestMergeWizard(models.TransientModel):
    """Asks into which request several of one customer are merged."""

    _name = "ecrm.request.merge.wizard"
    _description = "Merge Support Requests"

    request_ids = fields.Many2many(
        "ecrm.request", "ecrm_request_merge_wizard_rel", string="Requests", required=True
    )
    target_id = fields.Many2one(
        "ecrm.request",
        "Keep",
        required=True,
        domain="[('id', 'in', request_ids)]",
        help="All messages, files and followers move to this one; the others are closed.",
    )
    tell = fields.Boolean(
        "Tell the Customer", help="By one mail that names the request in which you answer."
    )
    can_tell = fields.Boolean(compute="_compute_can_tell")

    @api.depends("target_id", "request_ids")
    def _compute_can_tell(self):
        for wizard in self:
            wizard.can_tell = bool((wizard.target_id | wizard.request_ids).partner_id)

    def action_merge(self):
        """Button: merge, and open what became of it."""
        self.ensure_one()
        self.request_ids._merge_into(self.target_id, tell=self.tell)
        return {
            "type": "ir.actions.act_window",
            "res_model": "ecrm.request",
            "res_id": self.target_id.id,
            "views": [(False, "form")],
        }
