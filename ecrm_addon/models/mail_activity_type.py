from odoo import api, models

from .ecrm_churn_alert import ACTIVITY_TYPE

#: Tells of a support request that is late, see ``ecrm_request_sla``.
LATE_REQUEST = "ecrm_addon.mail_activity_type_request_late"


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        """Keep the type of our alerts from being deleted or given to another model."""
        info = super()._get_model_info_by_xmlid()
        info[ACTIVITY_TYPE] = {"res_model": "res.partner", "unlink": False}
        info[LATE_REQUEST] = {"res_model": "ecrm.request", "unlink": False}
        return info
