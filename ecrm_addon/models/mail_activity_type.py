from odoo import api, models

from .ecrm_churn_alert import ACTIVITY_TYPE
from .ecrm_feedback import ACTIVITY_TYPE as FEEDBACK

#: Tells of a support request that is late, see ``ecrm_request_sla``.
LATE_REQUEST = "ecrm_addon.mail_activity_type_request_late"


class MailActivityType(models.Model):
    _inherit = "mail.activity.type"

    @api.model
    def _get_model_info_by_xmlid(self):
        """Keep the types of our alerts from being deleted or given to another model."""
        info = super()._get_model_info_by_xmlid()
        info[ACTIVITY_TYPE] = {"res_model": "res.partner", "unlink": False}
        info[LATE_REQUEST] = {"res_model": "ecrm.request", "unlink": False}
        info[FEEDBACK] = {"res_model": False, "unlink": False}
        return info
