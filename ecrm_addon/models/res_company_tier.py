from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..queries.roll_tiers import LOOK_AHEAD

TEMPLATE = "ecrm_addon.mail_template_tier_warning"


class ResCompany(models.Model):
    """Whether customers are warned by mail before they lose a tier."""

    _inherit = "res.company"

    ecrm_tier_warning = fields.Boolean(
        "Warn before a Tier is Lost",
        help="Customers get one mail before they fall to a lower tier.",
        groups="base.group_user",
    )
    ecrm_tier_warning_days = fields.Integer(
        "Days before the Fall",
        default=14,
        required=True,
        help="So many days before at most. Who has less time left is told at once.",
        groups="base.group_user",
    )
    ecrm_tier_warning_template_id = fields.Many2one(
        "mail.template",
        "Template of the Warning",
        domain=[("model", "=", "ecrm.profile")],
        help="Empty: the one that comes with eCRM.",
        groups="base.group_user",
    )

    @api.constrains("ecrm_tier_warning_days")
    def _check_ecrm_tier_warning_days(self):
        if any(not 1 <= company.ecrm_tier_warning_days <= LOOK_AHEAD for company in self):
            raise ValidationError(
                self.env._("Warn 1 to %s days before a tier is lost.", LOOK_AHEAD)
            )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("ecrm_tier_warning"):
            self.env["ecrm.tier.warning"]._offer_topic()
        return result

    @api.private
    def _ecrm_tier_template(self):
        """Return the template of the mails that warn; it may be empty, if ours was deleted."""
        own = self.ecrm_tier_warning_template_id
        return own or self.env.ref(TEMPLATE, raise_if_not_found=False)
