import logging

from odoo import api, fields, models
from odoo.tools import email_split

from ..lib.email.gateway import addresses, classify, repair

_logger = logging.getLogger(__name__)
#: Of a time as Odoo writes and reads it.
_DATE_LENGTH = 19


class MailThread(models.AbstractModel):
    """Incoming mail, told apart before it becomes a bounce, an answer or a lead.

    ==================== ==========================================================
    kind                 what happens
    ==================== ==========================================================
    delivery failed      Odoo's bounce handling, for each recipient that we found
    delayed, delivered   an event; no bounce
    complaint, receipt   an event; no bounce, no thread
    automatic answer     an event; no answer, no thread, no new record
    answer of a person   Odoo's way, and an event
    anything else        Odoo's way
    ==================== ==========================================================
    """

    _inherit = "mail.thread"

    @api.model
    def message_parse(self, message, save_original=False):
        """Mend what would raise in a broken mail, so that it does not stop the mailbox."""
        repair.repair(message)
        values = super().message_parse(message, save_original=save_original)
        if len(values.get("date") or "") not in (0, _DATE_LENGTH):
            # written in a year of three digits
            values["date"] = fields.Datetime.to_string(fields.Datetime.now())
        return values

    @api.model
    def _detect_is_bounce(self, message, message_dict):
        told = self.env["ecrm.gateway"].examine(message)
        if told.kind == classify.DSN_FAILED:
            return True
        if told.kind not in (classify.REPLY, classify.OTHER):
            return False
        # a return path may carry a token (VERP), but Odoo compares whole addresses
        to = [addresses.untagged(address) for address in email_split(message_dict["to"])]
        return super()._detect_is_bounce(message, {**message_dict, "to": ",".join(to)})

    @api.model
    def _message_parse_extract_bounce(self, email_message, message_dict):
        values = super()._message_parse_extract_bounce(email_message, message_dict)
        if not values["is_bounce"]:
            return values
        gateway = self.env["ecrm.gateway"]
        told = gateway.examine(email_message)
        message_ids = [*told.message_ids, *(values["bounced_msg_ids"] or ())]
        values["bounced_msg_ids"] = list(dict.fromkeys(message_ids))
        if message_ids and not values["bounced_message"]:
            # sudo: as Odoo does; who runs the mailbox need not see the document
            values["bounced_message"] = (
                self.env["mail.message"]
                .sudo()
                .search([("message_id", "in", message_ids)], order="id desc", limit=1)
            )
        for address in gateway.failed_addresses(told)[:1]:
            values |= self._ecrm_bounced(address)
        return values

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Let Odoo handle each recipient that failed; it knows of one per mail only."""
        gateway = self.env["ecrm.gateway"]
        told = gateway.examine(email_message)
        gateway.record(told, message_dict)
        # the first one is in the dictionary already, see _message_parse_extract_bounce
        for address in gateway.failed_addresses(told)[1:]:
            bounced = {**message_dict, **self._ecrm_bounced(address)}
            # or the document would be told again, which is the first one's own contact maybe
            bounced["bounced_message"] = message_dict["bounced_message"].browse()
            super()._routing_handle_bounce(email_message, bounced)
        return super()._routing_handle_bounce(email_message, message_dict)

    def _ecrm_bounced(self, address):
        # sudo: as Odoo does; the mailbox's user need not see the contact
        partners_sudo = self.env["res.partner"].sudo()
        return {
            "bounced_email": address,
            "bounced_partner": partners_sudo.search([("email_normalized", "=", address)]),
        }

    @api.model
    def message_route(self, message, message_dict, model=None, thread_id=None, custom_values=None):
        gateway = self.env["ecrm.gateway"]
        told = gateway.examine(message)
        if gateway.is_silent(told):
            _logger.info(
                "Mail from %s with Message-Id %s is not routed: %s (%s)",
                message_dict["email_from"],
                message_dict["message_id"],
                told.kind,
                told.evidence,
            )
            gateway.record(told, message_dict)
            return []
        return super().message_route(message, message_dict, model, thread_id, custom_values)

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        if routes and self.env["ecrm.gateway"].examine(message).kind == classify.REPLY:
            self.env["ecrm.gateway"].record_reply(message_dict)
        return super()._message_route_process(message, message_dict, routes)
