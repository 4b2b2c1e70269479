from odoo import api, fields, models


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
    state = fields.Selection(
        [("refused", "Refused"), ("stored", "Stored"), ("dropped", "Dropped")],
        default="refused",
        required=True,
        readonly=True,
        index=True,
    )

    _uid_unique = models.Constraint("unique(uid)", "This event is in quarantine already.")

    def action_retry(self):
        """Send the refused events through the port again; keep what is refused again."""
        refused = self.filtered(lambda event: event.state == "refused")
        self.check_access("write")
        for event in refused:
            result = self.env["ecrm.log"].append([event.body or {}])[0]
            event.write(
                {"reason": result["reason"]}
                if result["status"] == "quarantined"
                else {"state": "stored"}
            )
        return self._notify_retry(refused)

    def action_drop(self):
        """Give the events up; they stay visible as dropped."""
        self.filtered(lambda event: event.state == "refused").write({"state": "dropped"})

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
