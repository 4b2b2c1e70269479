from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecrm_timezone = fields.Selection(related="company_id.ecrm_timezone", readonly=False)
    ecrm_half_life = fields.Integer(related="company_id.ecrm_half_life", readonly=False)
    ecrm_measure_emails = fields.Boolean(related="company_id.ecrm_measure_emails", readonly=False)
    ecrm_tier_measure = fields.Selection(related="company_id.ecrm_tier_measure", readonly=False)
    ecrm_tier_months = fields.Integer(related="company_id.ecrm_tier_months", readonly=False)
    ecrm_grace_days = fields.Integer(related="company_id.ecrm_grace_days", readonly=False)
    ecrm_tier_warning = fields.Boolean(related="company_id.ecrm_tier_warning", readonly=False)
    ecrm_tier_warning_days = fields.Integer(
        related="company_id.ecrm_tier_warning_days", readonly=False
    )
    ecrm_tier_warning_template_id = fields.Many2one(
        related="company_id.ecrm_tier_warning_template_id", readonly=False
    )
    ecrm_cap_count = fields.Integer(related="company_id.ecrm_cap_count", readonly=False)
    ecrm_cap_days = fields.Integer(related="company_id.ecrm_cap_days", readonly=False)
    ecrm_quiet_hours = fields.Boolean(related="company_id.ecrm_quiet_hours", readonly=False)
    ecrm_quiet_from = fields.Float(related="company_id.ecrm_quiet_from", readonly=False)
    ecrm_quiet_to = fields.Float(related="company_id.ecrm_quiet_to", readonly=False)
    ecrm_sunset = fields.Boolean(related="company_id.ecrm_sunset", readonly=False)
    ecrm_value_basis = fields.Selection(related="company_id.ecrm_value_basis", readonly=False)
    ecrm_margin_percent = fields.Float(related="company_id.ecrm_margin_percent", readonly=False)
    ecrm_discount_rate = fields.Float(related="company_id.ecrm_discount_rate", readonly=False)
    ecrm_clv_months = fields.Integer(related="company_id.ecrm_clv_months", readonly=False)
    ecrm_tracking = fields.Selection(related="website_id.ecrm_tracking", readonly=False)
    ecrm_keep_stock_tracking = fields.Boolean(
        related="website_id.ecrm_keep_stock_tracking", readonly=False
    )
    ecrm_consent_since = fields.Datetime(related="website_id.ecrm_consent_since")

    @api.onchange("ecrm_tracking")
    def _onchange_ecrm_tracking(self):
        if self.ecrm_tracking == "identified":
            self.website_cookies_bar = True

    @api.onchange("website_cookies_bar")
    def _onchange_ecrm_cookies_bar(self):
        if not self.website_cookies_bar and self.ecrm_tracking == "identified":
            self.ecrm_tracking = "off"
        elif self.website_cookies_bar and not self.website_id.cookies_bar:
            self.ecrm_tracking = "identified"

    def action_ecrm_preview_tier_warning(self):
        """Button: show the mail that warns, as the customer would get it who falls first."""
        template = self.company_id._ecrm_tier_template()
        if not template:
            raise UserError(self.env._("There is no template any more: choose one."))
        action = template.action_open_mail_preview()
        context = {"default_mail_template_id": template.id}
        sample = self.env["ecrm.profile"]._falling_first(self.company_id)
        if sample:
            context["default_resource_ref"] = f"{sample._name},{sample.id}"
        return {**action, "context": context}

    def action_ecrm_ask_again(self):
        """Button: let consents count from now on only, so that every visitor is asked again."""
        if not self.env.user.has_group("website.group_website_designer"):
            raise AccessError(
                self.env._("Only who designs websites may have everybody asked again.")
            )
        self.website_id._ecrm_ask_again()
        return {"type": "ir.actions.client", "tag": "reload"}
