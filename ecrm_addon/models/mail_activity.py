from odoo import models

from .ecrm_churn_alert import ACTIVITY_TYPE


class MailActivity(models.Model):
    """Tells alerts of customers at risk that somebody took care of them."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        alerts_sudo = self._ecrm_open_alerts()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        alerts_sudo._done()
        return result

    def unlink(self):
        alerts_sudo = self._ecrm_open_alerts()
        result = super().unlink()
        if alerts_sudo:
            alerts_sudo._done()
        return result

    def _ecrm_open_alerts(self):
        """Return the open alerts of these activities; most activities are none of ours."""
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(
            ACTIVITY_TYPE, raise_if_not_found=False
        )
        # sudo: who does an activity need not have rights in eCRM
        ours = self.sudo().filtered(lambda activity: activity.activity_type_id.id == type_id)
        alerts_sudo = self.env["ecrm.churn.alert"].sudo()
        if not ours:
            return alerts_sudo
        return alerts_sudo.search([("activity_id", "in", ours.ids), ("state", "=", "open")])
