import logging

from odoo import api, models
from odoo.tools import email_normalize

from ..lib.email.gateway import classify
from ..lib.support import mails

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    """Keeps machines from asking for support: neither opens nor reopens their mail a request."""

    _inherit = "mail.thread"

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        routes = super().message_route(message, message_dict, model, thread_id, custom_values)
        if not any(route[0] == "ecrm.request" for route in routes):
            return routes
        reason = self._ecrm_is_machine(message, message_dict)
        if not reason:
            return routes
        _logger.info("Mail %s asks for no support: %s", message_dict["message_id"], reason)
        return [route for route in routes if route[0] != "ecrm.request"]

    def _ecrm_is_machine(self, message, message_dict):
        """Return why a mail is none of a person's, or None."""
        told = self.env["ecrm.gateway"].examine(message)
        if told.kind == classify.AUTOREPLY:
            return told.evidence
        sender = email_normalize(message_dict.get("email_from") or "")
        # sudo: our own addresses are no secret, but settings
        domains_sudo = self.env["mail.alias.domain"].sudo()
        if sender and domains_sudo._find_aliases([sender]):
            return "it comes from an address of ours"
        return None

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        if mails.wants_no_answer(message):
            self = self.with_context(ecrm_no_receipt=True)
        return super()._message_route_process(message, message_dict, routes)
