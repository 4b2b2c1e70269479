"""What became of alerts: whether their customers ordered, left, or objected."""

from odoo.tools import SQL

from . import list_customer_money
from .list_customer_money import EPOCH


def build(company_id=None, customer_ids=None):
    """Return the query of the alerts that cannot stay as they are, with what they become.

    ========= ======================================================================
    answered  the customer ordered again, and somebody was told before
    done      its activity is gone, or a merge of contacts left two of one customer
    gone      the contact was deleted or archived; or, as an order was entered late,
              nobody was late; or somebody snoozed a customer of whom nobody was told
    forgotten there is no profile any more: an objection, an erasure, orders cancelled
    ========= ======================================================================

    :param int company_id: alerts of one company, None: of all
    :param list[int] customer_ids: of these customers, None: of all
    """
    return SQL(
        """
        SELECT id, verdict
          FROM (
            SELECT alert.id, alert.state, CASE
                   WHEN alert.partner_id IS NULL THEN
                       CASE WHEN alert.state <> 'answered' THEN 'gone' END
                   WHEN profile.id IS NULL THEN 'forgotten'
                   WHEN alert.state NOT IN ('open', 'snoozed', 'done') THEN NULL
                   WHEN NOT partner.active THEN
                       CASE WHEN alert.state <> 'done' THEN 'gone' END
                   WHEN profile.last_order_date >= alert.date AND NOT followed.later THEN
                       CASE WHEN alert.user_id IS NULL THEN 'gone' ELSE 'answered' END
                   WHEN alert.state <> 'open' THEN NULL
                   WHEN followed.later OR activity.active IS NOT TRUE THEN 'done'
                   WHEN coalesce(profile.overdue_days, 0) = 0 THEN 'gone'
                   END AS verdict
              FROM ecrm_churn_alert alert
              LEFT JOIN res_partner partner ON partner.id = alert.partner_id
              LEFT JOIN ecrm_profile profile ON profile.partner_id = alert.partner_id
                   AND profile.company_id = alert.company_id
              LEFT JOIN mail_activity activity ON activity.id = alert.activity_id
             CROSS JOIN LATERAL (
                SELECT EXISTS (
                    SELECT FROM ecrm_churn_alert newer
                     WHERE newer.partner_id = alert.partner_id
                       AND newer.company_id = alert.company_id AND newer.id > alert.id
                ) AS later
             ) followed
             WHERE %s AND %s
          ) judged
         WHERE verdict IS NOT NULL
        """,
        SQL("TRUE") if company_id is None else SQL("alert.company_id = %s", company_id),
        SQL("TRUE") if customer_ids is None else SQL("alert.partner_id = ANY(%s)", customer_ids),
    )


def answers(scope, alert_ids):
    """Return the query of the first day on which customers ordered after an alert.

    :param Scope scope: of the customers
    :param list[int] alert_ids: alerts of the scope's company
    :return: SQL giving id, day (a date) and amount of that day's orders
    """
    return SQL(
        """
        SELECT DISTINCT ON (alert.id) alert.id, %(epoch)s + bought.day AS day, bought.amount
          FROM ecrm_churn_alert alert
          JOIN (
            SELECT customer, day, sum(sold) AS amount
              FROM (%(money)s) money GROUP BY customer, day HAVING sum(orders) > 0
          ) bought ON bought.customer = alert.partner_id AND %(epoch)s + bought.day >= alert.date
         WHERE alert.id = ANY(%(ids)s)
         ORDER BY alert.id, bought.day
        """,
        epoch=EPOCH,
        money=list_customer_money.build(scope),
        ids=list(alert_ids),
    )
