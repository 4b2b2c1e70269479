from odoo import fields, models
from odoo.tools import SQL

from ..models.ecrm_request import PRIORITIES, SOURCES
from ..models.nullable import NullableFloat


class EcrmRequestReport(models.Model):
    """Support requests by what became of them: how many, how fast, how satisfying.

    Merged requests count once, as the one that was kept. A share has only those as its whole
    that had a target or an answer: who was not asked is not dissatisfied.
    """

    _name = "ecrm.request.report"
    _description = "Support Analysis"
    _auto = False
    _order = "opened_at desc, id desc"
    _rec_name = "number"
    _depends = {
        "ecrm.request": [
            "answer_due", "answer_hours", "answered_at", "closed_at", "company_id", "is_closed",
            "merged_into_id", "number", "opened_at", "order_id", "partner_id", "priority",
            "product_id", "reopened", "solve_due", "solve_hours", "source", "stage_id", "team_id",
            "stopped_at", "user_id", "website_id",
        ],
        "ecrm.request.stage": ["is_cancelled"],
    }  # fmt: skip

    number = fields.Char(readonly=True)
    opened_at = fields.Datetime("Asked", readonly=True)
    closed_at = fields.Datetime("Closed", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    website_id = fields.Many2one("website", readonly=True)
    team_id = fields.Many2one("ecrm.request.team", readonly=True)
    user_id = fields.Many2one("res.users", "Assigned to", readonly=True)
    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    product_id = fields.Many2one("product.product", readonly=True)
    stage_id = fields.Many2one("ecrm.request.stage", readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)
    source = fields.Selection(SOURCES, readonly=True)
    is_closed = fields.Boolean(readonly=True)
    request_count = fields.Integer("Requests", readonly=True)
    reopened = fields.Integer("Times Reopened", readonly=True)
    answer_hours = NullableFloat(
        "Hours to First Answer", readonly=True, aggregator="avg", help="Business hours."
    )
    solve_hours = NullableFloat(
        "Hours to Solution",
        readonly=True,
        aggregator="avg",
        help="Business hours, without the time in which the request waited for the customer.",
    )
    answered_in_time = NullableFloat(
        "Answered in Time (%)", readonly=True, aggregator="avg", digits=(16, 1)
    )
    solved_in_time = NullableFloat(
        "Solved in Time (%)", readonly=True, aggregator="avg", digits=(16, 1)
    )
    csat = NullableFloat("Satisfaction (1-5)", readonly=True, aggregator="avg", digits=(16, 2))
    satisfied = NullableFloat(
        "Satisfied (%)",
        readonly=True,
        aggregator="avg",
        digits=(16, 1),
        help="Of those who answered, who gave 4 or 5.",
    )
    rated = fields.Integer("Ratings", readonly=True)

    @property
    def _table_query(self):
        return SQL("SELECT %s FROM %s WHERE %s", self._select(), self._from(), self._where())

    def _select(self):
        """Return what a row tells, as SQL."""
        now = SQL("(now() AT TIME ZONE 'UTC')")
        return SQL(
            """
            request.id, request.number, request.opened_at, request.closed_at, request.company_id,
            request.website_id, request.team_id, request.user_id, request.partner_id,
            request.product_id, request.stage_id, request.priority, request.source,
            request.is_closed, 1 AS request_count, request.reopened, request.answer_hours,
            CASE WHEN NOT coalesce(stage.is_cancelled, FALSE) THEN request.solve_hours END
                AS solve_hours,
            %(answered)s AS answered_in_time, %(solved)s AS solved_in_time, asked.score AS csat,
            CASE WHEN asked.score IS NOT NULL THEN 100.0 * (asked.score >= 4)::int END AS satisfied,
            (asked.score IS NOT NULL)::int AS rated
            """,
            answered=self._in_time(
                SQL("request.answer_due"),
                SQL("request.answered_at"),
                SQL("coalesce(request.answered_at, request.stopped_at, %s)", now),
            ),
            solved=SQL(
                "CASE WHEN NOT coalesce(stage.is_cancelled, FALSE) THEN %s END",
                self._in_time(
                    SQL("request.solve_due"),
                    SQL("request.closed_at"),
                    # the clock stands still from when the request waited for the customer
                    SQL("coalesce(request.stopped_at, request.closed_at, %s)", now),
                ),
            ),
        )

    def _in_time(self, due, done, end):
        """Return 100 or 0; nothing for what had no target, or has still time.

        :param SQL end: until when the clock has run
        """
        return SQL(
            "CASE WHEN %(due)s IS NOT NULL AND (%(done)s IS NOT NULL OR %(due)s < %(end)s)"
            " THEN 100.0 * (%(end)s <= %(due)s)::int END",
            due=due,
            done=done,
            end=end,
        )

    def _from(self):
        """Return the tables, as SQL: requests, and the newest score that each was given."""
        return SQL(
            """
            ecrm_request request
            LEFT JOIN ecrm_request_stage stage ON stage.id = request.stage_id
            LEFT JOIN LATERAL (
                SELECT feedback.score FROM ecrm_feedback feedback
                 WHERE feedback.res_model = 'ecrm.request' AND feedback.res_id = request.id
                   AND feedback.kind = 'csat' AND feedback.answered_at IS NOT NULL
                 ORDER BY feedback.answered_at DESC, feedback.id DESC LIMIT 1
            ) asked ON TRUE
            """
        )

    def _where(self):
        """Return which requests count, as SQL."""
        return SQL("request.active AND request.merged_into_id IS NULL")
