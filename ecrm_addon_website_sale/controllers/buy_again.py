from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.ecrm_addon.controllers.email_preferences import is_id
from odoo.addons.ecrm_addon.controllers.portal import PERSONAL_HEADERS
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.ecrm_buy_again import PAGE
from .reorder import MOST_ADDED, ReorderPortal

#: More of a product than this goes into no cart from here.
MOST = 1_000_000


class BuyAgainPortal(ReorderPortal):
    """What the customer buys again and again; a form puts one or several into the cart."""

    @route(
        ["/my/buy-again", "/my/buy-again/page/<string:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
        readonly=True,
    )
    def ecrm_buy_again(self, page="1", **_kw):
        return self._ecrm_buy_again_page(int(page) if is_id(page) else 1)

    @route(
        "/my/buy-again/add",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def ecrm_buy_again_add(self, **post):
        """Put what was chosen into the cart and show the cart."""
        wanted, error = self._ecrm_read_wanted(post)
        if error:
            return self._ecrm_buy_again_page(1, error)
        lines_sudo = request.env["ecrm.buy.again"].lines(request.website, list(wanted))
        if len(lines_sudo) < len(wanted):
            raise NotFound
        if not request.website.has_ecommerce_access():
            return request.redirect("/web/login")
        self._ecrm_add_again(lines_sudo, wanted)
        return request.redirect("/shop/cart")

    # ------------------------------------------------------------
    # TOOLS
    # ------------------------------------------------------------

    def _ecrm_buy_again_page(self, page, error=None):
        """Return the page.

        :param str error: what is wrong with what was sent, in words
        """
        door, website = request.env["ecrm.buy.again"], request.website
        repeated = []
        if request.env["sale.order"].has_access("read") and website.has_ecommerce_access():
            repeated = door.repeated(website)
        pager = portal_pager("/my/buy-again", total=len(repeated), page=page, step=PAGE)
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "ecrm_buy_again",
            "pager": pager,
            "items": door.items(website, repeated[pager["offset"] : pager["offset"] + PAGE]),
            "error": error,
        }
        response = request.render(
            "ecrm_addon_website_sale.portal_buy_again", values, status=400 if error else 200
        )
        response.headers.update(PERSONAL_HEADERS)
        return response

    @staticmethod
    def _ecrm_read_wanted(post):
        """Return which lines are wanted and how much of each, and what is wrong with it.

        :param dict post: ``add`` (the line of a button), else ``line_<id>`` of each box that is
            ticked; ``quantity_<id>``
        """
        chosen = [post["add"]] if post.get("add") else _chosen(post)
        if not chosen:
            return {}, request.env._("Choose at least one product.")
        if len(chosen) > MOST_ADDED:
            return {}, request.env._("Choose at most %s products at a time.", MOST_ADDED)
        quantities = {line_id: post.get(f"quantity_{line_id}", "") for line_id in chosen}
        if not all(is_id(line_id) for line_id in chosen) or not all(
            is_id(quantity) and 0 < int(quantity) <= MOST for quantity in quantities.values()
        ):
            return {}, request.env._("Give a whole number from 1 to 1,000,000 for each product.")
        return {int(line_id): int(quantity) for line_id, quantity in quantities.items()}, None


def _chosen(post):
    return [name.removeprefix("line_") for name in post if name.startswith("line_")]
