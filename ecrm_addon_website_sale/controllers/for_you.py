from werkzeug.exceptions import NotFound

from odoo.http import Controller, request, route

from odoo.addons.ecrm_addon.controllers.email_preferences import is_id
from odoo.addons.ecrm_addon.controllers.portal import PERSONAL_HEADERS

from ..models.ecrm_recommender_holdout import PLACES
from ..models.ecrm_shelf import LIMIT, MOST

#: Where shelves stand on pages; mails are filled when they are sent.
ON_PAGES = tuple(place for place in PLACES if place != "mail")


class ForYou(Controller):
    @route(
        "/shop/for-you",
        type="http",
        auth="public",
        methods=["GET"],
        website=True,
        sitemap=False,
        readonly=True,
    )
    def for_you(self, place="", product="", limit="", **_kw):
        """Return the products of one shelf, which a page fetches when it comes into sight.

        :param str place: of ``ON_PAGES``
        :param str product: the id of the product template that the page is about
        :param str limit: how many at most
        :return: a piece of HTML; empty (204) where there is nothing to show
        """
        if place not in ON_PAGES or not all(is_id(text) for text in (product, limit) if text):
            raise NotFound
        if not request.website.has_ecommerce_access():
            return request.make_response("", status=204)
        shelf = request.env["ecrm.shelf"].for_visitor(
            request.website,
            place,
            request.cart,
            self._products(product),
            min(int(limit or LIMIT), MOST),
        )
        response = request.render(
            "ecrm_addon_website_sale.for_you_items",
            {**shelf, "place": place},
            status=200 if shelf["items"] or shelf["shown"] else 204,
        )
        response.headers.update(PERSONAL_HEADERS)
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    @staticmethod
    def _products(template_id):
        """Return the variants of a product that the visitor may see."""
        if not template_id:
            return []
        domain = [("product_tmpl_id", "=", int(template_id))]
        return request.env["product.product"].search(domain, limit=50).ids
