from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from .portal import PERSONAL_HEADERS
from .privacy_pages import erase_page

PAGE = "/my/privacy"


class PrivacyRequests(CustomerPortal):
    """What customers who are logged in ask for by the law. Whose data it is no form says."""

    @route(f"{PAGE}/download", type="http", auth="user", website=True, methods=["POST"])
    def portal_privacy_download(self, **_post):
        """Let the file be made; the page shows how far it is."""
        request.env["ecrm.privacy.request"].ask_download(self._ecrm_person(), request.env.user)
        return request.redirect(f"{PAGE}#ecrm_privacy_data")

    @route(f"{PAGE}/progress", type="jsonrpc", auth="user", website=True, readonly=True)
    def portal_privacy_progress(self, **_kw):
        """Tell how far the background job is."""
        request.future_response.headers.update(PERSONAL_HEADERS)
        return request.env["ecrm.privacy.request"]._portal_progress(self._ecrm_person())

    @route(
        f"{PAGE}/erase",
        type="http",
        auth="user",
        website=True,
        methods=["GET", "POST"],
        readonly=False,
    )
    def portal_privacy_erase(self, **_post):
        """Say what is erased and what is kept; by POST, send the mail to confirm it."""
        return erase_page(self._ecrm_person(), PAGE, request.env.user, headers=PERSONAL_HEADERS)

    @staticmethod
    def _ecrm_person():
        return request.env["ecrm.privacy.person"].of_user(request.website.company_id)
