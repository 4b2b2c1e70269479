from odoo import models
from odoo.tools import SQL

from ..queries import list_pos_money
from ..queries.expressions import NOW


class EcrmCollectorPosOrder(models.AbstractModel):
    """Paid orders and refunds at a point of sale, for customers that the till knew.

    An order that only pays for sales orders tells of the payment: the sales order is told
    of by itself. Deposits, too.
    """

    _name = "ecrm.collector.pos_order"
    _inherit = "ecrm.collector.mixin"
    _description = "Point of Sale Orders"
    _source = "pos.order"
    _collector_sequence = 3
    _capture_columns = (
        "state", "date_order", "partner_id", "amount_total", "amount_tax", "currency_rate",
    )  # fmt: skip
    _revised_kinds = ("order.confirmed", "order.refunded", "order.paid")
    _customer_column = "partner_id"

    def _acts(self):
        at = SQL("least(source.date_order, %s)", NOW)
        return {
            "order.confirmed": SQL("CASE WHEN NOT till.back AND NOT till.pays THEN %s END", at),
            "order.refunded": SQL("CASE WHEN till.back AND NOT till.pays THEN %s END", at),
            "order.paid": SQL("CASE WHEN NOT till.back AND till.pays THEN %s END", at),
        }

    def _joins(self):
        settles = self.env["res.company"]._ecrm_pos_settles()
        amount = list_pos_money.amount(SQL("source"), settles)
        return SQL(
            """
            %(lines)s
            CROSS JOIN LATERAL (
                SELECT %(pays)s AS pays, %(amount)s AS amount,
                       coalesce(source.is_refund, FALSE) OR source.amount_total < 0 AS back
            ) till
            """,
            lines=list_pos_money.lines(SQL("source"), settles),
            pays=list_pos_money.only_settles(settles),
            amount=amount,
        )

    def _where(self):
        return SQL("source.state = ANY(%s) AND source.partner_id IS NOT NULL", list_pos_money.PAID)

    def _values(self):
        return {
            "partner_id": SQL(
                "CASE WHEN source.partner_id != ALL(%s) THEN source.partner_id END",
                self.env["res.partner"]._ecrm_public_ids(),
            ),
            "company_id": SQL("source.company_id"),
            # in company currency, without taxes, and negative for a refund
            "value": SQL("""
                CASE WHEN till.pays THEN source.amount_total - source.amount_tax
                     ELSE till.amount END / nullif(source.currency_rate, 0)
            """),
            "verdict": SQL("'human'"),
            "props": SQL(
                "jsonb_build_object('name', left(coalesce(source.pos_reference, source.name), 500))"
            ),
        }
