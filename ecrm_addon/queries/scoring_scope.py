"""What the statements of one scoring of one company have in common."""

from dataclasses import dataclass, field
from datetime import date, datetime

from odoo.tools import SQL

from .forecast_purchases import Forecast


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
    objectors: SQL of the ids of contacts who objected to profiles: they get none, and their
        acts do not count
    forecast: by which parameters the future is seen
    thresholds: RFM thresholds by letter, {} for no scores, or None to compute them now
    main_company: whether acts of no company, by contacts of no company, count here
    tiers: ids and minimums, lowest first; base_tier is the one that needs nothing, if any
    segments: 125 segment ids, see ``lib.scoring.segments.cells``
    engagement: SQL of points per identity, from the port
    measure: what tiers are measured by: net_spend, orders or loyalty_score
    window, grace: in days
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
    customer_ids: list | None = None
    member_ids: list | None = None
    thresholds: dict | None = None
    segments: list = field(default_factory=list)
    tiers: list = field(default_factory=list)
    measure: str = "net_spend"
    window: int = 365
    grace: int = 0
    settled: bool = True

    @property
    def base_tier(self):
        """The highest tier that asks for nothing: who never moved is there."""
        free = [tier for tier, minimum in self.tiers if minimum <= 0]
        return free[-1] if free else None

    @property
    def rolling(self):
        """Whether the best sum of the grace days is to be found."""
        return bool(self.tiers and self.grace and self.measure != "loyalty_score")
