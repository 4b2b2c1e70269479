"""Customers who are late by their own rhythm, and whom somebody is to be told of."""

from dataclasses import dataclass
from datetime import date

from odoo.tools import SQL


@dataclass(frozen=True)
class Rules:
    """Whom to tell of which customers.

    company_id: whose customers
    today: the day where the company is
    share, days: late is who waited longer than the rhythm by this part of it and these days
    minimum: revenue at risk in a year, in the company's currency
    longest: days since the last order after which a customer is given up; 0: never
    cap: alerts a day for one user, those of today included; None: any number
    user_id: who is told where there is nobody else, or None
    customer_ids: only these customers, asked for by hand: what was snoozed is asked for, too
    """

    company_id: int
    today: date
    share: float = 0.0
    days: int = 1
    minimum: float = 0.0
    longest: int = 0
    cap: int | None = None
    user_id: int | None = None
    customer_ids: list | None = None


def build(rules, unreadable=()):
    """Return the SELECT of the alerts to make, the most revenue at risk first.

    Told is the customer's salesperson, else that of the latest order, else the leader of its
    team, else the user of the rules: the first who works for the company and may read the
    contact. The cap is taken here, so that a thousand late customers cost a few rows.

    :param Rules rules: see there
    :param Iterable[tuple] unreadable: users and customers whom they may not read
    :return: SQL giving partner_id, user_id and the figures of the profile
    """
    return SQL(
        """
        WITH late AS (%(late)s),
        unreadable AS (
            SELECT * FROM unnest(%(users)s::int[], %(customers)s::int[]) AS pair(user_id, customer)
        ),
        staff AS MATERIALIZED (
            SELECT res_users.id
              FROM res_users
              JOIN res_company_users_rel access ON access.user_id = res_users.id
             WHERE access.cid = %(company)s AND res_users.active AND NOT res_users.share
        ),
        told AS (%(told)s),
        today AS (
            SELECT user_id, count(*) AS alerts FROM ecrm_churn_alert
             WHERE company_id = %(company)s AND date = %(today)s GROUP BY user_id
        ),
        ranked AS (
            SELECT told.*, row_number() OVER (
                       PARTITION BY user_id
                       ORDER BY revenue_at_risk DESC NULLS LAST, revenue DESC, partner_id) AS rank
              FROM told WHERE user_id IS NOT NULL
        )
        SELECT partner_id, user_id, last_order_date, rhythm_days, overdue_days, revenue_at_risk
          FROM ranked LEFT JOIN today USING (user_id)
         WHERE %(cap)s::int IS NULL OR rank <= %(cap)s::int - coalesce(today.alerts, 0)
         ORDER BY revenue_at_risk DESC NULLS LAST, revenue DESC, partner_id
        """,
        late=_late(rules),
        told=_told(rules),
        users=[user_id for user_id, _customer in unreadable],
        customers=[customer for _user_id, customer in unreadable],
        company=rules.company_id,
        today=rules.today,
        cap=rules.cap,
    )


def _late(rules):
    """Return SQL of the late customers about whom nobody knows yet."""
    by_hand = rules.customer_ids is not None
    return SQL(
        """
        SELECT profile.partner_id, profile.last_order_date, profile.rhythm_days,
               profile.overdue_days, profile.revenue_at_risk, profile.revenue,
               partner.user_id AS owner_id
          FROM ecrm_profile profile
          JOIN res_partner partner ON partner.id = profile.partner_id AND partner.active
         WHERE profile.company_id = %(company)s
           AND profile.overdue_days >= greatest(1, %(days)s, %(share)s * profile.rhythm_days)
           AND coalesce(profile.revenue_at_risk, 0) >= %(minimum)s
           AND (%(longest)s = 0 OR profile.recency_days <= %(longest)s)
           AND %(asked)s
           AND NOT EXISTS (
                SELECT FROM ecrm_churn_alert alert
                 WHERE alert.partner_id = profile.partner_id
                   AND alert.company_id = profile.company_id AND %(holds)s)
        """,
        company=rules.company_id,
        days=rules.days,
        share=rules.share,
        minimum=rules.minimum,
        longest=rules.longest,
        asked=SQL("profile.partner_id = ANY(%s)", rules.customer_ids) if by_hand else SQL("TRUE"),
        holds=SQL("alert.state = 'open'") if by_hand else holds_back(rules.today),
    )


def holds_back(today):
    """Return the condition that ``alert`` leaves nothing to tell of ``profile``.

    :param date today: what was snoozed until this day is told again
    """
    return SQL(
        """
        (alert.state = 'open' OR alert.snoozed_until > %s
         OR alert.state = 'dismissed' AND alert.last_order_date >= profile.last_order_date)
        """,
        today,
    )


def _told(rules):
    """Return SQL of the late customers with whom to tell; nobody is NULL."""
    return SQL(
        """
        SELECT late.*, coalesce(own.id, seller.id, leader.id, fallback.id) AS user_id
          FROM late
          LEFT JOIN staff own ON %(own)s
          LEFT JOIN LATERAL (
                SELECT sold.user_id, sold.team_id
                  FROM res_partner buyer JOIN sale_order sold ON sold.partner_id = buyer.id
                 WHERE own.id IS NULL AND buyer.commercial_partner_id = late.partner_id
                   AND sold.company_id = %(company)s AND sold.state = 'sale'
                 -- a shop's orders have no salesperson, and say nothing
                 ORDER BY sold.user_id IS NULL, sold.date_order DESC, sold.id DESC
                 LIMIT 1
               ) latest ON TRUE
          LEFT JOIN staff seller ON %(seller)s
          LEFT JOIN crm_team team ON team.id = latest.team_id
          LEFT JOIN staff leader ON %(leader)s
          LEFT JOIN staff fallback ON %(fallback)s
        """,
        company=rules.company_id,
        own=_may(SQL("own"), SQL("late.owner_id")),
        seller=_may(SQL("seller"), SQL("latest.user_id")),
        leader=_may(SQL("leader"), SQL("team.user_id")),
        fallback=_may(SQL("fallback"), SQL("%s::int", rules.user_id)),
    )


def _may(staff, user_id):
    """Return the condition that one of the staff is this user, and may read the customer."""
    return SQL(
        "%(staff)s.id = %(user)s AND (%(staff)s.id, late.partner_id) NOT IN (TABLE unreadable)",
        staff=staff,
        user=user_id,
    )
