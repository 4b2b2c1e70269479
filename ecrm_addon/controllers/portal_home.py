from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from .portal import PERSONAL_HEADERS


class HomePortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:  # the page itself, not its badges
            # asked by the cards: where a company switched them off, nothing is read for them
            values["ecrm_home_cards"] = self._ecrm_home_cards
        return values

    @route()
    def home(self, **kw):
        response = super().home(**kw)
        response.headers.update(PERSONAL_HEADERS)
        return response

    @staticmethod
    def _ecrm_home_cards():
        visit = request.env["ecrm.door"].portal_visit()
        return request.env.user.partner_id._ecrm_home_cards(request.website, visit)
