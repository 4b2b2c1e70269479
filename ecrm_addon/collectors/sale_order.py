from odoo import models
from odoo.tools import SQL


class EcrmCollectorSaleOrder(models.AbstractModel):
    """Quotations and orders. A website cart is no quotation: nobody sent it."""

    _name = "ecrm.collector.sale_order"
    _inherit = "ecrm.collector.mixin"
    _description = "Sales Orders"
    _source = "sale.order"
    _collector_sequence = 1

    def _acts(self):
        # an order that is entered or imported afterwards was not quoted after its date
        quoted = SQL("least(source.create_date, source.date_order)")
        if "website_id" in self.env["sale.order"]._fields:
            quoted = SQL("CASE WHEN source.website_id IS NULL THEN %s END", quoted)
        return {
            "order.quoted": quoted,
            "order.confirmed": SQL(
                "CASE WHEN source.state = 'sale' THEN least(source.date_order, now_utc.at) END"
            ),
            # Odoo keeps no date of the cancellation: the last change is the nearest to it
            "order.cancelled": SQL(
                "CASE WHEN source.state = 'cancel' THEN source.write_date END"
            ),
        }

    def _joins(self):
        return SQL("""
            LEFT JOIN utm_source ON utm_source.id = source.source_id
            LEFT JOIN utm_medium ON utm_medium.id = source.medium_id
            LEFT JOIN utm_campaign ON utm_campaign.id = source.campaign_id
            CROSS JOIN (SELECT now() AT TIME ZONE 'UTC' AS at) now_utc
        """)

    def _values(self):
        values = {
            "partner_id": SQL(
                "CASE WHEN source.partner_id != ALL(%s) THEN source.partner_id END",
                self.env["res.partner"]._ecrm_public_ids(),
            ),
            "company_id": SQL("source.company_id"),
            # the order keeps the rate of its day: currency of the order per company currency
            "value": SQL("source.amount_untaxed / nullif(source.currency_rate, 0)"),
            "utm_source": SQL("utm_source.name"),
            "utm_medium": SQL("utm_medium.name"),
            "utm_campaign": SQL("utm_campaign.name"),
            "verdict": SQL("'human'"),
            "props": SQL("jsonb_build_object('name', source.name)"),
        }
        if "website_id" in self.env["sale.order"]._fields:
            values["website_id"] = SQL("source.website_id")
        return values
