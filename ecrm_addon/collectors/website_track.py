from odoo import models
from odoo.tools import SQL

from ..queries.expressions import is_staff, path_of
from . import customers


class EcrmCollectorWebsiteTrack(models.AbstractModel):
    """Page and product views that Odoo kept by itself, without those of employees.

    An anonymous visitor is a browser; when it logs in later, ``website.visitor`` notes it.
    Odoo's filter of robots looks at the user agent only, so an anonymous view is
    *unknown*. The website is that of the visitor's first view: Odoo keeps no other.
    """

    _name = "ecrm.collector.website_track"
    _inherit = "ecrm.collector.mixin"
    _description = "Website Views"
    _source = "website.track"
    _collector_sequence = 7
    # who is behind the visitor changes, what was seen does not
    _capture_columns = ("visit_datetime",)

    def _acts(self):
        if not self._source_has("product_id"):
            return {"web.page": SQL("source.visit_datetime")}
        return {
            "web.page": SQL("CASE WHEN source.product_id IS NULL THEN source.visit_datetime END"),
            "web.product": SQL(
                "CASE WHEN source.product_id IS NOT NULL THEN source.visit_datetime END"
            ),
        }

    def _joins(self):
        return SQL("""
            JOIN website_visitor visitor ON visitor.id = source.visitor_id
            LEFT JOIN website ON website.id = visitor.website_id
        """)

    def _where(self):
        return SQL("NOT %s", is_staff(SQL("visitor.partner_id")))

    def _identities(self):
        return {
            "partner": SQL("visitor.partner_id"),
            "device": customers.of_visitor(SQL("visitor")),
        }

    def _values(self):
        page = SQL("source.page_id")
        if self._source_has("product_id"):
            page = SQL("coalesce(source.product_id, source.page_id)")
        return {
            "partner_id": SQL("visitor.partner_id"),
            "website_id": SQL("visitor.website_id"),
            "company_id": SQL("website.company_id"),
            # a view of a page that is no record has nothing to open
            "res_model": SQL("""
                CASE WHEN act.kind = 'web.product' THEN 'product.product'
                     WHEN source.page_id IS NOT NULL THEN 'website.page' END
            """),
            "res_id": page,
            "path": path_of(SQL("source.url")),
            "verdict": SQL("CASE WHEN visitor.partner_id IS NULL THEN 'unknown' ELSE 'human' END"),
        }
