import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_datetime

from ..lib.email import esp
from ..lib.email.esp import sns
from ..lib.email.esp.fetch import Failed, fetch
from ..queries import erase_webhook_deliveries

_logger = logging.getLogger(__name__)

STATUSES = [
    ("done", "Taken"),
    ("partial", "Taken in Part"),
    ("refused", "Refused"),
    ("failed", "Failed"),
    ("confirm", "To Confirm"),
    ("confirmed", "Confirmed"),
    ("dead", "Given Up"),
]
#: These have been let in by the door, so that they may be read again.
READABLE = ("done", "partial", "failed")
#: Minutes between tries to confirm; after the last one somebody has to look.
BACKOFF = (1, 5, 30, 120, 720)
#: Subscriptions confirmed by one run of the job.
AT_ONCE = 20


class EcrmWebhookDelivery(models.Model):
    """One request of a provider, as it came in: to see what is wrong, and to read it again.

    ========== ===============================================================
    status
    ========== ===============================================================
    done       all of it is recorded
    partial    events that could not be read were set aside, see ``error``
    refused    it did not prove whose it is, or is nothing of this provider
    failed     it could not be read by a fault of ours; read it again later
    confirm    Amazon SNS asks whether we want its messages; we have to answer
    confirmed  we did
    dead       we tried in vain; see ``error``
    ========== ===============================================================
    """

    _name = "ecrm.webhook.delivery"
    _description = "Webhook Delivery"
    _log_access = False
    _order = "id desc"
    _rec_name = "received_at"

    account_id = fields.Many2one(
        "ecrm.webhook.account", "Webhook", required=True, readonly=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    provider = fields.Selection(related="account_id.provider")
    received_at = fields.Datetime("Received", required=True, readonly=True)
    status = fields.Selection(STATUSES, required=True, readonly=True)
    event_count = fields.Integer("Events", readonly=True)
    stored_count = fields.Integer("New Events", readonly=True, help="Not known before.")
    refused_count = fields.Integer("Set Aside", readonly=True)
    error = fields.Char("What Is Wrong", readonly=True)
    headers = fields.Json(readonly=True, help="Those that say what it is; no password.")
    body = fields.Text(readonly=True, help="As it came in. Of what was refused, the beginning.")
    attempts = fields.Integer(readonly=True)
    next_attempt_at = fields.Datetime("Next Try", readonly=True)

    # the log of one account, and how much of it is to be looked at
    _account_idx = models.Index("(account_id, status, received_at)")
    # what has to be confirmed
    _confirm_idx = models.Index("(next_attempt_at) WHERE status = 'confirm'")

    @api.depends("account_id", "received_at")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for delivery in self:
            at = format_datetime(self.env, delivery.received_at, dt_format="short")
            delivery.display_name = f"{delivery.account_id.name}, {at}"

    # ------------------------------------------------------------
    # READING AGAIN
    # ------------------------------------------------------------

    def action_replay(self):
        """Button: read again what was let in; events that are known already stay as they are."""
        self.browse().check_access("read")
        if not self.env["ecrm.webhook.account"].has_access("write"):
            raise UserError(self.env._("Only an eCRM manager can read deliveries again."))
        readable = self.filtered(lambda delivery: delivery.status in READABLE)
        if not readable:
            raise UserError(
                self.env._("Only what was let in can be read again, not what was refused.")
            )
        # sudo: nobody may change deliveries by hand; who may, was checked
        stored = sum(delivery._replay() for delivery in readable.sudo())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(read)s deliveries were read again, %(stored)s events are new.",
                    read=len(readable),
                    stored=stored,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _replay(self):
        door = self.env["ecrm.webhook.door"]
        try:
            values = door.take(self.account_id, self._as_request())
        except esp.Refused as refused:
            self.error = str(refused)
            return 0
        self.write({name: values[name] for name in values.keys() & set(door.FIGURES)})
        return values["stored_count"]

    def _as_request(self):
        body, account = (self.body or "").encode(), self.account_id
        return esp.Request("POST", account.url, self.headers or {}, body, account.options())

    def action_confirm_again(self):
        """Button: try once more to confirm what was given up."""
        if not self.env["ecrm.webhook.account"].has_access("write"):
            raise UserError(self.env._("Only an eCRM manager can confirm subscriptions."))
        dead = self.filtered(lambda delivery: delivery.status == "dead")
        # sudo: as above
        dead.sudo().write(
            {"status": "confirm", "attempts": 0, "next_attempt_at": fields.Datetime.now()}
        )
        self.env["ecrm.webhook.door"]._trigger()

    # ------------------------------------------------------------
    # CONFIRMING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _cron_confirm(self):
        """Answer the subscriptions that are due; each by a transaction of its own."""
        cron = self.env["ir.cron"]
        for _number in range(AT_ONCE):
            due = self._next_due()
            if not due:
                return
            due._confirm()
            if not cron._commit_progress(1):
                return
        self.env["ecrm.webhook.door"]._trigger()

    def _next_due(self):
        """Return a subscription to confirm now that nobody else is busy with."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM ecrm_webhook_delivery
                 WHERE status = 'confirm' AND next_attempt_at <= %s
                 ORDER BY next_attempt_at LIMIT 1
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                fields.Datetime.now(),
            )
        )
        return self.browse([row[0] for row in rows])

    def _confirm(self):
        url = self._subscribe_url()
        try:
            fetch(url, sns.is_confirm_url)
        except Failed as failure:
            self._try_later(str(failure))
        else:
            # the body holds the token that confirms: it is of no use any more
            self.write({"status": "confirmed", "error": False, "body": False})

    def _subscribe_url(self):
        provider = esp.PROVIDERS[self.account_id.provider]
        try:
            return provider.parse(self._as_request()).confirm
        except esp.Refused:
            return None

    def _try_later(self, error):
        """Note a failure and when to try again, or that it is given up."""
        attempts = self.attempts + 1
        is_last = attempts > len(BACKOFF)
        wait = timedelta(minutes=0 if is_last else BACKOFF[attempts - 1])
        self.write(
            {
                "attempts": attempts,
                "error": error,
                "status": "dead" if is_last else "confirm",
                "next_attempt_at": fields.Datetime.now() + wait,
            }
        )
        if is_last:
            _logger.warning("Subscription of delivery %s could not be confirmed", self.id)

    # ------------------------------------------------------------
    # FORGETTING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def forget(self, emails):
        """Remove what names an address, whosoever else it names.

        :param Iterable[str] emails:
        """
        for email in emails:
            self.env.cr.execute(erase_webhook_deliveries.of_address(email))
        self.invalidate_model()

    @api.autovacuum
    def _gc_old(self):
        """Remove what is older than its account keeps it."""
        self.env.cr.execute(erase_webhook_deliveries.outdated(fields.Datetime.now(), 10_000))
        self.invalidate_model()
        return self.env.cr.rowcount, self.env.cr.rowcount == 10_000
