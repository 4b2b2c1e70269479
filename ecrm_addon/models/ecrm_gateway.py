import hashlib

from odoo import api, fields, models
from odoo.tools import email_normalize
from odoo.tools.mail import mail_header_msgid_re

from ..lib.email.gateway import classify, dsn, feedback, report

SOURCE = "gateway"
#: What became of a recipient, as reports say it -> type of the event.
TYPES = {
    dsn.FAILED: "bounced",
    dsn.DELAYED: "deferred",
    dsn.DELIVERED: "delivered",
    feedback.COMPLAINED: "complained",
    "displayed": "opened",
}
#: Of reports that may name nobody.
UNNAMED = {classify.DSN_FAILED: "bounced", classify.COMPLAINT: "complained"}
#: Mails of machines that nobody has to read.
SILENT = (
    classify.DSN_DELAYED,
    classify.DSN_DELIVERED,
    classify.COMPLAINT,
    classify.MDN,
    classify.REPORT,
)
#: So long ago a report may have been written; what is older has a wrong clock.
_MAX_DAYS = 60
_MAX_ID = 200


class EcrmGateway(models.AbstractModel):
    """What incoming mails tell of those that we sent: events, each once.

    ``mail.thread`` asks what a mail is and routes it; this finds whose mail it is about.
    """

    _name = "ecrm.gateway"
    _description = "Incoming Mail"

    @api.model
    @api.private
    def examine(self, message):
        """Return what a mail tells, see ``lib.email.gateway.report.Report``."""
        # sudo: our own addresses are no secret, but settings
        domains_sudo = self.env["mail.alias.domain"].sudo().search([])
        own = {*domains_sudo.mapped("bounce_email"), *domains_sudo.mapped("catchall_email")}
        return report.read(message, own - {False})

    @api.model
    @api.private
    def is_silent(self, told):
        """Tell whether a mail is for machines only: no thread, no lead, no answer."""
        return told.kind in SILENT or (told.kind == classify.AUTOREPLY and told.is_answer)

    @api.model
    @api.private
    def failed_addresses(self, told):
        """Return the normalized addresses that a mail will not reach, as far as is known."""
        named = [email_normalize(found.address) for found in told.failed]
        if told.recipients:
            return list(dict.fromkeys(filter(None, named)))
        return self._only_recipient(told)

    def _only_recipient(self, told):
        """Return whom the mail in question was for, in a list, if it was for one only."""
        ours = self._messages(told.message_ids).mapped("email_normalized")
        known = ours if len(ours) == 1 else [email_normalize(address) for address in told.meant]
        return [known[0]] if len(known) == 1 and known[0] else []

    @api.model
    @api.private
    def record(self, told, message_dict):
        """Append what a machine's mail tells.

        :param Report told: as ``examine`` returns it
        :param dict message_dict: as ``mail.thread`` parsed the mail
        """
        if told.kind == classify.AUTOREPLY:
            return self._record_answer("autoreplied", message_dict)
        rows = []
        for found in told.recipients:
            type_ = TYPES.get(found.action)
            if type_:
                rows.append(self._row(type_, found.address, told, message_dict, found))
        type_ = UNNAMED.get(told.kind)
        if type_ and not told.recipients:
            found = dsn.Recipient("")
            rows = [
                self._row(type_, address, told, message_dict, found)
                for address in self._only_recipient(told)
            ]
        return self.env["ecrm.email.event"].record(rows)

    @api.model
    @api.private
    def record_reply(self, message_dict):
        """Append that a customer answered a mail of ours."""
        author = self.env["res.partner"].browse(message_dict.get("author_id") or [])
        # sudo: whether the author is one of us is not asked of the mailbox's user
        if any(not user.share for user in author.sudo().user_ids):
            return 0
        return self._record_answer("replied", message_dict)

    def _record_answer(self, type_, message_dict):
        address = email_normalize(message_dict.get("email_from") or "")
        referred = self._referred(message_dict)
        ours = self._messages(referred)
        mine = ours.filtered(lambda message: message.email_normalized == address)[:1]
        if not mine and len(ours) == 1:
            mine = ours  # answered from another address of theirs
        message_id = mine.message_id or self._sent_by_us(referred)
        if type_ == "replied" and not message_id:
            return 0
        recipient = mine.email_normalized or address
        row = {
            **self._base(type_, recipient, message_dict),
            "message_id": message_id or referred[-1:] and referred[-1],
            "email_message_ref": mine.id or None,
        }
        return self.env["ecrm.email.event"].record([row])

    def _row(self, type_, address, told, message_dict, found):
        address = email_normalize(address) or address
        ours = self._messages(told.message_ids)
        mine = ours.filtered(lambda message: message.email_normalized == address)[:1]
        meant = [email_normalize(meant) for meant in told.meant]
        is_only = len(told.recipients) == len(ours) == 1
        if not mine and is_only and (type_ == "complained" or meant == [ours.email_normalized]):
            # it was forwarded to the address at which it failed; providers mask who complains
            mine = ours
        row = {
            **self._base(type_, mine.email_normalized or address, message_dict),
            "message_id": mine.message_id or (told.message_ids and told.message_ids[0]) or None,
            "email_message_ref": mine.id or None,
            "smtp_status": found.status,
            "description": found.description or None,
        }
        if type_ == "bounced":
            row |= {"bounce_kind": found.bounce_kind, "reject_reason": found.reason}
        elif type_ == "opened":
            row["description"] = "read receipt"
        return row

    def _base(self, type_, recipient, message_dict):
        """Return what every event has; the same mail read twice gives the same id."""
        said = f"{message_dict.get('message_id')} {recipient} {type_}"
        if len(said) > _MAX_ID:
            said = hashlib.sha256(said.encode()).hexdigest()
        return {
            "type": type_,
            "source": SOURCE,
            "external_id": said,
            "recipient": recipient,
            "occurred_at": self._written_at(message_dict),
        }

    def _written_at(self, message_dict):
        now = fields.Datetime.now()
        try:
            written = fields.Datetime.to_datetime(message_dict.get("date"))
        except ValueError:
            written = None
        is_sane = written and written > fields.Datetime.subtract(now, days=_MAX_DAYS)
        return min(written, now) if is_sane else now

    def _messages(self, message_ids):
        # sudo: the gateway's user need not be one of ours
        messages_sudo = self.env["ecrm.email.message"].sudo()
        return messages_sudo.search([("message_id", "in", list(message_ids))], limit=500)

    def _referred(self, message_dict):
        """Return the Message-Ids that a mail refers to, the last one being answered."""
        said = f"{message_dict.get('references') or ''} {message_dict.get('in_reply_to') or ''}"
        return list(dict.fromkeys(mail_header_msgid_re.findall(said)))[-32:]

    def _sent_by_us(self, message_ids):
        """Return which of some Message-Ids was a mail from before eCRM measured them."""
        for model in ("mail.message", "mailing.trace"):
            # sudo: as above
            records_sudo = self.env[model].sudo()
            found = records_sudo.search([("message_id", "in", message_ids)], limit=1)
            if found:
                return found.message_id
        return None
