from werkzeug.exceptions import NotFound

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from odoo.addons.ecrm_addon.controllers.email_preferences import is_id
from odoo.addons.website_sale.controllers.cart import Cart
from odoo.addons.website_sale.controllers.reorder import CustomerPortal

#: Under this name the web session keeps what the cart is to say, once.
TOLD = "ecrm_reorder"
#: Lines that are told by name; of an order with more the rest is counted.
MOST_TOLD = 50
#: Lines that one request puts into the cart: Odoo goes through the whole cart for each of them.
MOST_ADDED = 50


class ReorderPortal(CustomerPortal):
    """Order again by a form: without scripts, and with a word on each line that is left out.

    Odoo's own door leaves lines out in silence, takes a dozen for one piece, and gives up
    altogether at the first line that the cart refuses.
    """

    @route(
        "/my/orders/<int:order_id>/reorder",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def ecrm_reorder(self, order_id, access_token=None, start="", **_post):
        """Put what can be bought of an order into the cart and show the cart.

        :param str start: as many lines of a long order went there by requests before
        """
        order_sudo = self._ecrm_order(order_id, access_token)
        if not order_sudo:
            raise NotFound
        if not request.website.has_ecommerce_access():
            return request.redirect("/web/login")
        lines_sudo = order_sudo.order_line._ecrm_chosen()
        first = int(start) if is_id(start) else 0
        end = first + MOST_ADDED
        rest = {
            "action": f"/my/orders/{order_sudo.id}/reorder",
            "access_token": access_token,
            "start": end,
            "left": len(lines_sudo[end:]),
        }
        self._ecrm_add_again(lines_sudo[first:end], order=order_sudo.name, rest=rest)
        return request.redirect("/shop/cart")

    @route()
    def my_orders_reorder(self, order_id, access_token=None):
        """Let the cart say what Odoo's own door left out."""
        answer = super().my_orders_reorder(order_id, access_token=access_token)
        order_sudo = self._ecrm_order(order_id, access_token)
        if order_sudo and isinstance(answer, dict):
            lines_sudo = order_sudo.order_line._ecrm_chosen()
            told = [(line, line._ecrm_reorder_problem(request.website)) for line in lines_sudo]
            missing = [(line.name_short, problem) for line, problem in told if problem]
            self._ecrm_keep(order_sudo.name, len(told) - len(missing), missing, [])
        return answer

    # ------------------------------------------------------------
    # TOOLS
    # ------------------------------------------------------------

    def _ecrm_order(self, order_id, access_token=None):
        """Return an order, in superuser mode, that the visitor may see; else None."""
        if access_token and not access_token.isascii():
            return None  # it could not be compared
        try:
            order_sudo = self._document_check_access("sale.order", order_id, access_token)
        except (AccessError, MissingError):
            return None
        return order_sudo.with_user(request.env.user).sudo()

    def _ecrm_add_again(self, lines_sudo, quantities=None, order=None, rest=None):
        """Put lines of former orders into the cart, as far as that goes, and keep what to say.

        :param sale.order.line lines_sudo: which the visitor may see
        :param dict quantities: line id -> how much, in the unit in which it is ordered again
        :param str order: the name of the order, where they are of one
        :param dict rest: by which form those that are left go into the cart, and how many
        """
        missing, changed, added = [], [], 0
        in_cart = request.cart._ecrm_quantities()
        for line_sudo in lines_sudo:
            quantity = (quantities or {}).get(line_sudo.id)
            got, told = self._ecrm_add_line(line_sudo, in_cart, quantity)
            added += bool(got)
            if told:
                (changed if got else missing).append((line_sudo.name_short, told))
        self._ecrm_keep(order, added, missing, changed, rest)

    @staticmethod
    def _ecrm_add_line(line_sudo, in_cart, quantity=None):
        """Put one line into the cart.

        :param dict in_cart: product -> how much is there; is brought up to date
        :param int quantity: how much; as much as then, if it is not given
        :return tuple: how much went there, in the product's unit, and what is to be said of it
        """
        problem = line_sudo._ecrm_reorder_problem(request.website)
        if problem:
            return 0, problem
        # before the savepoint: a cart that is rolled back would stay in the web session
        cart_sudo = request.cart or request.website._create_cart()
        product = line_sudo.product_id
        asked = quantity or line_sudo._ecrm_reorder_quantity()
        try:
            with request.env.cr.savepoint():
                Cart().add_to_cart(**line_sudo._ecrm_reorder_values(asked))
        except UserError as error:  # what the shop refuses; the other lines are no worse for it
            return 0, str(error)
        before = in_cart[product.id]
        in_cart[product.id] = cart_sudo._ecrm_quantities(product)[product.id]
        got = in_cart[product.id] - before
        told = cart_sudo._ecrm_tell_added(line_sudo, asked, got)
        return got, told or (not quantity and line_sudo._ecrm_tell_rounded(asked))

    @staticmethod
    def _ecrm_keep(order, added, missing, changed, rest=None):
        request.session[TOLD] = {
            "order": order,
            "added": added,
            "missing": missing[:MOST_TOLD],
            "changed": changed[:MOST_TOLD],
            "more": len(missing[MOST_TOLD:] + changed[MOST_TOLD:]),
            "rest": rest if rest and rest["left"] else None,
        }


class ReorderCart(Cart):
    def _cart_values(self, **post):
        """Say once what became of an order that was placed again."""
        values = super()._cart_values(**post)
        values["ecrm_reorder"] = request.session.pop(TOLD, None)
        return values
