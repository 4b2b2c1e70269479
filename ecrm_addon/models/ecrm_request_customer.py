from odoo import api, fields, models
from odoo.fields import Domain

#: Orders and requests that are shown beside a request.
SHOWN = 5


class EcrmRequest(models.Model):
    """Who the customer is, in a few lines beside the request or in the contact's tab."""

    _inherit = "ecrm.request"

    @api.model
    def get_customer(self, request_id=False, partner_id=False):
        """Return the last orders and the other requests of a customer.

        Requests are those that the caller may read. Orders are told to who answers a request
        of this customer, whether or not they may open orders; of a mere contact, those are
        told that the caller may read in Odoo.

        :param int request_id: a request of the customer
        :param int partner_id: or else the customer's contact
        :return dict: ``tier`` (False for who may not read scores), ``orders`` (False where
            they are not told), ``can_open_orders``, ``requests`` (newest first, the open ones
            before), ``open`` (how many are open) and ``count``
        """
        self.check_access("read")
        request = self.browse(request_id or ())
        request.check_access("read")
        partner = request.partner_id
        if not request:
            partner = partner.browse(partner_id or ())
        partner.check_access("read")
        domain = request._customer_domain(partner)
        can_open = self.env["sale.order"].has_access("read")
        is_told = bool(request) or can_open
        requests = self.search(domain, order="is_closed, opened_at desc, id desc", limit=SHOWN + 1)
        return {
            "tier": self._tier_of(partner),
            "orders": partner._ecrm_last_orders(SHOWN, bool(request)) if is_told else False,
            "can_open_orders": can_open,
            "requests": [other._line() for other in (requests - request)[:SHOWN]],
            "open": self.search_count(domain & Domain("is_closed", "=", False)),
            "count": self.search_count(domain),
        }

    def _customer_domain(self, partner):
        """Return which requests are those of a customer: of the whole company, or one address."""
        if partner:
            return Domain("partner_id", "child_of", partner.commercial_partner_id.ids)
        if self.email:
            return Domain("email", "=", self.email)
        return Domain("id", "in", self.ids)

    def _tier_of(self, partner):
        if not self.env.user.has_group("ecrm_addon.group_ecrm_user"):
            return False
        return partner.ecrm_tier_id.display_name or False

    def _line(self):
        """Return a request in a line."""
        return {
            "id": self.id,
            "number": self.number,
            "name": self.name,
            "stage": self.stage_id.name,
            "is_closed": self.is_closed,
            "is_late": self.is_late,
            "user": self.user_id.name or False,
            "opened_at": fields.Datetime.to_string(self.opened_at),
        }
