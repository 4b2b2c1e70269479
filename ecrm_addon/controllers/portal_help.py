from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal


class HelpHomePortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:  # the page itself, not its badges
            values["ecrm_has_help"] = request.env["ecrm.faq"]._is_shown(request.website)
        return values
