from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..lib.email import esp
from .api_dispatcher import answer
from .door_dispatcher import refuse


class Webhook(http.Controller):
    """Where providers of e-mail tell what became of mails; docs/webhooks.md explains it."""

    # every method comes here: providers try out an address in ways of their own
    @http.route(
        "/ecrm/webhook/<string:provider>/<string:key>",
        type="ecrm",
        auth="none",
        readonly=False,
        save_session=False,
    )
    def receive(self, provider, key):
        """Take what a provider tells: 200, or 4xx with a reason."""
        # superuser: a provider is no user of Odoo; the key says whose door it is
        accounts = request.env["ecrm.webhook.account"].with_user(SUPERUSER_ID)
        try:
            account = accounts.find(provider, key)
            if not account:
                raise esp.Refused(404, "not_found", "There is no such webhook.")
            return self._serve(account)
        except esp.Refused as refused:
            response = refuse(refused)
            if refused.status == 401:
                # without this Amazon SNS would not show the password that it was given
                response.headers["WWW-Authenticate"] = 'Basic realm="eCRM"'
            return response

    def _serve(self, account):
        method, provider = request.httprequest.method, esp.PROVIDERS[account.provider]
        if method in provider.probes:
            return answer({})
        if method != "POST":
            raise esp.Refused(405, "method_not_allowed", "Only POST is served here.")
        if request.httprequest.headers.get("Content-Encoding", "identity") != "identity":
            raise esp.Refused(415, "encoding", "Send the body as it is, not compressed.")
        body = request.dispatcher.read_body(provider.max_bytes)
        url, headers = request.httprequest.url, request.httprequest.headers
        told = esp.Request(method, url, headers, body, account.options())
        return answer(account.env["ecrm.webhook.door"].receive(account, told))
