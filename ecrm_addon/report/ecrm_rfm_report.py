from odoo import fields, models
from odoo.tools import SQL

# best first, which is how a grid is read; so the values count from the best downwards
RECENCY = [
    ("1", "R5 bought lately"),
    ("2", "R4"),
    ("3", "R3"),
    ("4", "R2"),
    ("5", "R1 long ago"),
]
FREQUENCY = [
    ("1", "F5 most often"),
    ("2", "F4"),
    ("3", "F3"),
    ("4", "F2"),
    ("5", "F1 rarely"),
]
MONEY = [
    ("1", "M5 spent most"),
    ("2", "M4"),
    ("3", "M3"),
    ("4", "M2"),
    ("5", "M1 spent least"),
]


class EcrmRfmReport(models.Model):
    """The scored customers, their scores in words: a pivot names no rows by itself."""

    _name = "ecrm.rfm.report"
    _description = "RFM Grid"
    _auto = False
    _order = "monetary desc, id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    recency = fields.Selection(RECENCY, readonly=True)
    frequency = fields.Selection(FREQUENCY, readonly=True)
    money = fields.Selection(MONEY, readonly=True)
    segment_id = fields.Many2one("ecrm.segment", readonly=True)
    tier_id = fields.Many2one("ecrm.tier", readonly=True)
    order_count = fields.Integer("Orders", readonly=True)
    monetary = fields.Monetary("Revenue net of Refunds", readonly=True)
    loyalty_score = fields.Float(readonly=True, aggregator="avg")
    last_order_date = fields.Date("Last Order", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, partner_id, company_id, (6 - r_score)::text AS recency,
                   (6 - f_score)::text AS frequency, (6 - m_score)::text AS money,
                   segment_id, tier_id, order_count, monetary, loyalty_score,
                   last_order_date
              FROM ecrm_profile
             WHERE r_score IS NOT NULL
            """
        )
