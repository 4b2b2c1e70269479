from odoo import http
from odoo.http import request

from .email_preferences import SIGNED_HEADERS, is_id


class Subscribe(http.Controller):
    """Asking for mails on the website, and confirming it by the link in a mail."""

    @http.route(
        "/ecrm/subscribe",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=True,
        readonly=False,
    )
    def subscribe(self, email="", **post):
        """Show the form; by POST, send the mail with the link. The answer is always the same."""
        # sudo: visitors may not read topics; their names are made for them
        topics_sudo = request.env["ecrm.topic"].sudo().of_company(request.website.company_id)
        chosen_sudo = topics_sudo.filtered("is_default")
        values = {"topics": topics_sudo, "email": email, "state": "form"}
        if request.httprequest.method == "POST":
            chosen_sudo = self._chosen(topics_sudo, post)
            values["state"] = self._ask(email, chosen_sudo)
        values["chosen"] = chosen_sudo
        return request.render("ecrm_addon.email_subscribe", values)

    @staticmethod
    def _chosen(topics_sudo, post):
        numbers = {name[6:] for name in post if name.startswith("topic_")}
        chosen = {int(number) for number in numbers if is_id(number)}
        return topics_sudo.filtered(lambda topic: topic.id in chosen)

    @staticmethod
    def _ask(email, wanted_sudo):
        """Return which page comes next: asked, invalid or too_often."""
        optins = request.env["ecrm.email.optin"]
        if not optins.allows_form(request):
            return "too_often"
        if len(email) > 254 or not wanted_sudo:
            return "invalid"
        is_address = optins.ask(email, wanted_sudo, "subscription form")
        return "asked" if is_address else "invalid"

    @http.route(
        "/ecrm/confirm/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
        readonly=False,
    )
    def confirm(self, token, **_post):
        """Show a button; by POST, confirm. Programs that follow links confirm nothing."""
        optin_sudo = request.env["ecrm.email.optin"].read_token(token)
        if optin_sudo and request.httprequest.method == "POST":
            optin_sudo.confirm(page_language=request.env.lang)
        values = {"optin": optin_sudo, "action": f"/ecrm/confirm/{token}"}
        response = request.render("ecrm_addon.email_confirm", values)
        response.status_code = 200 if optin_sudo else 404
        response.headers.update(SIGNED_HEADERS)
        return response
