from odoo import models
from odoo.tools import email_normalize


class SaleOrder(models.Model):
    """Reminders of carts go to those alone who may get them.

    Odoo sends them whatever the customer said, the blacklist included. A reminder is a
    marketing mail of a topic of its own, within the same limits as mailings. Who is left out
    once gets none for that cart later: by then it is old.
    """

    _inherit = "sale.order"

    def _filter_can_send_abandoned_cart_mail(self):
        orders = super()._filter_can_send_abandoned_cart_mail()
        addresses = {order: email_normalize(order.partner_id.email) for order in orders}
        held_back = self._ecrm_held_back(set(filter(None, addresses.values())))
        return orders.filtered(lambda order: addresses[order] not in held_back)

    def _ecrm_held_back(self, addresses):
        """Return the addresses that get no reminder."""
        topic = self.env.ref("ecrm_addon_website_sale.ecrm_topic_cart", raise_if_not_found=False)
        company = self.website_id.company_id
        refused = self.env["ecrm.email.limits"].held_back(addresses, topic, company)
        # sudo: whoever sends reminders need not be allowed to read the blacklist
        blacklist_sudo = self.env["mail.blacklist"].sudo()
        blocked = blacklist_sudo.search([("email", "in", list(addresses))])
        return {*refused, *blocked.mapped("email")}

    def _ecrm_wait_for_morning(self, mails):
        """Let reminders that are in the queue wait for the end of the customers' night."""
        limits = self.env["ecrm.email.limits"]
        for company, orders in self.grouped(lambda order: order.website_id.company_id).items():
            addresses = {order.id: email_normalize(order.partner_id.email) for order in orders}
            waits = limits.wait_until(set(filter(None, addresses.values())), company)
            for mail in mails.filtered_domain([("res_id", "in", orders.ids)]):
                mail.scheduled_date = waits.get(addresses[mail.res_id]) or mail.scheduled_date
