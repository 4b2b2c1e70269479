"""What happens to orders that are a company's, and to bank accounts."""

from odoo.tools import SQL


def hand_over(order_ids, column, partner_ids):
    """Return the statement that puts the customer's company in place of a person on orders.

    By SQL: Odoo would compute prices and taxes anew for another customer.

    :param str column: of the orders
    :param list[int] partner_ids: who is to stand there no more
    """
    return SQL(
        """
        UPDATE sale_order
           SET %(column)s = coalesce(
                (SELECT partner.commercial_partner_id FROM res_partner partner
                  WHERE partner.id = sale_order.partner_id), partner_id)
         WHERE id = ANY(%(orders)s) AND %(column)s = ANY(%(partners)s)
        """,
        column=SQL.identifier(column),
        orders=list(order_ids),
        partners=list(partner_ids),
    )


def hand_over_lines(order_ids):
    """Return the statement that lets lines know who the customer of their order is."""
    return SQL(
        """
        UPDATE sale_order_line line SET order_partner_id = orders.partner_id
          FROM sale_order orders
         WHERE orders.id = line.order_id AND orders.id = ANY(%s)
        """,
        list(order_ids),
    )


def banks(partner_ids, move_ids, payment_ids, used):
    """Return the query of bank accounts of contacts, by whether documents name them.

    :param list[int] move_ids: invoices that are kept
    :param list[int] payment_ids: payments that are kept
    :param bool used: those that are named, or the others
    """
    return SQL(
        """
        SELECT bank.id FROM res_partner_bank bank
         WHERE bank.partner_id = ANY(%(partners)s)
           AND %(used)s = (EXISTS (SELECT FROM account_move move
                                    WHERE move.partner_bank_id = bank.id
                                      AND move.id = ANY(%(moves)s))
                        OR EXISTS (SELECT FROM account_payment payment
                                    WHERE payment.partner_bank_id = bank.id
                                      AND payment.id = ANY(%(payments)s)))
        """,
        partners=list(partner_ids),
        moves=list(move_ids),
        payments=list(payment_ids),
        used=used,
    )
