import logging

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)

#: How often a batch is tried that somebody else writes to.
ATTEMPTS = 5
#: Requests that are given away between two commits.
BATCH = 200


class EcrmRequest(models.Model):
    """Gives new requests to the members of a team, by their load.

    One background job does it, as soon as there is something to do. Odoo never runs a job
    twice at a time, so the loads it counts are true; whoever asks waits for nobody, and no
    row is locked but those of the requests that are given away.
    """

    _inherit = "ecrm.request"

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._call_assigner()
        return requests

    def write(self, vals):
        result = super().write(vals)
        if vals.get("team_id") or vals.get("user_id") is False:
            self._call_assigner()
        return result

    def _call_assigner(self):
        """Let the job run once this is committed, where there is something to give away."""
        # sudo: customers ask, too, and may read neither teams nor jobs
        requests_sudo = self.sudo()
        if any(
            not request.user_id and not request.is_closed and request.team_id.assign == "load"
            for request in requests_sudo
        ):
            self.env.ref("ecrm_addon.ir_cron_request_assign").sudo()._trigger()

    @api.model
    @api.private
    def _cron_assign(self):
        """As soon as somebody asks, and every hour for those who were on leave."""
        for team in self.env["ecrm.request.team"].search([("assign", "=", "load")]):
            while count := self._or_later(self._assign_some, team):
                if not self.env["ir.cron"]._commit_progress(count):
                    return

    def _assign_some(self, team):
        """Give away some requests of a team; return how many."""
        requests = self._to_assign(team)
        return len(requests) if requests._give_away(team) else 0

    @api.model
    def _or_later(self, step, *args):
        """Do one batch of a job; where somebody else was faster, once more with what is new.

        A request that is written after the snapshot of a job cannot be locked by it. What it
        has not done by then is undone, and tried again some times; the next run does the rest.

        :return: what the step returns; 0 where it was given up
        """
        for _attempt in range(ATTEMPTS):
            try:
                done = step(*args)
                self.env.flush_all()
                return done
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                self.env.cr.rollback()
                _logger.info("Requests were written at the same time: %s", error)
        return 0

    def _to_assign(self, team):
        """Return requests of a team that are nobody's, the most urgent and the oldest first.

        Whom somebody takes at this moment is left to them.
        """
        requests = self.search(
            [("team_id", "=", team.id), ("user_id", "=", False), ("is_closed", "=", False)],
            limit=BATCH,
            order="priority desc, id",
        )
        locked = requests.try_lock_for_update(allow_referencing=True)
        return requests & locked

    def _give_away(self, team):
        """Give each request to whoever has the fewest; return whether anybody is there."""
        user_ids = team._share_out(len(self))
        for request, user_id in zip(self, user_ids, strict=False):
            # Odoo tells the new assignee by mail, as it does when a colleague assigns
            request.user_id = user_id
        return bool(user_ids)
