from odoo import api, fields, models
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

    def action_open_customer(self):
        """Row of a list: everything that is known of the customer."""
        self.ensure_one()
        return self.env["ecrm.profile"].browse(self.id).get_formview_action()

    @api.model
    @api.readonly
    def get_grid(self, domain=None):
        """Return how many customers are in each cell of recency and frequency.

        :param list domain: which customers, such as those of a tier
        :return dict: ``rows`` and ``columns`` (value and label, best first), ``cells`` (lists
            per row of dicts with ``customers``, ``revenue`` and ``segment``, the name of the
            one most of them are in), ``customers`` (in all) and ``currency_id``, False where
            there are several, whose amounts cannot be added up
        """
        self.check_access("read")
        found = {}
        for recency, frequency, segment, customers, revenue in self._read_group(
            domain or [],
            ["recency", "frequency", "segment_id"],
            ["__count", "monetary:sum"],
        ):
            parts = found.setdefault((recency, frequency), [])
            parts.append((customers, revenue, segment.display_name or False))
        rows, columns = (self._axis(name) for name in ("recency", "frequency"))
        currencies = self.env.companies.currency_id
        return {
            "rows": rows,
            "columns": columns,
            "cells": [
                [self._cell(found.get((row["value"], column["value"]), ())) for column in columns]
                for row in rows
            ],
            "customers": sum(part[0] for parts in found.values() for part in parts),
            "currency_id": len(currencies) == 1 and currencies.id,
        }

    def _axis(self, name):
        labels = self._fields[name]._description_selection(self.env)
        return [{"value": value, "label": label} for value, label in labels]

    @staticmethod
    def _cell(parts):
        """Return a cell from its parts, one per segment."""
        return {
            "customers": sum(part[0] for part in parts),
            "revenue": sum(part[1] for part in parts),
            "segment": max(parts, key=lambda part: part[:2])[2] if parts else False,
        }
