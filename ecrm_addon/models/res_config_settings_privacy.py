from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecrm_privacy_user_id = fields.Many2one(
        related="company_id.ecrm_privacy_user_id", readonly=False
    )
    ecrm_legal_retention_years = fields.Integer(
        related="company_id.ecrm_legal_retention_years", readonly=False
    )
    ecrm_legal_retention_reason = fields.Char(
        related="company_id.ecrm_legal_retention_reason", readonly=False
    )
