from odoo import models
from odoo.exceptions import UserError
from odoo.tools.mail import email_normalize_all

#: In the context in which Odoo sends a reminder by hand; we set it for the others, too.
REMINDER = "website_sale_send_recovery_email"


class SaleOrder(models.Model):
    """Reminders of carts go to those alone who may get them.

    Odoo sends them whatever the customer said, the blacklist included. A reminder is a
    marketing mail of a topic of its own, within the same limits as mailings. Who is left out
    once gets none for that cart later: by then it is old.
    """

    _inherit = "sale.order"

    def _filter_can_send_abandoned_cart_mail(self):
        orders = super()._filter_can_send_abandoned_cart_mail()
        held_back = orders._ecrm_held_back()
        return orders.filtered(lambda order: order not in held_back)

    def _cart_recovery_email_send(self):
        """Send what rules of automation ask for."""
        held_back = self._ecrm_held_back()
        left_out = self.filtered(lambda order: order in held_back)
        left_out.cart_recovery_email_sent = True
        reminded = (self - left_out).with_context(**{REMINDER: True})
        return super(SaleOrder, reminded)._cart_recovery_email_send()

    def action_recovery_email_send(self):
        """Write to those alone who may get a reminder, also where somebody does it by hand."""
        held_back = self._ecrm_held_back()
        reminded = self.filtered(lambda order: order not in held_back)
        if not reminded and held_back:
            whys = {self.env["ecrm.email.limits"].tell(why) for why in held_back.values()}
            raise UserError(self.env._("No reminder may be sent here: %s", " ".join(sorted(whys))))
        return super(SaleOrder, reminded).action_recovery_email_send()

    def _ecrm_reminder_topic(self):
        """Return the topic of reminders; empty where somebody deleted it."""
        reference = "ecrm_addon_website_sale.ecrm_topic_cart"
        # sudo: whoever sends a reminder need not be allowed to read topics
        topic_sudo = self.env.ref(reference, raise_if_not_found=False)
        return topic_sudo.sudo() if topic_sudo else self.env["ecrm.topic"].sudo()

    def _ecrm_held_back(self):
        """Return the orders whose customers get no reminder, and why.

        :return dict[sale.order, str]: why as of ``ecrm.email.limits.held_back``, or ``blocked``
        """
        limits, topic = self.env["ecrm.email.limits"], self._ecrm_reminder_topic()
        held_back = {}
        for company, orders in self.grouped(lambda order: order._ecrm_shop()).items():
            addresses = {order: order._ecrm_addresses() for order in orders}
            everybody = {address for found in addresses.values() for address in found}
            refused = limits.blocked(everybody) | limits.held_back(everybody, topic, company)
            verdicts = {
                order: limits.verdict(found, refused, {})[0] for order, found in addresses.items()
            }
            held_back |= {order: why for order, why in verdicts.items() if why}
        return held_back

    def _ecrm_shop(self):
        """Return the company that reminds of a cart."""
        return self.website_id.company_id or self.company_id

    def _ecrm_addresses(self):
        return email_normalize_all(self.partner_id.email or "")

    def _ecrm_wait_for_morning(self, mails):
        """Let reminders that are in the queue wait for the end of the customers' night."""
        limits = self.env["ecrm.email.limits"]
        for company, orders in self.grouped(lambda order: order._ecrm_shop()).items():
            addresses = {order.id: order._ecrm_addresses() for order in orders}
            everybody = {address for found in addresses.values() for address in found}
            waits = limits.wait_until(everybody, company)
            for mail in mails.filtered_domain([("res_id", "in", orders.ids)]):
                until = limits.verdict(addresses[mail.res_id], {}, waits)[1]
                mail.scheduled_date = until or mail.scheduled_date
