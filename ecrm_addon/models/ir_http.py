from werkzeug.exceptions import BadRequest

from odoo import api, models
from odoo.http import request, root

from ..lib.tracking.urls import is_host

#: Routes of doors, see ``controllers.door_dispatcher`` and ``controllers.link_dispatcher``.
DOORS = ("ecrm", "ecrm_link")


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    @classmethod
    def _get_translation_frontend_modules_name(cls):
        """Let the portal's scripts find their words in the customer's language."""
        return super()._get_translation_frontend_modules_name() + ["ecrm_addon"]

    @api.model
    def _generate_routing_rules(self, modules, converters):
        """Leave out what answers only while there is no database."""
        for url, endpoint in super()._generate_routing_rules(modules, converters):
            if not endpoint.routing.get("only_without_database"):
                yield url, endpoint

    @classmethod
    def _match(cls, path):
        """Refuse at the doors hosts that are none; Odoo's look for the website fails over them."""
        if path.startswith("/ecrm/") and not is_host(request.httprequest.host):
            raise BadRequest()
        return super()._match(path)

    @classmethod
    def _pre_dispatch(cls, rule, args):
        """Leave out for doors what only pages need: language, forms, affiliates.

        Pages of support requests, marked by ``ecrm_support=True``, are closed where another
        helpdesk answers customers.
        """
        if rule.endpoint.routing["type"] in DOORS:
            return request.dispatcher.pre_dispatch(rule, args)
        request.ecrm_uid_before = request.session.uid
        result = super()._pre_dispatch(rule, args)
        if rule.endpoint.routing.get("ecrm_support"):
            request.env["res.company"]._ecrm_support_gate()
        return result

    @classmethod
    def _post_dispatch(cls, response):
        """Leave out for doors what only pages need: campaign cookies, Odoo's page views."""
        if request.dispatcher.routing_type in DOORS:
            return request.dispatcher.post_dispatch(response)
        cls._ecrm_note_login()
        return super()._post_dispatch(response)

    @classmethod
    def _ecrm_note_login(cls):
        """Note that the browser's anonymous visit was that of who has logged in just now.

        Seen by the session, not by how it came about: a password, a second factor, a device
        that is trusted instead of it, a passkey, another site's word (OAuth, LDAP) or a
        sign-up all end in a session that is somebody's and was not before. A password alone
        is no login where more is asked for: the session is nobody's until then.

        Before ``super``, which sends the cookies.
        """
        user_id = request.session.uid
        if user_id and request.env and user_id != getattr(request, "ecrm_uid_before", user_id):
            request.env["ecrm.visit"]._note_login(user_id)

    @classmethod
    def _register_website_track(cls, response):
        """Leave Odoo's own page views out where eCRM measures: they come before any consent.

        Only pages of a website are asked about. XML-RPC has closed its cursor by now: a query
        would answer with an error what was done and kept.
        """
        is_page = getattr(request, "is_frontend", False)
        if is_page and request.env["website"].get_current_website()._ecrm_replaces_stock():
            return False
        return super()._register_website_track(response)

    @classmethod
    def _post_logout(cls):
        # Odoo also "logs out" whoever is asked to log in, by a page for customers: a visitor
        # who was nobody stays the same. The session is empty by now, the stored one is not.
        if root.session_store.get(request.session.sid).get("uid"):
            request.env["ecrm.visit"]._leave()
        return super()._post_logout()
