from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.tracking.bots import FEWEST_VIEWS, rate_verdict
from ..queries import (
    purge_touchpoints,
    receive_touchpoints,
    touchpoint_schema,
    upsert_sessions,
)
from .ecrm_touchpoint import VERDICTS

STAGES = [
    (0, "Visit"),
    (1, "Product"),
    (2, "Cart"),
    (3, "Checkout"),
    (4, "Order"),
]


class EcrmSession(models.Model):
    """One visit to a website: what the log tells under one visit key.

    The key is given at capture: a new one after 30 minutes without an act, at midnight and
    when another campaign brings the visitor, see docs/tracking.md. Derived: only the
    statement in ``queries/upsert_sessions.py`` writes it, and it can be rebuilt at any time.
    """

    _name = "ecrm.session"
    _inherit = ["ecrm.visitor.name.mixin", "ecrm.website.help.mixin"]
    _needs_identity = True
    _description = "Visit"
    _order = "started_at desc, id desc"
    _rec_name = "session_key"
    _log_access = False

    session_key = fields.Char("Visit Key", required=True, readonly=True)
    identity_id = fields.Many2one(
        "ecrm.identity",
        "Browser",
        readonly=True,
        ondelete="cascade",
        help="Who visited. Of a browser and the contact who logged in on it, the contact.",
    )
    other_identity_id = fields.Many2one(
        "ecrm.identity",
        "Also Known As",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The other one of two under whom the visit is known, such as the browser before "
        "somebody logged in.",
    )
    partner_id = fields.Many2one(
        "res.partner", "Contact", readonly=True, ondelete="set null", index="btree_not_null"
    )
    website_id = fields.Many2one("website", readonly=True, ondelete="set null")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")

    started_at = fields.Datetime("Start", readonly=True)
    ended_at = fields.Datetime("End", readonly=True)
    duration = fields.Integer(
        "Duration (s)",
        readonly=True,
        aggregator="avg",
        help="Seconds from the first to the last act on the website.",
    )
    page_count = fields.Integer("Pages", readonly=True, help="Pages, products and categories.")
    event_count = fields.Integer("Touchpoints", readonly=True)

    source = fields.Char(
        readonly=True,
        help="What the campaign says, else the search engine, network or site that led here, "
        "else 'direct'.",
    )
    medium = fields.Char(
        readonly=True,
        help="What the campaign says, else organic, social, email, referral or none.",
    )
    campaign = fields.Char(readonly=True)
    referrer_host = fields.Char("Referrer", readonly=True)
    device = fields.Selection(
        [("desktop", "Desktop"), ("mobile", "Mobile"), ("tablet", "Tablet")], readonly=True
    )
    entry_path = fields.Char("Entry Page", readonly=True)
    exit_path = fields.Char("Exit Page", readonly=True)

    stage = fields.Integer(
        "Furthest Step (number)",
        readonly=True,
        aggregator="max",
        help="0 visit, 1 product, 2 cart, 3 checkout, 4 order.",
    )
    stage_name = fields.Selection(
        [(str(number), name) for number, name in STAGES],
        "Furthest Step",
        readonly=True,
        help="How far the visit came on its way to an order.",
    )
    order_count = fields.Integer("Orders", readonly=True)
    value = fields.Monetary("Ordered", readonly=True, help="Orders confirmed in this visit.")

    verdict = fields.Selection(
        VERDICTS, readonly=True, help="Whether a human or a machine visited."
    )
    verdict_reasons = fields.Char(readonly=True, help="What the verdict rests on.")
    consent_id = fields.Integer(readonly=True, help="The consent on which the visit is kept.")

    _key_unique = models.Constraint("unique(session_key)", "This visit exists already.")
    # the visits of one visitor, the newest first
    _identity_idx = models.Index("(identity_id, started_at, id)")
    # the list, newest first, and the visits of a period; with what the funnel asks of them,
    # so that it reads a quarter as much and not the rows
    _started_idx = models.Index(
        "(started_at) INCLUDE (stage, verdict, company_id, website_id, value)"
    )
    # whose acts count for nothing, see queries/expressions.py
    _machine_idx = models.Index("(session_key) WHERE verdict = 'machine'")

    def init(self):
        # here and not in ecrm.touchpoint: the view of the log shows the verdicts of visits,
        # whose table does not exist before
        self.env.cr.execute(touchpoint_schema.create_views(receive_touchpoints.tail()))

    @api.depends("visitor_name", "started_at")
    @api.depends_context("tz")
    def _compute_display_name(self):
        for session in self:
            when = fields.Datetime.context_timestamp(session, session.started_at)
            session.display_name = f"{session.visitor_name} {when:%Y-%m-%d %H:%M}"

    # ------------------------------------------------------------
    # DIGEST
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _digest(self, identity_ids, limit):
        """Write the visits anew that are noted, and those of identities noted.

        :param list[int] identity_ids: who may have got or lost their contact
        :param int limit: how many notes to take at most
        :return int: notes taken
        """
        notes = self.env["ecrm.change"].take_notes(self._name, limit)
        of_two = self.env.execute_query(upsert_sessions.of_two(identity_ids))
        self._renew({key for _id, key in notes} | {key for (key,) in of_two})
        self.env.cr.execute(upsert_sessions.follow_identities(identity_ids))
        self.invalidate_model()
        return len(notes)

    @api.private
    def _renew(self, keys):
        """Write visits anew from all their events.

        :param Iterable[str] keys: visit keys
        """
        paced = self._upsert(keys, {}, FEWEST_VIEWS)
        self._upsert(paced, self._machines(paced), upsert_sessions.NO_LIMIT)

    def _upsert(self, keys, machines, most_views):
        """Write visits but those with many views; return when these were viewed, by key."""
        if not keys:
            return {}
        events = self.env["ecrm.log"].visit_events(keys)
        statement = upsert_sessions.build(keys, events, machines, most_views)
        return dict(self.env.execute_query(statement))

    @staticmethod
    def _machines(paces):
        """Return visits whose pages were viewed at the pace of a machine: key -> reason."""
        verdicts = {key: rate_verdict(instants) for key, instants in paces.items()}
        return {key: reason for key, (verdict, reason) in verdicts.items() if verdict == "machine"}

    @api.model
    @api.private
    def _rebuild(self):
        """Drop what the log can tell anew and note it, so that the digest writes it.

        Visits older than the log, whose months were dropped, stay.
        """
        first = self.env["ecrm.log"].first_instant()
        if first:
            self.env.cr.execute(upsert_sessions.drop_since(first))
            self.invalidate_model()
            self.env["ecrm.log"].note_all(self._name)

    @api.model
    @api.private
    def _drop_before(self, instant):
        """Remove the visits that began before an instant (UTC)."""
        self.env.cr.execute(purge_touchpoints.drop_visits(instant))
        self.invalidate_model()

    # ------------------------------------------------------------
    # FUNNEL
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def get_funnel(self, domain=None):
        """Return how many visits came how far, those of machines left out.

        A visit that reached a step counts for every step before it, also where it skipped
        one, such as a product put into the cart from a list.

        :param list domain: which visits, such as those of a period or a website
        :return list[dict]: per step in order ``stage``, ``name``, ``sessions``, ``share`` (of
            all visits, 0 to 1), ``lost`` (visits that went no further), ``drop_off`` (their
            share of the step's visits, 0 to 1) and ``value`` (ordered, at the last step)
        """
        self.check_access("read")
        domain = Domain(domain or Domain.TRUE) & Domain("verdict", "!=", "machine")
        rows = self._read_group(domain, ["stage"], ["__count", "value:sum"])
        ended = {stage: count for stage, count, _value in rows}
        labels = dict(self._fields["stage_name"]._description_selection(self.env))
        total = sum(ended.values())
        steps = []
        for stage, _name in STAGES:
            sessions = sum(count for end, count in ended.items() if end >= stage)
            lost = ended.get(stage, 0) if stage < STAGES[-1][0] else 0
            steps.append(
                {
                    "stage": stage,
                    "name": labels[str(stage)],
                    "sessions": sessions,
                    "share": sessions / total if total else 0.0,
                    "lost": lost,
                    "drop_off": lost / sessions if sessions else 0.0,
                    "value": 0.0,
                }
            )
        steps[-1]["value"] = sum(value or 0.0 for _stage, _count, value in rows)
        return steps

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_touchpoints(self):
        """Stat button: everything that was recorded in this visit."""
        self.ensure_one()
        return self.env["ecrm.touchpoint"]._action_list(
            self.display_name, [("session_key", "=", self.session_key)]
        )
