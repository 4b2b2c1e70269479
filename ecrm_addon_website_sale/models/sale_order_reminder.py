from odoo import models
from odoo.tools import email_normalize


class SaleOrder(models.Model):
    """Reminders of carts go to those alone who may get them.

    Odoo sends them whatever the customer said, the blacklist included. A reminder is a
    marketing mail of a topic of its own, within the same limits as mailings.
    """

    _inherit = "sale.order"

    def _filter_can_send_abandoned_cart_mail(self):
        orders = super()._filter_can_send_abandoned_cart_mail()
        addresses = {order: email_normalize(order.partner_id.email) for order in orders}
        held_back = self._ecrm_held_back(set(filter(None, addresses.values())))
        return orders.filtered(lambda order: addresses[order] not in held_back)

    def _ecrm_held_back(self, addresses):
        """Return the addresses that get no reminder now; the next run asks again."""
        topic = self.env.ref("ecrm_addon_website_sale.ecrm_topic_cart", raise_if_not_found=False)
        limits, company = self.env["ecrm.email.limits"], self.website_id.company_id
        refused = set(limits.held_back(addresses, topic, company))
        refused |= set(limits.wait_until(addresses, company))
        # sudo: whoever sends reminders need not be allowed to read the blacklist
        blacklist_sudo = self.env["mail.blacklist"].sudo()
        return refused | set(
            blacklist_sudo.search([("email", "in", list(addresses))]).mapped("email")
        )
