from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecrm_feedback_order = fields.Boolean(related="company_id.ecrm_feedback_order", readonly=False)
    ecrm_feedback_event = fields.Selection(related="company_id.ecrm_feedback_event", readonly=False)
    ecrm_feedback_days = fields.Integer(related="company_id.ecrm_feedback_days", readonly=False)
    ecrm_feedback_order_share = fields.Integer(
        related="company_id.ecrm_feedback_order_share", readonly=False
    )
    ecrm_feedback_request = fields.Boolean(
        related="company_id.ecrm_feedback_request", readonly=False
    )
    ecrm_feedback_request_share = fields.Integer(
        related="company_id.ecrm_feedback_request_share", readonly=False
    )
    ecrm_feedback_nps = fields.Boolean(related="company_id.ecrm_feedback_nps", readonly=False)
    ecrm_feedback_nps_days = fields.Integer(
        related="company_id.ecrm_feedback_nps_days", readonly=False
    )
    ecrm_feedback_nps_share = fields.Integer(
        related="company_id.ecrm_feedback_nps_share", readonly=False
    )
    ecrm_feedback_quiet_days = fields.Integer(
        related="company_id.ecrm_feedback_quiet_days", readonly=False
    )
    ecrm_feedback_alerts = fields.Boolean(related="company_id.ecrm_feedback_alerts", readonly=False)
    ecrm_feedback_user_id = fields.Many2one(
        related="company_id.ecrm_feedback_user_id", readonly=False
    )
