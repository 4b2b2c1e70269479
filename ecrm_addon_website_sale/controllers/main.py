from odoo.http import request, route

from odoo.addons.website_sale.controllers.main import WebsiteSale

from ..models.website_snippet_filter import HIDDEN


class EcrmWebsiteSale(WebsiteSale):
    """Product views: eCRM's tracker tells them, with consent; Odoo wrote them without."""

    def _prepare_product_values(self, *args, **kwargs):
        """Keep the page from sending the view, too."""
        values = super()._prepare_product_values(*args, **kwargs)
        if request.website._ecrm_replaces_stock():
            values["view_track"] = False
        return values

    @route()
    def products_recently_viewed_update(self, *args, **kwargs):
        if request.website._ecrm_replaces_stock():
            return {}
        return super().products_recently_viewed_update(*args, **kwargs)

    @route()
    def products_recently_viewed_delete(self, product_id=None, product_template_id=None, **kwargs):
        """Show a product no more; the log, which is only appended to, stays as it is."""
        if request.website._ecrm_replaces_stock():
            products = request.env["product.product"].browse(int(product_id or 0))
            if not product_id:
                template = request.env["product.template"].browse(int(product_template_id or 0))
                products = template.exists().product_variant_ids
            hidden = request.session.get(HIDDEN, []) + products.ids
            request.session[HIDDEN] = hidden[-100:]
            return {}
        return super().products_recently_viewed_delete(product_id, product_template_id, **kwargs)
