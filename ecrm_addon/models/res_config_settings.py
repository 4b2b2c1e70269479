from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecrm_timezone = fields.Selection(related="company_id.ecrm_timezone", readonly=False)
    ecrm_half_life = fields.Integer(related="company_id.ecrm_half_life", readonly=False)
    ecrm_tier_measure = fields.Selection(related="company_id.ecrm_tier_measure", readonly=False)
    ecrm_tier_months = fields.Integer(related="company_id.ecrm_tier_months", readonly=False)
    ecrm_grace_days = fields.Integer(related="company_id.ecrm_grace_days", readonly=False)
