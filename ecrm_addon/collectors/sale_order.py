from odoo import models
from odoo.tools import SQL

from ..queries.expressions import NOW


class EcrmCollectorSaleOrder(models.AbstractModel):
    """Quotations and orders. A website cart is no quotation: nobody sent it."""

    _name = "ecrm.collector.sale_order"
    _inherit = "ecrm.collector.mixin"
    _description = "Sales Orders"
    _source = "sale.order"
    _collector_sequence = 1
    _capture_columns = ("state", "date_order", "partner_id", "amount_untaxed", "currency_rate")
    _revised_kinds = ("order.quoted", "order.confirmed")
    _customer_column = "partner_id"

    def _acts(self):
        # an order that is entered or imported afterwards was not quoted after its date
        quoted = SQL("least(source.create_date, source.date_order)")
        if self._source_has("website_id"):
            quoted = SQL("CASE WHEN source.website_id IS NULL THEN %s END", quoted)
        return {
            "order.quoted": quoted,
            "order.confirmed": SQL(
                "CASE WHEN source.state = 'sale' THEN least(source.date_order, %s) END", NOW
            ),
            # Odoo keeps no date of the cancellation: the last change is the nearest to it
            "order.cancelled": SQL("""
                CASE WHEN source.state = 'cancel'
                     THEN coalesce(source.write_date, source.create_date, source.date_order) END
            """),
        }

    def _joins(self):
        return SQL("""
            LEFT JOIN res_company company ON company.id = source.company_id
            LEFT JOIN utm_source ON utm_source.id = source.source_id
            LEFT JOIN utm_medium ON utm_medium.id = source.medium_id
            LEFT JOIN utm_campaign ON utm_campaign.id = source.campaign_id
        """)

    def _values(self):
        values = {
            "partner_id": SQL(
                "CASE WHEN source.partner_id != ALL(%s) THEN source.partner_id END",
                self.env["res.partner"]._ecrm_public_ids(),
            ),
            "company_id": SQL("source.company_id"),
            # the order keeps the rate of its day: currency of the order per company currency
            "value": SQL("""
                CASE WHEN source.currency_id = company.currency_id THEN source.amount_untaxed
                     ELSE source.amount_untaxed / nullif(source.currency_rate, 0) END
            """),
            "utm_source": SQL("utm_source.name"),
            "utm_medium": SQL("utm_medium.name"),
            "utm_campaign": SQL("utm_campaign.name"),
            "verdict": SQL("'human'"),
            # only the order itself was made in the visit: not what salespeople did before
            "session_key": SQL(
                "CASE WHEN act.kind = 'order.confirmed' THEN source.ecrm_session_key END"
            ),
            "props": SQL("jsonb_build_object('name', left(source.name, 500))"),
        }
        if self._source_has("website_id"):
            values["website_id"] = SQL("source.website_id")
        return values

    def _collect(self, ids, dense=False):
        self.env["ecrm.email.order"].note_orders(ids)
        return super()._collect(ids, dense)
