from odoo import models


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Let the portal's scripts find their words in the customer's language."""
        return super()._get_translation_frontend_modules_name() + ["ecrm_addon"]
