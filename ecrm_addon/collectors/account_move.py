from odoo import models
from odoo.tools import SQL

from ..queries.expressions import instant_of


class EcrmCollectorAccountMove(models.AbstractModel):
    """Posted invoices, their payment, and credit notes, which count negative.

    An invoice that is cancelled afterwards keeps its touchpoint: it was sent.
    """

    _name = "ecrm.collector.account_move"
    _inherit = "ecrm.collector.mixin"
    _description = "Invoices and Credit Notes"
    _source = "account.move"
    _collector_sequence = 2
    _capture_columns = (
        "state", "payment_state", "invoice_date", "partner_id", "amount_untaxed_signed",
    )  # fmt: skip
    _revised_kinds = ("order.invoiced", "order.refunded", "order.paid")
    _customer_column = "partner_id"

    def _acts(self):
        posted = instant_of(
            SQL("coalesce(source.invoice_date, source.date)"),
            SQL("source.create_date"),
            SQL("zone.name"),
        )
        return {
            "order.invoiced": SQL("CASE WHEN source.move_type = 'out_invoice' THEN %s END", posted),
            "order.refunded": SQL("CASE WHEN source.move_type = 'out_refund' THEN %s END", posted),
            # nothing was reconciled with an invoice of zero: it was paid as it was posted
            "order.paid": SQL("""
                CASE WHEN source.move_type = 'out_invoice'
                      AND source.payment_state IN ('paid', 'in_payment')
                     THEN coalesce(payment.at, source.write_date, source.create_date) END
            """),
        }

    def _joins(self):
        return SQL(
            """
            CROSS JOIN LATERAL (SELECT %(timezone)s AS name) zone
            LEFT JOIN LATERAL (
                SELECT max(%(instant)s) AS at
                  FROM account_move_line line
                  JOIN account_partial_reconcile partial ON partial.debit_move_id = line.id
                 WHERE line.move_id = source.id
                   AND source.payment_state IN ('paid', 'in_payment')
            ) payment ON TRUE
            """,
            timezone=self._timezone_of(SQL("source.company_id")),
            instant=instant_of(
                SQL("partial.max_date"), SQL("partial.create_date"), SQL("zone.name")
            ),
        )

    def _where(self):
        counts = SQL("""
            source.state = 'posted' AND source.move_type IN ('out_invoice', 'out_refund')
        """)
        if "pos.order" not in self.env:
            return counts
        # a refund at a till is told of by its own collector
        return SQL(
            """
            %s AND NOT (source.move_type = 'out_refund' AND EXISTS (
                SELECT FROM pos_order WHERE pos_order.account_move = source.id
            ))
            """,
            counts,
        )

    def _values(self):
        return {
            "partner_id": SQL(
                "CASE WHEN source.partner_id != ALL(%s) THEN source.partner_id END",
                self.env["res.partner"]._ecrm_public_ids(),
            ),
            "company_id": SQL("source.company_id"),
            # in company currency, and negative for a credit note
            "value": SQL("source.amount_untaxed_signed"),
            "verdict": SQL("'human'"),
            "props": SQL("jsonb_build_object('name', left(source.name, 500))"),
        }
