import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..queries import settle_quarantine


def _refuse_constant(name):
    """PostgreSQL's JSON has no NaN and no infinity."""
    raise ValueError(f"{name} is not JSON")


class EcrmQuarantine(models.Model):
    """An event that a door refused: kept with its reason, to be mended and retried."""

    _name = "ecrm.quarantine"
    _description = "Refused Event"
    _order = "create_date desc, id desc"
    _rec_name = "reason"

    uid = fields.Char("Event Id", readonly=True)
    reason = fields.Char(required=True, readonly=True)
    kind = fields.Char(readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    body = fields.Json("Event", help="The event as it came in. Mend it here, then retry.")
    body_text = fields.Text(
        "Event as Text", compute="_compute_body_text", inverse="_inverse_body_text"
    )
    state = fields.Selection(
        [("refused", "Refused"), ("stored", "Stored"), ("dropped", "Dropped")],
        default="refused",
        required=True,
        readonly=True,
        index=True,
    )

    _uid_unique = models.Constraint("unique(uid)", "This event is in quarantine already.")

    @api.depends("body")
    def _compute_body_text(self):
        for event in self:
            event.body_text = json.dumps(event.body, indent=4, ensure_ascii=False)

    def _inverse_body_text(self):
        for event in self:
            try:
                body = json.loads(event.body_text or "", parse_constant=_refuse_constant)
            except ValueError as error:
                raise UserError(
                    self.env._(
                        "The event is not valid JSON any more: %s. "
                        "Please check quotes, commas and brackets there.",
                        error,
                    )
                ) from error
            event.body = body

    def action_retry(self):
        """Send the refused events through the port again; keep what is refused again."""
        refused = self.filtered(lambda event: event.state == "refused")
        self.check_access("write")
        for event in refused:
            if event._is_row():
                event._read_row_again()
                continue
            result = event._send_again()
            event.write(
                {"reason": result["reason"]}
                if result["status"] == "quarantined"
                else {"state": "stored"}
            )
        return self._notify_retry(refused)

    def _send_again(self):
        """Send an event through the door that refused it, or straight into the log."""
        body = self.body or {}
        if isinstance(body, dict) and body.get("api_key"):
            return self.env["ecrm.api.door"].retry(body)
        return self.env["ecrm.log"].append([body])[0]

    def action_drop(self):
        """Give the events up; they stay visible as dropped."""
        self.filtered(lambda event: event.state == "refused").write({"state": "dropped"})

    # ------------------------------------------------------------
    # ROWS THAT A COLLECTOR COULD NOT READ
    # ------------------------------------------------------------

    @api.model
    @api.private
    def refuse_row(self, collector, res_id, reason):
        """Put a row of Odoo's own tables aside that cannot even be turned into an event."""
        uid = self._row_uid(collector, SQL("%s", res_id))
        self.env.cr.execute(settle_quarantine.refuse_row(uid, collector, res_id, reason))
        self.invalidate_model()

    @api.model
    @api.private
    def settle_rows(self, collector, ids):
        """Settle rows that were put aside and could be read now."""
        uid = self._row_uid(collector, SQL("source.id"))
        self.env.cr.execute(settle_quarantine.settle_rows(uid, ids))
        if self.env.cr.rowcount:
            self.invalidate_model()

    def _row_uid(self, collector, res_id):
        return self.env["ecrm.log"].own_uid_select(SQL("%s", collector), res_id)

    def _is_row(self):
        body = self.body
        return isinstance(body, dict) and body.get("collector") in self.env

    def _read_row_again(self):
        """Read the row itself again: it is mended where it is, not here."""
        reader = self.env[self.body["collector"]]
        if self.env[reader._source].browse(self.body["res_id"]).exists():
            reader._collect([self.body["res_id"]])
        else:
            self.state = "dropped"

    def _notify_retry(self, retried):
        stored = len(retried.filtered(lambda event: event.state == "stored"))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if stored == len(retried) else "warning",
                "message": self.env._(
                    "%(stored)s of %(retried)s events were stored.",
                    stored=stored,
                    retried=len(retried),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    @api.autovacuum
    def _gc_settled(self):
        """Forget events that were stored or dropped three months ago."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), months=3)
        settled = self.search(
            [("state", "!=", "refused"), ("write_date", "<", limit)], limit=10_000
        )
        settled.unlink()
        return len(settled), len(settled) == 10_000
