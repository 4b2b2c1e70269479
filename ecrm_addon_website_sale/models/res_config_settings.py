from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecrm_pair_months = fields.Integer(related="website_id.ecrm_pair_months", readonly=False)
    ecrm_pair_order_size = fields.Integer(related="website_id.ecrm_pair_order_size", readonly=False)
    ecrm_holdout_share = fields.Integer(related="website_id.ecrm_holdout_share", readonly=False)
    ecrm_click_days = fields.Integer(related="website_id.ecrm_click_days", readonly=False)
