"""Points that customers earned in Odoo's loyalty programs, as rows per customer and day.

The rows have the shape of ``ecrm_addon/queries/list_customer_money.py``, so that a rolling
window can sum both: whoever measures tiers by points joins them by UNION ALL.

======================= ===========================================================
what                    how it counts
======================= ===========================================================
points of an order      on the day of the order
cancelled order         nothing: Odoo removes its history, and no other state counts
credit note             takes off the share of the order's points that it gives back,
                        on its day; all together at most what was given
points given by hand    on the day on which it was done
points taken by hand    taken off on that day
points spent            nothing: they were earned all the same
points of other models  as given (a till nets its returns itself)
======================= ===========================================================

Only programs of the type *Loyalty Cards* count: coupons, gift cards and wallets are money.
"""

from odoo.tools import SQL

from odoo.addons.ecrm_addon.queries.list_customer_money import day_number, members


def build(scope):
    """Return the query of all rows.

    :param Scope scope: company, moment and customers, see the core's ``scoring_scope.py``
    :return: SQL giving customer, day (days since 1970), points (negative if taken back)
    """
    return SQL(
        """
        WITH given AS (%(given)s), taken AS (%(taken)s)
        SELECT customer, day, points FROM given
         UNION ALL
        SELECT given.customer, taken.day, -given.points * taken.share
          FROM given JOIN taken ON taken.order_id = given.order_id
        """,
        given=_given(scope),
        taken=_taken(scope),
    )


def gains(scope):
    """Return the same as tiers are measured by: customer, day, gain.

    Exact numbers: sums of floating ones would differ in their last digits from run to run.
    """
    return SQL(
        "SELECT customer, day, round(points::numeric, 4) AS gain FROM (%s) earned", build(scope)
    )


def _local_day(instant, scope):
    if scope.zone != "UTC":
        instant = SQL("%s AT TIME ZONE 'UTC' AT TIME ZONE %s", instant, scope.zone)
    return day_number(SQL("(%s)::date", instant))


def _given(scope):
    """Return points of the history; ``order_id`` where a sales order gave them."""
    instant = SQL("coalesce(sold.date_order, history.create_date)")
    return SQL(
        """
        SELECT partner.commercial_partner_id AS customer, %(day)s AS day, sold.id AS order_id,
               CASE WHEN history.order_id IS NULL
                    THEN coalesce(history.issued, 0) - coalesce(history.used, 0)
                    ELSE history.issued END AS points
          FROM loyalty_history history
          JOIN loyalty_card card ON card.id = history.card_id
          JOIN loyalty_program program
            ON program.id = card.program_id AND program.program_type = 'loyalty'
          JOIN res_partner partner ON partner.id = card.partner_id
          LEFT JOIN sale_order sold
            ON sold.id = history.order_id AND history.order_model = 'sale.order'
         WHERE %(members)s AND %(instant)s < %(before)s AND isfinite(%(instant)s)
           AND CASE WHEN history.order_model = 'sale.order'
                    THEN sold.state = 'sale' AND sold.company_id = %(company)s
                    ELSE card.company_id = %(company)s
                         OR card.company_id IS NULL AND %(main)s END
        """,
        day=_local_day(instant, scope),
        instant=instant,
        before=scope.before,
        members=members(scope, SQL("card.partner_id")),
        company=scope.company_id,
        main=scope.main_company,
    )


def _taken(scope):
    """Return the share of each order that was credited, by the day of the credit note.

    Of what was ordered or invoiced, whichever is more: an order may be lowered after the
    credit note, its points are not. In the company's currency, as documents may differ.
    """
    return SQL(
        """
        SELECT order_id, day,
               least(1, sum(credited) OVER past / whole)
                   - least(1, (sum(credited) OVER past - credited) / whole) AS share
          FROM (%s) credit
         WHERE whole > 0 AND credited > 0
        WINDOW past AS (PARTITION BY order_id ORDER BY day)
        """,
        _credited_days(scope),
    )


def _credited_days(scope):
    ordered = SQL("sold.amount_untaxed / coalesce(nullif(sold.currency_rate, 0), 1)")
    return SQL(
        """
        SELECT sold.id AS order_id, %(day)s AS day,
               sum(line.balance) FILTER (WHERE move.move_type = 'out_refund') AS credited,
               greatest(%(ordered)s, sum(sum(-line.balance)
                    FILTER (WHERE move.move_type = 'out_invoice')) OVER (PARTITION BY sold.id)
               ) AS whole
          FROM sale_order sold
          JOIN sale_order_line order_line ON order_line.order_id = sold.id
          JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = order_line.id
          JOIN account_move_line line ON line.id = rel.invoice_line_id
          JOIN account_move move ON move.id = line.move_id
         WHERE sold.id IN (SELECT order_id FROM given) AND sold.company_id = %(company)s
           AND move.state = 'posted' AND move.move_type IN ('out_refund', 'out_invoice')
           AND coalesce(move.invoice_date, move.date) <= %(today)s
         GROUP BY sold.id, coalesce(move.invoice_date, move.date)
        """,
        day=day_number(SQL("coalesce(move.invoice_date, move.date)")),
        ordered=ordered,
        company=scope.company_id,
        today=scope.day,
    )
