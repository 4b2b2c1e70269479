from odoo import fields, models

from .res_company_support import OTHER_HELPDESK


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecrm_support = fields.Boolean(related="company_id.ecrm_support", readonly=False)
    ecrm_support_url = fields.Char(related="company_id.ecrm_support_url", readonly=False)
    ecrm_other_helpdesk = fields.Boolean(
        "Another Helpdesk Is Installed", compute="_compute_ecrm_other_helpdesk"
    )

    def _compute_ecrm_other_helpdesk(self):
        self.ecrm_other_helpdesk = OTHER_HELPDESK in self.env
