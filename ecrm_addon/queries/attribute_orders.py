"""To which mailing an order is owed."""

from odoo.tools import SQL

#: An order counts for a mailing that its customer clicked on so many days before, or less.
DAYS = 5


def renew(consented, customers=None):
    """Return the statement that writes down anew which orders are owed to mailings.

    :param SQL consented: condition on the row ``sale`` that the order may be looked at so
    :param list[int] customers: only orders of these commercial partners; None: of all
    """
    return SQL(
        """
        INSERT INTO ecrm_email_order
               (order_id, company_id, mailing_id, email_message_id, customer_id, partner_id,
                clicked_at, date_order, amount)
        %s
        """,
        _owed(consented, customers),
    )


def forget(customers=None):
    """Return the statement that removes what orders of customers are owed to."""
    if customers is None:
        return SQL("DELETE FROM ecrm_email_order")
    # also those that were somebody else's before
    return SQL(
        """
        DELETE FROM ecrm_email_order owed
         WHERE owed.customer_id = ANY(%(customers)s) OR owed.order_id IN (
            SELECT sale.id FROM sale_order sale JOIN res_partner person
                ON person.id = sale.partner_id
             WHERE person.commercial_partner_id = ANY(%(customers)s))
        """,
        customers=list(customers),
    )


def note_orders(model, order_ids):
    """Return the statement that notes the customers of orders, if they ever clicked on a mail.

    :param str model: under whose name
    """
    return SQL(
        """
        INSERT INTO ecrm_change (model, res_id)
        SELECT DISTINCT %(model)s, person.commercial_partner_id
          FROM sale_order sale
          JOIN res_partner person ON person.id = sale.partner_id
         WHERE sale.id = ANY(%(ids)s)
           AND (EXISTS (SELECT FROM ecrm_email_order owed WHERE owed.order_id = sale.id)
                OR EXISTS (
                    SELECT FROM res_partner colleague
                      JOIN ecrm_email_message message ON message.partner_id = colleague.id
                       AND message.last_human_click_at IS NOT NULL
                     WHERE colleague.commercial_partner_id = person.commercial_partner_id))
        """,
        model=model,
        ids=list(order_ids),
    )


def note_clickers(model, refs):
    """Return the statement that notes the customers to whom mails went that were clicked on.

    :param str model: under whose name
    :param Iterable[int] refs: of mails; also clicks that turned out to be a machine's count
    """
    return SQL(
        """
        INSERT INTO ecrm_change (model, res_id)
        SELECT DISTINCT %s, partner.commercial_partner_id
          FROM ecrm_email_message message
          JOIN res_partner partner ON partner.id = message.partner_id
         WHERE message.id = ANY(%s) AND message.mailing_id IS NOT NULL AND message.click_count > 0
        """,
        model,
        list(refs),
    )


def _owed(consented, customers):
    """Return the query of the orders that are owed to mailings, each to one.

    It is the last one that somebody of the customer - the same commercial entity - clicked on
    by hand within ``DAYS`` days before the order. Amounts are untaxed, in the currency of the
    order's company.
    """
    return SQL(
        """
        SELECT DISTINCT ON (sale.id) sale.id, sale.company_id, click.mailing_id,
               click.email_message_id, click.customer, click.partner_id, click.at,
               sale.date_order,
               sale.amount_untaxed / coalesce(nullif(sale.currency_rate, 0), 1)
          FROM (%(clicks)s) click
          JOIN res_partner person ON person.commercial_partner_id = click.customer
          JOIN sale_order sale ON sale.partner_id = person.id
         WHERE sale.state IN ('sale', 'done') AND %(consented)s
           AND sale.date_order >= click.at
           AND sale.date_order <= click.at + make_interval(days => %(days)s)
         ORDER BY sale.id, click.at DESC, click.email_message_id DESC
        """,
        clicks=_clicks(customers),
        consented=consented,
        days=DAYS,
    )


def _clicks(customers):
    """Return the query of clicks by hand in mailings."""
    # a mail knows its first and its last click; of those between them the events tell
    return SQL(
        """
        SELECT message.id AS email_message_id, message.mailing_id, message.partner_id,
               partner.commercial_partner_id AS customer, clicked.at
          FROM ecrm_email_message message
          JOIN res_partner partner ON partner.id = message.partner_id
         CROSS JOIN LATERAL (
            SELECT message.first_human_click_at AS at
             UNION
            SELECT message.last_human_click_at
             UNION
            SELECT event.occurred_at FROM ecrm_email_event event
             WHERE message.human_click_count > 2 AND event.email_message_ref = message.id
               AND event.type = 'clicked' AND event.verdict = 'human'
         ) clicked
         WHERE message.last_human_click_at IS NOT NULL AND message.mailing_id IS NOT NULL
           AND %s
        """,
        SQL("TRUE")
        if customers is None
        else SQL("partner.commercial_partner_id = ANY(%s)", list(customers)),
    )
