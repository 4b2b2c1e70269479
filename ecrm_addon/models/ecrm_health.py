from odoo import api, fields, models

#: Counting further takes time and tells nothing new.
COUNTED = 10_000


class EcrmHealth(models.AbstractModel):
    """The figures above the collectors on the Health page."""

    _name = "ecrm.health"
    _description = "Health"

    @api.model
    @api.readonly
    def figures(self):
        """Return how the log, the queue and the scheduled jobs are.

        :return dict: ``log`` (see ``ecrm.log.health``), ``refused``, ``queue`` and
            ``counted`` (the limit of both counts), ``overdue`` (privacy requests; None for
            who may not see any), ``crons``, ``errors``
        """
        self.env["ecrm.collector"].check_access("read")
        # sudo: numbers only, for whoever may see the collectors
        env_sudo = self.sudo().env
        log = env_sudo["ecrm.log"].health()
        return {
            "log": {**log, "last_event": fields.Datetime.to_string(log["last_event"])},
            "refused": env_sudo["ecrm.quarantine"].search_count(
                [("state", "=", "refused")], limit=COUNTED
            ),
            "queue": env_sudo["ecrm.change"].search_count([], limit=COUNTED) + log["waiting"],
            "counted": COUNTED,
            "overdue": self._overdue(),
            "reading": bool(
                env_sudo["ecrm.collector"].search_count([("state", "=", "backfill")], limit=1)
            ),
            "crons": [self._cron(cron) for cron in self._crons()],
        }

    def _overdue(self):
        """Return how many privacy requests should have been answered by now."""
        requests = self.env["ecrm.privacy.request"]
        if not requests.has_access("read"):
            return None
        return requests.search_count([("is_overdue", "=", True)], limit=COUNTED)

    def _crons(self):
        # sudo: scheduled jobs are readable for administrators only; names and times come out
        names = ("ir_cron_pipeline", "ir_cron_score")
        crons = [self.env.ref(f"ecrm_addon.{name}", raise_if_not_found=False) for name in names]
        return [cron.sudo() for cron in crons if cron]

    def _cron(self, cron_sudo):
        """Return the state of a scheduled job: off, late, failing or fine."""
        late = fields.Datetime.subtract(fields.Datetime.now(), minutes=15)
        state = "fine"
        if not cron_sudo.active:
            state = "off"
        elif cron_sudo.failure_count:
            state = "failing"
        elif cron_sudo.nextcall < late:
            state = "late"
        return {
            "name": cron_sudo.name,
            "state": state,
            "next": fields.Datetime.to_string(cron_sudo.nextcall),
            "last": fields.Datetime.to_string(cron_sudo.lastcall),
        }

    @api.model
    def run_now(self):
        """Run the whole pipeline and say what came of it.

        :return dict: the action that shows a message
        """
        result = self.env["ecrm.pipeline"].run_now()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if result["refused"] else "success",
                "message": self.env._(
                    "%(stored)s touchpoints stored, %(refused)s refused, "
                    "%(profiles)s customers computed.",
                    **result,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
