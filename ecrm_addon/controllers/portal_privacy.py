from odoo import SUPERUSER_ID
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from ..lib.tracking.payload import Refused
from ..models.ecrm_door import PORTAL
from ..models.ecrm_privacy_choices import SWITCHES
from .email_preferences import is_id
from .portal import PERSONAL_HEADERS
from .portal_communication import save_mails

#: What a form may be about; each is also the id of its place on the page.
CHOICES = ("mails", "tracking", "browser", *SWITCHES)
#: What the page may say of what was done last.
SAVED = (*CHOICES, "too_often")


class PrivacyPortal(CustomerPortal):
    """What a customer is sent, what is recorded of them, and what is made of it."""

    @route("/my/privacy", type="http", auth="user", website=True, methods=["GET"], readonly=True)
    def portal_my_privacy(self, saved=None, history=None, **_kw):
        person = self._ecrm_choosing_person()
        preference_sudo = request.env["ecrm.email.preference"].peek(person.email, person.company)
        # in superuser mode: the address is the user's own
        choices = preference_sudo.choices() if preference_sudo else None
        values = {
            **self._prepare_portal_layout_values(),
            **request.env["ecrm.privacy.choices"].page_values(person, history == "all"),
            **request.env["ecrm.privacy.request"]._portal_values(person),
            "page_name": "ecrm_privacy",
            "person": person,
            "company": person.company.sudo(),  # its name stands on each page of the website
            "address": person.email,
            "is_shared": bool(person.partner.email_normalized and not person.email),
            "choices": choices,
            "frequencies": preference_sudo.frequencies(),
            "action": "/my/privacy",
            "saved": saved if saved in SAVED else None,
        }
        response = request.render("ecrm_addon.portal_my_privacy", values)
        response.headers.update(PERSONAL_HEADERS)
        return response

    @route("/my/privacy", type="http", auth="user", website=True, methods=["POST"])
    def portal_save_privacy(self, choice=None, state=None, **post):
        """Take one choice of the user's own, whoever else a form may name."""
        saved, place = choice, "tracking" if choice == "browser" else choice
        if choice not in CHOICES:
            return self._ecrm_privacy_redirect()
        response = self._ecrm_privacy_redirect(f"?saved={saved}#{place}")
        if choice == "mails":
            save_mails(self._ecrm_choosing_person(), post, "portal")
        elif choice == "browser":
            consent_id = post.get("consent", "")
            if is_id(consent_id):
                choices = request.env["ecrm.privacy.choices"]
                choices.refuse_browser(self._ecrm_choosing_person(), int(consent_id))
        elif state in ("on", "off"):
            if choice in SWITCHES:
                request.env["ecrm.privacy.choices"].switch(
                    self._ecrm_choosing_person(), choice, state == "on"
                )
            else:
                return self._ecrm_switch_visits(state == "on", bool(post.get("erase")), response)
        return response

    def _ecrm_switch_visits(self, is_on, erase, response):
        """Let visits be recorded on this browser, or on none of the user's any more."""
        # sudo: what a browser may keep is decided by the same door as in the cookie bar
        door_sudo = request.env(user=SUPERUSER_ID)["ecrm.door"]
        if not is_on:
            request.env["ecrm.privacy.choices"].refuse_visits(self._ecrm_choosing_person())
            door_sudo.decide("withdrawn", erase, response, PORTAL)
            return response
        try:
            door_sudo.decide("granted", False, response, PORTAL)
        except Refused:
            return self._ecrm_privacy_redirect("?saved=too_often#tracking")
        return response

    @staticmethod
    def _ecrm_choosing_person():
        return request.env["ecrm.privacy.person"].of_user(request.website.company_id)

    @staticmethod
    def _ecrm_privacy_redirect(rest=""):
        response = request.redirect(f"/my/privacy{rest}", code=303)
        response.headers.update(PERSONAL_HEADERS)
        return response
