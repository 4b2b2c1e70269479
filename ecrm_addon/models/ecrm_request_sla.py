from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from .mail_activity_type import LATE_REQUEST
from .nullable import NullableFloat

CLOCK = [
    ("late", "Late"),
    ("running", "In Time"),
    ("paused", "Waits for the Customer"),
    ("none", "No Target"),
    ("done", "Closed"),
]
#: What may make a late request one that is not late any more.
MOVES = {"stage_id", "answered_at", "priority", "team_id"}
#: Late requests that are told between two commits.
BATCH = 200


class EcrmRequest(models.Model):
    """Until when a request is to be answered and solved, in business hours of its team.

    The clock runs from the question on. It stands still while the request waits for the
    customer or is closed: what it stood still is added to both targets when it goes on, so
    that a due date is always the target and the pause after the question, whatever happened
    in between and in whichever order.
    """

    _inherit = "ecrm.request"

    answer_due = fields.Datetime(compute="_compute_due", store=True)
    solve_due = fields.Datetime("Solution Due", compute="_compute_due", store=True)
    due_at = fields.Datetime(
        "Due",
        compute="_compute_clock",
        store=True,
        index="btree_not_null",
        help="The first answer, or else the solution. Empty while nothing is due.",
    )
    clock = fields.Selection(CLOCK, "Time", compute="_compute_clock", store=True, index=True)
    is_late = fields.Boolean("Late", compute="_compute_is_late", search="_search_is_late")
    stopped_at = fields.Datetime(
        "Clock Stopped", readonly=True, copy=False, help="Since when nothing is due."
    )
    stopped_hours = fields.Float(
        "Hours Paused",
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Business hours in which the request waited for the customer or was closed.",
    )
    answer_hours = NullableFloat(
        "Hours to First Answer", compute="_compute_answer_hours", store=True, aggregator="avg"
    )
    solve_hours = NullableFloat(
        "Hours to Solution", compute="_compute_solve_hours", store=True, aggregator="avg"
    )

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("team_id", "priority", "opened_at", "stopped_hours", "company_id")
    def _compute_due(self):
        targets = self.team_id._targets()
        for request in self:
            target = targets.get((request.team_id.id, request.priority))
            # what was answered or closed by a target is measured by that one
            if not request.answered_at or not request.answer_due:
                request.answer_due = request._due_after(target and target.answer_hours)
            if not request.is_closed or not request.solve_due:
                request.solve_due = request._due_after(target and target.solve_hours)

    @api.depends("answered_at", "answer_due", "solve_due", "is_closed", "stage_id.is_waiting")
    def _compute_clock(self):
        """Say what is due next. That it is late says the job alone, which tells somebody."""
        for request in self:
            answer_due = not request.answered_at and request.answer_due
            dues = [due for due in (answer_due, request.solve_due) if due]
            due = min(dues, default=False) if request._is_running() else False
            is_told = request.clock == "late" and request.due_at == due
            request.due_at = due
            request.clock = "late" if is_told else request._clock_reads()

    @api.depends("due_at")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for request in self:
            request.is_late = bool(request.due_at and request.due_at <= now)

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("due_at", "<=", fields.Datetime.now())
        return late if True in value else ~late

    @api.depends("answered_at", "opened_at")
    def _compute_answer_hours(self):
        for request in self:
            request.answer_hours = (
                request._business_hours(request.opened_at, request.answered_at)
                if request.answered_at
                else False
            )

    @api.depends("closed_at", "opened_at", "stopped_at", "stopped_hours")
    def _compute_solve_hours(self):
        for request in self:
            if not request.closed_at:
                request.solve_hours = False
                continue
            # who had waited for the customer until then was not at work on it
            end = min(request.closed_at, request.stopped_at or request.closed_at)
            worked = request._business_hours(request.opened_at, end) - request.stopped_hours
            request.solve_hours = max(worked, 0)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        requests._turn_clock()
        return requests

    def write(self, vals):
        result = super().write(vals)
        if "stage_id" in vals:
            self._turn_clock()
        if MOVES & vals.keys():
            self._drop_late_activities()
        if vals.get("user_id"):
            # sudo: of whomever they were
            self.sudo().activity_reschedule([LATE_REQUEST], new_user_id=vals["user_id"])
        return result

    # ------------------------------------------------------------
    # THE CLOCK
    # ------------------------------------------------------------

    @api.private
    def _renew_dues(self, teams):
        """Compute anew until when the open requests of teams are due."""
        # sudo: who sets targets need not answer requests
        requests_sudo = self.sudo().search(
            [("team_id", "in", teams.ids), ("is_closed", "=", False)]
        )
        for name in ("answer_due", "solve_due"):
            self.env.add_to_compute(self._fields[name], requests_sudo)
        requests_sudo._drop_late_activities()

    def _is_running(self):
        return not (self.is_closed or self.stage_id.is_waiting)

    def _clock_reads(self):
        """Return what the clock says, as long as nothing is late."""
        if self.is_closed:
            return "done"
        if self.stage_id.is_waiting:
            return "paused"
        return "running" if self.due_at else "none"

    def _turn_clock(self):
        """Stop the clock of requests for which nothing is due, and let the others go on."""
        now = fields.Datetime.now()
        for request in self:
            if request._is_running() == (not request.stopped_at):
                continue
            if not request.stopped_at:
                request.stopped_at = now
                continue
            paused = request._business_hours(max(request.stopped_at, request.opened_at), now)
            request.write({"stopped_at": False, "stopped_hours": request.stopped_hours + paused})

    @api.private
    def _calendar(self):
        """Return the business hours in which a request is measured; empty: around the clock."""
        # sudo: customers ask, too, and may not read calendars
        request_sudo = self.sudo()
        return request_sudo.team_id.calendar_id or request_sudo.company_id.resource_calendar_id

    def _due_after(self, hours):
        """Return when so many business hours of work on a request are over.

        :param float hours: after the question, not counting pauses; 0 or None: no target
        :return datetime: naive, UTC, or False
        """
        if not hours or not self.opened_at:
            return False
        hours += self.stopped_hours
        if calendar := self._calendar():
            return calendar.plan_hours(hours, self.opened_at, compute_leaves=True)
        return self.opened_at + timedelta(hours=hours)

    def _business_hours(self, start, end):
        """Return how many business hours lie between two instants (naive, UTC)."""
        if end <= start:
            return 0.0
        if calendar := self._calendar():
            return calendar.get_work_hours_count(start, end)
        return (end - start).total_seconds() / 3600

    # ------------------------------------------------------------
    # WHO IS TOLD
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _cron_tell_late(self):
        """Every few minutes: mark what has become late, and tell whose it is."""
        while count := self._or_later(self._tell_some_late):
            if not self.env["ir.cron"]._commit_progress(count):
                return

    def _tell_some_late(self):
        """Tell of some late requests; return of how many."""
        domain = [("due_at", "<=", fields.Datetime.now()), ("clock", "=", "running")]
        requests = self.search(domain, limit=BATCH, order="due_at, id")
        # whoever writes an answer at this moment may be in time: the next run sees it
        requests = requests.try_lock_for_update(allow_referencing=True)
        requests._become_late()
        return len(requests)

    def _become_late(self):
        """Mark requests as late, each with an activity of the assignee or the team's leader."""
        self.write({"clock": "late"})
        told = self.filtered(lambda request: request._whom_to_tell())
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(LATE_REQUEST)
        model_id = self.env["ir.model"]._get_id(self._name)
        activities = self.env["mail.activity"]
        known = activities.search(
            [
                ("res_model", "=", self._name),
                ("res_id", "in", told.ids),
                ("activity_type_id", "=", type_id),
            ]
        )
        told = told.filtered(lambda request: request.id not in known.mapped("res_id"))
        # nobody wants a mail for each: they stand in the list of activities
        activities.with_context(mail_activity_quick_update=True).create(
            [
                {"activity_type_id": type_id, "res_model_id": model_id, **request._late_values()}
                for request in told
            ]
        )

    def _whom_to_tell(self):
        return (self.user_id or self.team_id.user_id).filtered("active")

    def _late_values(self):
        """Return the values of the activity that tells of a late request."""
        user = self._whom_to_tell()
        words = self.with_context(lang=user.lang, tz=user.tz)
        is_solution = self.answered_at or self.due_at != self.answer_due
        return {
            "res_id": self.id,
            "user_id": user.id,
            "automated": True,
            "date_deadline": fields.Datetime.context_timestamp(words, self.due_at).date(),
            "summary": words.env._("Solution is late")
            if is_solution
            else words.env._("First answer is late"),
        }

    def _drop_late_activities(self):
        """Remove the activities of requests that are not late any more."""
        # sudo: the activity of a colleague goes with its reason; customers close requests, too
        on_time_sudo = self.sudo().filtered(lambda request: request.clock != "late")
        on_time_sudo.activity_unlink([LATE_REQUEST])
