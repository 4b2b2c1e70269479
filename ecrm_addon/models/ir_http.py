from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Let the portal's scripts find their words in the customer's language."""
        return super()._get_translation_frontend_modules_name() + ["ecrm_addon"]

    @classmethod
    def _register_website_track(cls, response):
        """Leave Odoo's own page views out where eCRM measures: they come before any consent."""
        settings = request.env["website"].get_current_website()._ecrm_settings()
        if settings["mode"] != "off" and not settings["keep_stock"]:
            return False
        return super()._register_website_track(response)

    @classmethod
    def _post_logout(cls):
        request.env["ecrm.visit"]._leave()
        return super()._post_logout()
