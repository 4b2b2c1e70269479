from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecrm_privacy_user_id = fields.Many2one(
        related="company_id.ecrm_privacy_user_id", readonly=False
    )
