"""What the statements of one scoring of one company have in common."""

from dataclasses import dataclass, field
from datetime import date, datetime

from odoo.tools import SQL

from ..lib.scoring.loyalty import Weights
from .forecast_purchases import Forecast

#: Measures of tiers that say how a customer stands today; the others are summed over a window.
STANDING = ("loyalty_score", "clv")


@dataclass(frozen=True)
class Scope:
    """Whose figures are computed, of which moment, by which rules.

    customer_ids: only these customers (commercial partners), or None for all; then
        member_ids are they and their people, identity_ids how those are known
    has_credits: whether any of them got a credit note; planning for it takes time
    has_pos: whether any of them bought at a till of ``point_of_sale``
    pos_settles: whether tills can settle sales orders (``pos_sale``)
    basis: what an order is worth: revenue or margin
    has_margin: whether sales orders know their margin (``sale_margin``)
    margin_percent: share of revenue that is margin where nothing else tells it
    discount_rate: by how many percent money of next month is worth less
    clv_months: how far the forecast of value looks ahead
    loyalty: of what the loyalty score is made
    objectors: SQL of the ids of contacts who objected to profiles: they get none, and their
        acts do not count
    forecast: by which parameters the future is seen
    thresholds: RFM thresholds by letter, {} for no scores, or None to compute them now
    main_company: whether acts of no company, by contacts of no company, count here
    tiers: ids and minimums, lowest first; base_tier is the one that needs nothing, if any
    segments: 125 segment ids, see ``lib.scoring.segments.cells``
    engagement: SQL of points per identity, from the port
    measure: what tiers are measured by: net_spend, orders, loyalty_score, clv, or what else
        a bridge gives ``tier_rows`` for: SQL giving customer, day (since 1970) and gain
    window, grace: in days; the window is of so many months
    settled: whether tiers were given before, so that a new one is news
    """

    company_id: int
    currency_id: int
    decimals: int
    zone: str
    day: date
    before: datetime
    at: datetime
    shown: datetime
    live: bool
    public_ids: list
    engagement: SQL
    objectors: SQL = SQL("'{}'::int[]")
    forecast: Forecast = field(default_factory=Forecast)
    main_company: bool = True
    has_credits: bool = True
    has_pos: bool = False
    pos_settles: bool = False
    basis: str = "revenue"
    has_margin: bool = False
    margin_percent: float = 100.0
    discount_rate: float = 1.0
    clv_months: int = 12
    loyalty: Weights = field(default_factory=Weights)
    customer_ids: list | None = None
    member_ids: list | None = None
    thresholds: dict | None = None
    segments: list = field(default_factory=list)
    tiers: list = field(default_factory=list)
    measure: str = "net_spend"
    tier_rows: SQL | None = None
    window: int = 365
    months: int = 12
    grace: int = 0
    settled: bool = True

    @property
    def base_tier(self):
        """The highest tier that asks for nothing: who never moved is there."""
        free = [tier for tier, minimum in self.tiers if minimum <= 0]
        return free[-1] if free else None

    @property
    def standing(self):
        """Whether tiers are measured by what is known of today only."""
        return self.measure in STANDING

    @property
    def rolling(self):
        """Whether sums over other windows than today's are to be found."""
        return bool(self.tiers) and not self.standing
