from urllib.parse import urlencode

from odoo import api, models

from .ecrm_recommender_holdout import PARAMETER

#: As many products are shown where nobody says how many.
LIMIT = 4
MOST = 12


class EcrmShelf(models.AbstractModel):
    """Products that are recommended, as a visitor sees them: picture, price and why.

    Which ones is for ``ecrm.recommender``; who did not allow to be known gets the best sellers.
    """

    _name = "ecrm.shelf"
    _description = "Products For You"

    @api.model
    @api.private
    def for_visitor(self, website, place, cart, product_ids=(), limit=LIMIT):
        """Return what is shown to the visitor at hand.

        :param str place: of ``ecrm.recommender``
        :param sale.order cart: the visitor's own; what is in it is not recommended
        :param list[int] product_ids: what the page is about, products of the website
        :return dict: ``items`` (see ``_items``; none for who is held out) and ``shown`` (what
            the tracker is told of the place, or None)
        """
        partner = self.env.user.partner_id
        if self.env.user._is_public():
            partner = partner.browse()
        in_cart = cart.order_line.product_id.ids
        offer = self.env["ecrm.recommender"]._offer(
            website,
            partner,
            place,
            product_ids=list(product_ids) or (in_cart if place == "cart" else []),
            seen_ids=self.env["ecrm.recommender"]._seen(),
            without_ids=in_cart,
            limit=limit,
        )
        return {
            "items": self._items(website, offer["picks"], place),
            "shown": offer["shown"],
        }

    @api.model
    @api.private
    def _items(self, website, picks, place, pricelist=None, fiscal_position=None):
        """Return what is shown of picks, by a fixed number of queries.

        :param list[Pick] picks: see ``ecrm.recommender``
        :param product.pricelist pricelist: None: the visitor's, in a request
        :return list[dict]: ``product``, ``name``, ``url``, ``image``, ``price``, ``before``
            (the price that is struck through, or None) and ``why``
        """
        products = self.env["product.product"].browse([pick.product_id for pick in picks])
        products = products.with_context(display_default_code=False, website_id=website.id)
        prices = products._ecrm_shop_prices(website, pricelist, fiscal_position)
        reasons = self._reasons(picks)
        return [
            {
                "product": product,
                "name": product.display_name,
                "url": self._link(product.website_url, place),
                "image": website.image_url(product, "image_256"),
                "price": prices[product.id].price,
                "before": prices[product.id].before,
                "why": reasons[product.id],
                "source": pick.source,
            }
            for pick, product in zip(picks, products, strict=True)
            if prices[product.id].price or not website.prevent_zero_price_sale
        ]

    @staticmethod
    def _link(url, place):
        """Return a link that tells in which place it stood."""
        separator = "&" if "?" in url else "?"
        return f"{url}{separator}{urlencode({PARAMETER: place})}"

    def _reasons(self, picks):
        """Return why each product is shown, in words, by its id.

        The cause goes by the product's name, not by that of a variant: counts are those of the
        product, and the page of one has all its variants, of which nobody chose one.
        """
        # sudo: what somebody bought or looked at may not be on sale any more
        causes_sudo = self.env["product.product"].sudo()
        causes_sudo = causes_sudo.browse({pick.because_product_id or 0 for pick in picks} - {0})
        names = {cause.id: cause.name for cause in causes_sudo}
        return {pick.product_id: self._reason(pick, names) for pick in picks}

    def _reason(self, pick, names):
        cause = names.get(pick.because_product_id)
        if pick.source == "pair" and cause and pick.orders > 1:
            return self.env._(
                "Bought together with %(product)s in %(count)s orders",
                product=cause,
                count=pick.orders,
            )
        if pick.source == "pair" and cause:
            return self.env._("Bought together with %s", cause)
        if pick.source == "visit" and cause:
            return self.env._("Often looked at after %s", cause)
        if pick.source == "popular":
            return self.env._("Among the best sellers")
        return self.env._("Fits what you bought or looked at")
