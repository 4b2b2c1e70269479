"""What happens to orders and drafts that are a company's, and to bank accounts."""

from odoo.tools import SQL


def hand_over(table, document_ids, column, partner_ids):
    """Return the statement that puts the customer's company in place of a person on documents.

    By SQL: Odoo would compute prices and taxes anew for another customer.

    :param str table: of orders or invoices
    :param str column: of the documents
    :param list[int] partner_ids: who is to stand there no more
    """
    return SQL(
        """
        UPDATE %(table)s document
           SET %(column)s = coalesce(
                (SELECT partner.commercial_partner_id FROM res_partner partner
                  WHERE partner.id = document.partner_id), partner_id)
         WHERE id = ANY(%(documents)s) AND %(column)s = ANY(%(partners)s)
        """,
        table=SQL.identifier(table),
        column=SQL.identifier(column),
        documents=list(document_ids),
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


def hand_over_items(move_ids, partner_ids):
    """Return the statement that puts a person's company in place of her on journal items."""
    return SQL(
        """
        UPDATE account_move_line item SET partner_id = partner.commercial_partner_id
          FROM res_partner partner
         WHERE partner.id = item.partner_id AND item.move_id = ANY(%(moves)s)
           AND item.partner_id = ANY(%(partners)s) AND partner.commercial_partner_id IS NOT NULL
        """,
        moves=list(move_ids),
        partners=list(partner_ids),
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
