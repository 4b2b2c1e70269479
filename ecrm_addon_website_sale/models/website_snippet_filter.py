from odoo import models
from odoo.fields import Domain
from odoo.http import request

#: Products of which the visitor wants to see no more here: a list in the web session.
HIDDEN = "ecrm_hidden_product_ids"
#: More viewed products than this are not looked through for some to show.
LOOKED_THROUGH = 50


class WebsiteSnippetFilter(models.Model):
    _inherit = "website.snippet.filter"

    def _get_products_latest_viewed(self, website, limit, domain, **kwargs):
        """Show what eCRM knows of the visit, where Odoo's own views are not written.

        Whoever did not agree to be known gets none.
        """
        if not website._ecrm_replaces_stock():
            return super()._get_products_latest_viewed(website, limit, domain, **kwargs)
        products = self._ecrm_viewed_products() - request.cart.order_line.product_id
        if self.env.context.get("hide_variants"):
            products = products.product_tmpl_id.product_variant_id
        # the search does not keep the order: the product viewed last comes first
        shown = products.search(Domain(domain) & Domain("id", "in", products.ids))
        return (products & shown)[:limit].with_context(
            display_default_code=False, add2cart_rerender=True
        )

    def _ecrm_viewed_products(self):
        identities = self.env["ecrm.visit"].identities()
        product_ids = self.env["ecrm.log"].latest(
            identities.ids, "web.product", "product.product", LOOKED_THROUGH
        )
        hidden = request.session.get(HIDDEN, [])
        return self.env["product.product"].browse(
            [product_id for product_id in product_ids if product_id not in hidden]
        )
