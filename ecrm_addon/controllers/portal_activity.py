from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from .portal import PERSONAL_HEADERS


class ActivityPortal(CustomerPortal):
    @route("/my/activity", type="http", auth="user", website=True, readonly=True)
    def portal_my_activity(self, before=None, channel=None, **_kw):
        """Show the customer's own history; by links, so that it works without JavaScript."""
        activity = self._ecrm_own_activity(before, channel, summary=True)
        values = {
            **self._prepare_portal_layout_values(),
            "activity": activity,
            "summary": activity["summary"],
            "is_later_page": bool(before),
            "page_name": "ecrm_activity",
        }
        response = request.render("ecrm_addon.portal_my_activity", values)
        response.headers.update(PERSONAL_HEADERS)
        return response

    @route("/my/activity/more", type="jsonrpc", auth="user", website=True, readonly=True)
    def portal_my_activity_more(self, before=None, channel=None, **_kw):
        """Return the next page of the customer's own history, ready to be shown."""
        activity = self._ecrm_own_activity(before, channel)
        request.future_response.headers.update(PERSONAL_HEADERS)
        html = request.env["ir.qweb"]._render(
            "ecrm_addon.portal_activity_days", {"activity": activity}
        )
        return {"html": html, "next": activity["next"]}

    @staticmethod
    def _ecrm_own_activity(before, channel, **options):
        # what happened in the shop they are looking at, which may be another company's
        company = request.website.company_id
        partner = request.env.user.partner_id
        return partner._ecrm_portal_activity(before, channel, company=company, **options)
