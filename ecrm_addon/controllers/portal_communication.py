from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from .email_preferences import read_wishes
from .portal import PERSONAL_HEADERS


class CommunicationPortal(CustomerPortal):
    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:  # the page itself, not its badges
            values["ecrm_email"] = True
        return values

    @route(
        "/my/communication",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        readonly=False,
    )
    def portal_my_communication(self, **post):
        """Show the choices of the user's own address, whoever else a form may name."""
        preference_sudo = self._own_preference_sudo()
        is_saved = request.httprequest.method == "POST" and bool(preference_sudo)
        if is_saved:
            proof = {"language": request.env.lang, "page": "portal", "user": request.env.uid}
            preference_sudo.choose(
                "preferences", read_wishes(post), website_id=request.website.id, proof=proof
            )
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "ecrm_communication",
            "company": preference_sudo.company_id,
            "address": preference_sudo.email_normalized,
            "choices": preference_sudo.choices() if preference_sudo else None,
            "frequencies": preference_sudo.frequencies(),
            "action": "/my/communication",
            "is_saved": is_saved,
        }
        response = request.render("ecrm_addon.portal_my_communication", values)
        response.headers.update(PERSONAL_HEADERS)
        return response

    @staticmethod
    def _own_preference_sudo():
        preferences = request.env["ecrm.email.preference"]
        address = request.env.user.partner_id.email_normalized
        # in superuser mode: the row is the user's own; the mails are those of the shop they are
        # looking at, also where it is another company's than the user
        company = request.website.company_id
        return preferences.of_address(address, company) if address else preferences
