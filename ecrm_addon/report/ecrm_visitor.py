from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.ecrm_web_daily import DEVICES
from ..models.nullable import NullableFloat

#: Whoever did something within these minutes is on the website now.
LIVE_MINUTES = 5


class EcrmVisitor(models.Model):
    """The browsers that visited a website, each with what is known of it by now.

    Sums are made when they are asked for, from the visits of the rows on the screen. Who is
    there now is read straight from the log, so it does not wait for the digest.
    """

    _name = "ecrm.visitor"
    _inherit = ["ecrm.visitor.name.mixin", "ecrm.website.help.mixin"]
    _needs_identity = True
    _description = "Website Visitor"
    _auto = False
    _order = "last_seen desc, id desc"
    _rec_name = "identity_id"
    _depends = {
        "ecrm.identity": ["kind", "partner_id", "first_seen", "last_seen"],
        "ecrm.session": ["identity_id", "started_at", "source", "device", "company_id"],
        "ecrm.profile": ["partner_id", "company_id", "loyalty_score"],
    }

    identity_id = fields.Many2one("ecrm.identity", "Browser", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    website_id = fields.Many2one("website", readonly=True, help="Of the last visit.")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)
    session_count = fields.Integer("Visits", readonly=True)
    page_count = fields.Integer("Pages", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    value = fields.Monetary("Ordered", readonly=True)
    first_source = fields.Char(readonly=True, help="Where the first visit came from.")
    last_source = fields.Char(readonly=True, help="Where the last visit came from.")
    device = fields.Selection(DEVICES, readonly=True)
    verdict = fields.Selection(related="session_id.verdict")
    session_id = fields.Many2one("ecrm.session", "Last Visit", readonly=True)
    score = NullableFloat("Loyalty Score", readonly=True, aggregator="avg")
    consent_state = fields.Selection(
        [
            ("unknown", "Unknown"),
            ("granted", "Granted"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
        ],
        "Consent",
        compute="_compute_consent_state",
        help="What the visitor last said about being measured.",
    )
    cart_value = fields.Monetary(
        "Cart", compute="_compute_cart_value", help="Untaxed value of the cart that is open now."
    )
    is_live = fields.Boolean(
        "On the Website Now",
        compute="_compute_is_live",
        search="_search_is_live",
        help="Did something within the last five minutes.",
    )
    live_path = fields.Char(
        "Current Page", compute="_compute_is_live", help="What a live visitor looks at."
    )

    @property
    def _table_query(self):
        # scalar subqueries, because PostgreSQL computes them for the rows of a page only
        return SQL(
            """
            SELECT identity.id, identity.id AS identity_id, identity.partner_id,
                   identity.first_seen, identity.last_seen,
                   last.id AS session_id, last.website_id, last.company_id,
                   last.source AS last_source, last.device,
                   (SELECT source FROM ecrm_session visit
                     WHERE visit.identity_id = identity.id
                     ORDER BY started_at, id LIMIT 1) AS first_source,
                   (SELECT count(*) FROM ecrm_session visit
                     WHERE visit.identity_id = identity.id)::int AS session_count,
                   (SELECT sum(page_count) FROM ecrm_session visit
                     WHERE visit.identity_id = identity.id)::int AS page_count,
                   (SELECT sum(order_count) FROM ecrm_session visit
                     WHERE visit.identity_id = identity.id)::int AS order_count,
                   (SELECT sum(value) FROM ecrm_session visit
                     WHERE visit.identity_id = identity.id) AS value,
                   (SELECT loyalty_score FROM ecrm_profile profile
                      JOIN res_partner partner
                        ON partner.commercial_partner_id = profile.partner_id
                     WHERE partner.id = identity.partner_id
                       AND profile.company_id = last.company_id) AS score
              FROM ecrm_identity identity
              LEFT JOIN LATERAL (
                SELECT id, website_id, company_id, source, device FROM ecrm_session visit
                 WHERE visit.identity_id = identity.id
                 ORDER BY started_at DESC, id DESC LIMIT 1
              ) last ON TRUE
             WHERE identity.kind = 'device'
            """
        )

    @api.depends("visitor_name")
    def _compute_display_name(self):
        for visitor in self:
            visitor.display_name = visitor.visitor_name

    def _compute_consent_state(self):
        states = self._consent_states()
        for visitor in self:
            visitor.consent_state = states.get(visitor.id, "unknown")

    def _consent_states(self):
        """Return what visitors last said about being measured: id -> state.

        Whoever logged in on a browser rests on what was said on that browser before.
        """
        # sudo: the state alone comes out, for visitors whom the user may see
        consents_sudo = self.env["ecrm.consent"].sudo()
        grounds = consents_sudo.browse({visit.consent_id for visit in self.session_id} - {0})
        said_by = {ground.id: ground.identity_id.id for ground in grounds.exists()}
        identity_ids = {
            visitor.id: said_by.get(visitor.session_id.consent_id) or visitor.id for visitor in self
        }
        lines = consents_sudo.search(
            [
                ("identity_id", "in", [*identity_ids, *identity_ids.values()]),
                ("purpose", "=", "measure"),
            ],
            order="id",
        )
        last = {line.identity_id.id: line.state for line in lines}
        return {
            visitor_id: last.get(visitor_id) or last.get(said_id, "unknown")
            for visitor_id, said_id in identity_ids.items()
        }

    def _compute_cart_value(self):
        values = self._cart_values()
        for visitor in self:
            visitor.cart_value = values.get(visitor.id, 0.0)

    def _cart_values(self):
        """Return the open carts of visitors; a shop knows of carts, this module does not.

        :return dict: id of the visitor -> untaxed value in the company's currency
        """
        return {}

    def _compute_is_live(self):
        live = self._live()
        for visitor in self:
            visitor.is_live = visitor.id in live
            visitor.live_path = live.get(visitor.id)

    def _search_is_live(self, operator, value):
        if operator != "in":
            return NotImplemented
        live = Domain("id", "in", list(self._live()))
        wanted = set(value)
        if wanted == {True}:
            return live
        return ~live if wanted == {False} else Domain(bool(wanted))

    @api.model
    def _live(self):
        """Return the identities that are on a website now, and their last path."""
        since = fields.Datetime.now() - timedelta(minutes=LIVE_MINUTES)
        return self.env["ecrm.log"].live(since)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_sessions(self):
        """Stat button: the visits of this browser."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecrm_addon.ecrm_session_action")
        return {
            **action,
            "domain": [("identity_id", "=", self.id)],
            "context": {},
        }

    def action_view_touchpoints(self):
        """Button: everything that was recorded of this browser."""
        self.ensure_one()
        return self.identity_id.action_view_touchpoints()
