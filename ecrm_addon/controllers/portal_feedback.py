from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..models.ecrm_feedback_portal import RATABLE
from .portal import PERSONAL_HEADERS

PAGE = "/my/feedback"
#: Numbers on the card of the home page, and whether they are of questions that were answered.
COUNTERS = {"ecrm_feedback_open_count": False, "ecrm_feedback_count": True}


class FeedbackPortal(CustomerPortal):
    """What a customer is asked and said of us; and rating an order or a request of theirs."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        for name, is_answered in COUNTERS.items():
            if name in counters:
                person = self._ecrm_feedback_person()
                values[name] = request.env["ecrm.feedback"]._portal_count(person, is_answered)
        return values

    @route(PAGE, type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_feedback(self, saved=None, **_kw):
        return self._ecrm_feedback_page(is_saved=saved == "1")

    @route(PAGE, type="http", auth="user", website=True, methods=["POST"])
    def portal_save_feedback(self, **post):
        """Take an answer of the user's own, whoever else a form may name."""
        feedback = request.env["ecrm.feedback"]
        person = self._ecrm_feedback_person()
        if not request.env["ecrm.limits"].allows("feedback", f"user {request.env.uid}"):
            return self._ecrm_feedback_page(429, "too_often", post)
        told, row_sudo = feedback._portal_vote(person, post)
        if told != "saved":
            return self._ecrm_feedback_page(404 if told == "gone" else 422, told, post)
        response = request.redirect(self._ecrm_feedback_place(row_sudo, post), code=303)
        response.headers.update(PERSONAL_HEADERS)
        return response

    @staticmethod
    def _ecrm_feedback_place(row_sudo, post):
        """Return the page from which an answer came: our own, or that of what it is about."""
        if post.get("from") == "record" and row_sudo.res_model in RATABLE:
            record_sudo = request.env[row_sudo.res_model].sudo().browse(row_sudo.res_id)
            return f"{record_sudo.access_url}?feedback=saved#o_ecrm_feedback"
        return f"{PAGE}?saved=1"

    def _ecrm_feedback_page(self, status=200, error=None, post=None, is_saved=False):
        feedback = request.env["ecrm.feedback"]
        values = {
            **self._prepare_portal_layout_values(),
            **feedback._portal_page(self._ecrm_feedback_person()),
            "page_name": "ecrm_feedback",
            "action": PAGE,
            "error": feedback._errors().get(error),
            # what was typed and not taken is not lost
            "typed": post.get("comment") if post else None,
            "is_saved": is_saved,
        }
        response = request.render("ecrm_addon.portal_my_feedback", values)
        response.status_code = status
        response.headers.update(PERSONAL_HEADERS)
        return response

    @staticmethod
    def _ecrm_feedback_person():
        return request.env["ecrm.privacy.person"].of_user(request.website.company_id)
