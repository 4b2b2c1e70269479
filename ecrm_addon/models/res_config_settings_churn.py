from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecrm_churn_alerts = fields.Boolean(related="company_id.ecrm_churn_alerts", readonly=False)
    ecrm_churn_share = fields.Integer(related="company_id.ecrm_churn_share", readonly=False)
    ecrm_churn_days = fields.Integer(related="company_id.ecrm_churn_days", readonly=False)
    ecrm_churn_minimum = fields.Monetary(related="company_id.ecrm_churn_minimum", readonly=False)
    ecrm_churn_months = fields.Integer(related="company_id.ecrm_churn_months", readonly=False)
    ecrm_churn_cap = fields.Integer(related="company_id.ecrm_churn_cap", readonly=False)
    ecrm_churn_user_id = fields.Many2one(related="company_id.ecrm_churn_user_id", readonly=False)
