from odoo import models

#: Under this name a transaction keeps what its carts were like before it changed them.
WATCHED = "ecrm_addon_website_sale.carts"


class SaleOrder(models.Model):
    """A cart tells what becomes of it, within the very transaction that changes it."""

    _inherit = "sale.order"

    # ------------------------------------------------------------
    # CART
    # ------------------------------------------------------------

    def _cart_add(self, *args, **kwargs):
        cart = self._ecrm_watch_cart()
        result = super()._cart_add(*args, **kwargs)
        if cart:
            cart["added"].add(result.get("line_id"))
        return result

    def _cart_update_line_quantity(self, *args, **kwargs):
        self._ecrm_watch_cart()
        return super()._cart_update_line_quantity(*args, **kwargs)

    def _ecrm_watch_cart(self):
        """Keep what is in the cart before it changes, to tell the difference in the end.

        One request may change a line several times: add it, lower it to what is in stock,
        remove it as a part of its combo is sold out. What was meant is not told, nor what
        is rolled back; only what the cart is like before the transaction commits.

        :return dict | None: what is kept; None where nothing may be recorded
        """
        precommit = self.env.cr.precommit
        watched = precommit.data.get(WATCHED)
        if watched is None:
            watched = precommit.data[WATCHED] = {}
            precommit.add(lambda: self._ecrm_tell_carts(watched))
        if self and self.id not in watched:
            visit = self.env["ecrm.visit"].opened()
            watched[self.id] = visit and {
                "order": self,
                "visit": visit,
                "before": self._ecrm_cart_lines(),
                "added": set(),
            }
        return watched.get(self.id)

    def _ecrm_cart_lines(self):
        """Return what the customer put into the cart: line id -> product, quantity.

        Rewards and delivery came by themselves, and parts of a combo with it.
        """
        return {
            line.id: (line.product_id, line.product_uom_qty)
            for line in self.order_line
            if line._show_in_cart() and not line._ecrm_is_reward()
        }

    def _ecrm_tell_carts(self, watched):
        for cart in filter(None, watched.values()):
            order = cart["order"].exists()
            events = list(order._ecrm_cart_events(cart["before"], cart["added"]))
            if events:
                self.env["ecrm.visit"].record_all(cart["visit"], events)

    def _ecrm_cart_events(self, before, added):
        after = self._ecrm_cart_lines()
        for line_id, (product, quantity) in after.items():
            change = quantity - (before[line_id][1] if line_id in before else 0)
            if line_id not in before or (change > 0 and line_id in added):
                yield self._ecrm_cart_event("web.cart_add", product, change)
            elif change:
                yield self._ecrm_cart_event("web.cart_update", product, quantity)
        for line_id in before.keys() - after.keys():
            yield self._ecrm_cart_event("web.cart_remove", *before[line_id])

    @staticmethod
    def _ecrm_cart_event(kind, product, quantity):
        name = product.with_context(display_default_code=False).display_name
        return {
            "kind": kind,
            "res_model": "product.product",
            "res_id": product.id,
            "props": {"product": product.id, "name": name, "quantity": quantity},
        }

    # ------------------------------------------------------------
    # CHECKOUT
    # ------------------------------------------------------------

    def _ecrm_tell_step(self, step):
        """Tell that a step of the checkout was reached; the same page again is the same act.

        :param str step: cart, address, delivery, payment or confirmation
        """
        visit = self.order_line and self.env["ecrm.visit"].opened()
        if not visit:
            return
        session_key = visit["session_key"]
        if step == "confirmation" and self.sudo().ecrm_session_key != session_key:
            return  # somebody looks at the page of an order from an earlier visit
        event = {
            "kind": "web.checkout",
            "uid": self.env["ecrm.log"].own_uid("web.checkout", session_key, self.id, step),
            "res_model": self._name,
            "res_id": self.id,
            "props": {"step": step},
        }
        self.env["ecrm.visit"].record_all(visit, [event])

    def write(self, vals):
        """Tell whose the visit was as soon as a guest gave an address."""
        anonymous = self.filtered("website_id")._ecrm_anonymous() if "partner_id" in vals else []
        result = super().write(vals)
        for order in anonymous:
            order._ecrm_note_guest()
        return result

    def _ecrm_anonymous(self):
        return self.filtered(
            lambda order: order.partner_id == order.website_id.sudo().user_id.partner_id
        )

    def _ecrm_note_guest(self):
        """Link the browser to a contact that this very checkout created.

        Never to one that was there before: who types an address need not be its owner. Who
        is logged in is known already.
        """
        partner_sudo = self.partner_id.sudo()
        created = partner_sudo.create_date
        is_new = created and created >= self.env.cr.now().replace(microsecond=0)
        if is_new and self.env.user._is_public():
            self.env["ecrm.visit"].note_guest(partner_sudo)
