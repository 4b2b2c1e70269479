import logging
import time
from datetime import datetime, timezone

from odoo import api, fields, models

from ..lib.email import esp
from ..lib.email.esp import sns
from ..lib.email.esp.fetch import Failed, fetch
from ..lib.tracking.event import UNSTORABLE

_logger = logging.getLogger(__name__)

#: Headers that tell what a request is; none of them is a secret.
KEPT_HEADERS = (
    "content-type",
    "user-agent",
    "svix-id",
    "svix-timestamp",
    "x-amz-sns-message-id",
    "x-amz-sns-message-type",
    "x-twilio-email-event-webhook-timestamp",
)
#: Characters kept of what was refused: anybody may have sent it.
MAX_REFUSED = 2000
MAX_ERROR = 500
MAX_EXTERNAL_ID = 200
#: Seconds that a certificate is remembered, and that it could not be had.
REMEMBER, REMEMBER_FAILURE = 86_400, 60
#: Certificates remembered by a worker; Amazon has one per region.
MAX_CERTIFICATES = 50

_certificates = {}


class EcrmWebhookDoor(models.AbstractModel):
    """What happens to the request of a provider: checked, read, appended, and kept as it was.

    It writes new rows only. Whatever is odd about a request costs neither the others nor an
    error of the server: what can be read is recorded, the rest is set aside with its reason.
    """

    _name = "ecrm.webhook.door"
    _description = "Door for E-mail Providers"

    #: What reading a request again may change of its delivery.
    FIGURES = ("status", "event_count", "stored_count", "refused_count", "error")

    @api.model
    @api.private
    def receive(self, account, request):
        """Take a request.

        :param ecrm.webhook.account account: whose address was called
        :param esp.Request request:
        :return dict: how many events it told, and how many could not be read
        :raise Refused: status and reason; it is written down already
        """
        provider = esp.PROVIDERS[account.provider]
        is_provider = False
        try:
            provider.check(request, account.as_known(), datetime.now(timezone.utc))
            is_provider = True
            values = self.take(account, request)
        except esp.Refused as refused:
            if is_provider and refused.status == 400:
                # a shape that we do not know yet, perhaps: kept whole, to be read again
                self._keep(account, request, {"status": "failed", "error": _sentence(refused)})
            else:
                self._note_refused(account, request, refused)
            raise
        self._keep(account, request, values)
        return {"events": values["event_count"], "refused": values["refused_count"]}

    @api.model
    @api.private
    def take(self, account, request):
        """Record what a request tells, which has been checked.

        :return dict: values of its delivery
        :raise Refused: 400 or 422 where it is nothing that could be recorded
        """
        provider = esp.PROVIDERS[account.provider]
        try:
            parsed = provider.parse(request)
            rows = self._rows(account, parsed.events)
        except esp.Refused:
            raise
        except Exception as error:  # noqa: BLE001  # kept, and read again once it is mended
            # not its text, which may quote the request
            _logger.error("Cannot read a webhook of %s: %s", provider.name, type(error).__name__)
            return {**self._figures(), "status": "failed", "error": type(error).__name__}
        if parsed.confirm:
            return self._to_confirm(parsed.confirm)
        reasons = sorted({reason for _item, reason in parsed.refused})
        return {
            **self._figures(),
            "status": "partial" if reasons else "done",
            "event_count": len(parsed.events),
            "stored_count": self.env["ecrm.email.event"].record(rows),
            "refused_count": len(parsed.refused),
            "error": ", ".join(reasons)[:MAX_ERROR] or False,
        }

    @staticmethod
    def _figures():
        return {"event_count": 0, "stored_count": 0, "refused_count": 0, "error": False}

    def _to_confirm(self, url):
        if not sns.is_confirm_url(url):
            raise esp.signature.unauthorized("confirm", "The address to confirm is not Amazon's.")
        self._trigger()
        return {**self._figures(), "status": "confirm", "next_attempt_at": fields.Datetime.now()}

    def _trigger(self):
        # sudo: who knocks is no user; it only starts the job earlier
        self.env.ref("ecrm_addon.ir_cron_webhook").sudo()._trigger()

    # ------------------------------------------------------------
    # EVENTS
    # ------------------------------------------------------------

    def _rows(self, account, events):
        """Return events in the words of ``ecrm.email.event``.

        In the order of their ids: of two requests that hold the same ones, the later waits for
        the earlier, and they never for each other.
        """
        refs = self._refs(account, events)
        rows = [self._row(account, event, refs) for event in events]
        return sorted(rows, key=lambda row: row["external_id"])

    def _row(self, account, event, refs):
        key = event.key
        told = (event.header_message_id, (event.recipient or "").lower())
        return {
            "type": event.event_type,
            "occurred_at": event.timestamp,
            "source": f"webhook.{account.provider}",
            "external_id": key if len(key) <= MAX_EXTERNAL_ID else esp.signature.digest_of(key),
            "event_id": event.event_id,
            "provider": account.provider,
            "company_ref": account.company_id.id,
            "email_message_ref": refs.get(told),
            "message_id": event.message_id,
            "recipient": event.recipient,
            "url": event.url,
            "user_agent": event.user_agent,
            "is_machine": event.is_machine,
            "bounce_kind": event.bounce_kind,
            "reject_reason": event.reject_reason,
            "smtp_status": event.smtp_status,
            "description": event.description or event.note or event.mta_response,
        }

    def _refs(self, account, events):
        """Return (Message-Id, recipient) -> mail, where a provider tells it beside its own id."""
        ids = {event.header_message_id for event in events if event.header_message_id}
        # what PostgreSQL cannot hold is no mail's id, and would cost the others of the batch
        told = {each for each in ids if not UNSTORABLE.search(each)}
        if not told:
            return {}
        written = {f"<{each.strip(' <>')}>": each for each in told}
        # sudo: the door knows no user; only mails of the account's company, and mailings to
        # contacts of no company
        mails_sudo = self.env["ecrm.email.message"].sudo()
        companies = [account.company_id.id, False]
        found = mails_sudo.search_fetch(
            [("message_id", "in", list(written)), ("company_id", "in", companies)],
            ["message_id", "email_normalized"],
        )
        return {(written[mail.message_id], mail.email_normalized): mail.id for mail in found}

    # ------------------------------------------------------------
    # DELIVERIES
    # ------------------------------------------------------------

    def _keep(self, account, request, values):
        # sudo: who knocks is no user, and nobody may write deliveries by hand
        return (
            self.env["ecrm.webhook.delivery"]
            .sudo()
            .create(
                {
                    "body": UNSTORABLE.sub("", request.body.decode(errors="replace")),
                    **values,
                    "account_id": account.id,
                    "company_id": account.company_id.id,
                    "received_at": fields.Datetime.now(),
                    "headers": {
                        name: UNSTORABLE.sub("", request.header(name))[:300]
                        for name in KEPT_HEADERS
                        if request.header(name)
                    },
                }
            )
        )

    def _note_refused(self, account, request, refused):
        """Write down that somebody was refused, as long as it does not happen all the time."""
        if not self.env["ecrm.limits"].allows("webhook_refused", str(account.id)):
            return
        body = UNSTORABLE.sub("", request.body[:MAX_REFUSED].decode(errors="replace"))
        values = {"status": "refused", "error": _sentence(refused), "body": body}
        self._keep(account, request, values)

    # ------------------------------------------------------------
    # CERTIFICATES
    # ------------------------------------------------------------

    @api.model
    @api.private
    def certificate(self, url):
        """Return the certificate at an address of Amazon.

        :param str url: checked
        :return bytes: PEM
        :raise Refused: 503 where it cannot be had now
        """
        pem, until = _certificates.get(url, (None, 0))
        if until < time.monotonic():
            pem, until = self._fetch_certificate(url)
            if len(_certificates) >= MAX_CERTIFICATES:
                _certificates.clear()
            _certificates[url] = pem, until
        if pem is None:
            raise esp.Refused(503, "certificate", "The certificate of Amazon cannot be had now.")
        return pem

    def _fetch_certificate(self, url):
        try:
            return fetch(url, sns.is_certificate_url), time.monotonic() + REMEMBER
        except Failed as failure:
            _logger.warning("Cannot fetch the certificate of Amazon SNS: %s", failure)
            return None, time.monotonic() + REMEMBER_FAILURE


def _sentence(refused):
    return f"{refused.status}: {refused}"[:MAX_ERROR]
