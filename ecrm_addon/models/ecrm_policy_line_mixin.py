from odoo import api, fields, models
from odoo.exceptions import UserError


class EcrmPolicyLineMixin(models.AbstractModel):
    """A line of a policy: as little to be changed as the policy itself."""

    _name = "ecrm.policy.line.mixin"
    _description = "Line of a Policy"

    policy_id = fields.Many2one("ecrm.policy", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    in_force = fields.Float(compute="_compute_in_force", help="What holds now.")
    is_changed = fields.Boolean(compute="_compute_in_force")

    def _check_draft(self):
        if any(line.policy_id.state != "draft" for line in self):
            raise UserError(
                self.env._("Only drafts can be changed. Use the version again to make a draft.")
            )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_draft()
        return lines

    def write(self, vals):
        self._check_draft()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        self._check_draft()
