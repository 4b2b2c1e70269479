"""What each customer is likely to buy, by the parameters that a run has found.

``lib/scoring/purchase_model.py`` and ``spend.py`` define the formulas; the tests hold both
against each other. What depends on x and T alone, the orders of somebody who is still a
customer, takes a series and comes from a table made in Python (``purchase_table.tabulate``).
"""

from dataclasses import dataclass, field

from odoo.tools import SQL

from ..lib.scoring.purchases import Purchases
from ..lib.scoring.spend import Spend

#: Days that the probability to buy looks ahead.
BUY_DAYS = 90
#: Powers of e beyond this are refused by PostgreSQL; what they say is 0 or 1 anyway.
LARGEST = 700
#: Of expected orders: interpolation is good for more, the tenth of a thousandth is enough.
DECIMALS = 4

#: Figures of a forecast, in the order of ``columns``.
COLUMNS = (
    "p_alive",
    "p_buy_90d",
    "expected_orders_12m",
    "expected_order_value",
    "clv_12m",
    "revenue_at_risk",
)


@dataclass(frozen=True)
class Forecast:
    """Parameters in weeks and money, and the table of orders of who is still a customer.

    purchases, spend: the models, None where there is none that one can trust
    show_value: whether expected orders and value are shown, or were no better than a guess
    share: part of the money that is margin
    table: {(x, days since the first order): (orders within a year, orders discounted)}
    """

    purchases: Purchases | None = None
    spend: Spend | None = None
    show_value: bool = True
    share: float = 1.0
    table: dict = field(default_factory=dict)


def pairs(facts):
    """Return the query of the different (x, days since the first order) of customers.

    :param SQL facts: the SELECT or table of ``sum_customer_facts``
    """
    return SQL("SELECT DISTINCT repeats, age_days FROM (%s) fact WHERE order_count > 0", facts)


def table(forecast):
    """Return the rows of the table that the forecast is joined with."""
    rows = [(*pair, *orders) for pair, orders in forecast.table.items()]
    repeats, ages, year, discounted = zip(*rows, strict=True) if rows else ((),) * 4
    return SQL(
        """
        SELECT * FROM unnest(%s::int[], %s::int[], %s::float8[], %s::float8[])
               AS expected(repeats, age_days, year_orders, discounted_orders)
        """,
        list(repeats),
        list(ages),
        list(year),
        list(discounted),
    )


def build(forecast, scored, decimals):
    """Return the query that adds the figures of a forecast to customers.

    :param SQL scored: name of what gives the customers
    :param int decimals: of the currency
    """
    if not forecast.purchases:
        nothing = [SQL("NULL::float8 AS %s", SQL.identifier(name)) for name in COLUMNS[:-1]]
        figures = SQL("SELECT customers.*, %s FROM %s customers", SQL(", ").join(nothing), scored)
    else:
        figures = _figures(forecast, scored, decimals)
    return SQL(
        """
        SELECT figures.*, CASE WHEN overdue_days > 0 THEN
                   round((average_order * 365 / rhythm_days
                       * (1 - coalesce(p_buy_90d, 0)))::numeric, %s)
               END AS revenue_at_risk
          FROM (%s) figures
        """,
        decimals,
        figures,
    )


def _figures(forecast, scored, decimals):
    model = forecast.purchases
    alive = SQL("NULL::float8") if model.model == "nbd" else SQL("alive.chance")
    return SQL(
        """
        SELECT customers.*, %(alive)s AS p_alive, %(buys)s AS p_buy_90d,
               %(year_orders)s AS expected_orders_12m,
               %(order_value)s AS expected_order_value, %(value)s AS clv_12m
          FROM %(scored)s customers
          LEFT JOIN expected USING (repeats, age_days)
          -- fences: each is used several times
          LEFT JOIN LATERAL (SELECT %(chance)s AS chance OFFSET 0) alive ON TRUE
          LEFT JOIN LATERAL (SELECT %(spend)s AS spend OFFSET 0) order_value ON TRUE
        """,
        scored=scored,
        alive=alive,
        chance=_chance(model),
        buys=_buys(model),
        year_orders=_shown(
            forecast, SQL("round((alive.chance * year_orders)::numeric, %s)::float8", DECIMALS)
        ),
        spend=_spend(forecast.spend),
        order_value=SQL("round(order_value.spend::numeric, %s)", decimals),
        value=_shown(
            forecast,
            SQL(
                "round((alive.chance * discounted_orders * order_value.spend * %s)::numeric, %s)",
                forecast.share,
                decimals,
            ),
        ),
    )


def _shown(forecast, value):
    return value if forecast.show_value else SQL("NULL::float8")


def _chance(model):
    """Return SQL of P(alive), see ``Purchases.p_alive``."""
    if model.model == "nbd":
        return SQL("CASE WHEN order_count > 0 THEN 1::float8 END")
    k = SQL("repeats + 1") if model.model == "mbgnbd" else SQL("repeats")
    return SQL(
        """
        CASE WHEN order_count > 0 THEN CASE WHEN %(k)s = 0 THEN 1 ELSE
            1 / (1 + exp(greatest(-%(largest)s, least(%(largest)s,
                ln(%(a)s::float8 / (%(b)s::float8 + %(k)s - 1)) + (%(r)s::float8 + repeats)
                * ln((%(alpha)s::float8 + age_days / 7.0::float8)
                     / (%(alpha)s::float8 + span_days / 7.0::float8))))))
        END END
        """,
        k=k,
        largest=LARGEST,
        a=model.a,
        b=model.b,
        r=model.r,
        alpha=model.alpha,
    )


def _buys(model):
    """Return SQL of the probability of an order within ``BUY_DAYS``."""
    return SQL(
        """
        alive.chance * (1 - exp(greatest(-%(largest)s, -(%(r)s::float8 + repeats)
            * ln(1 + %(weeks)s::float8 / (%(alpha)s::float8 + age_days / 7.0::float8)))))
        """,
        largest=LARGEST,
        r=model.r,
        alpha=model.alpha,
        weeks=BUY_DAYS / 7,
    )


def _spend(spend):
    """Return SQL of the amount of the next order, see ``Spend.mean``."""
    if not spend:
        return SQL("NULL::float8")
    return SQL(
        """
        CASE WHEN order_count > 0 THEN
            %(p)s::float8 * (%(v)s::float8 + paid_repeats * greatest(repeat_value, 0)::float8)
            / (%(p)s::float8 * paid_repeats + %(q)s::float8 - 1)
        END
        """,
        p=spend.p,
        q=spend.q,
        v=spend.v,
    )
