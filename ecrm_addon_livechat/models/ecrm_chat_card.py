from odoo import api, fields, models
from odoo.exceptions import AccessError

#: The facts of the customer's card that fit beside a chat.
SHOWN_FACTS = ("ecrm_loyalty_points", "order_count", "revenue")
#: Orders and requests that are listed; an agent reads them while somebody waits.
LISTED = 3


class EcrmChatCard(models.AbstractModel):
    """What an agent sees of the customer beside a live chat, each part by its own rights.

    ============================ ===================================================
    part                         who sees it
    ============================ ===================================================
    name and contact             who may read the contact
    tier, score, points          users of eCRM
    the latest orders            who may read them in Odoo: the record rules decide
    open support requests        agents of eCRM Support
    ============================ ===================================================
    """

    _name = "ecrm.chat.card"
    _description = "Customer beside a Live Chat"

    @api.model
    @api.readonly
    def get_card(self, channel_id):
        """Return who a live chat is with. It renews nothing: the agent answers meanwhile.

        :param int channel_id: a live chat that the user may read
        :return dict: ``customer`` (``id`` and ``name``), ``figures``, ``orders``,
            ``requests``, ``request`` (made of this chat), each False where there is none or
            the user has no right; ``can_request``: whether the user may make one
        :raise AccessError: the user may not read the chat
        """
        channel = self._readable_chat(channel_id)
        # the contact as far as this user may see it
        customer = channel._ecrm_customer_sudo().sudo(False)._filtered_access("read")
        return {
            "customer": self._told(customer, "display_name", "name"),
            "figures": self._figures(customer),
            "orders": self._orders(customer),
            "requests": self._requests(customer),
            **self._request_of(channel),
        }

    @staticmethod
    def _told(record, name, label=None):
        return {"id": record.id, label or name: record[name]} if record else False

    def _readable_chat(self, channel_id):
        """Return a live chat, for employees who may read it.

        :raise AccessError: also for visitors, who may read their own chat but nothing of ours
        """
        chats = self.env["discuss.channel"].browse()
        if self.env.user._is_internal():
            # the record rules of Odoo decide: members of the chat, and agents of live chats
            domain = [("id", "=", channel_id), ("channel_type", "=", "livechat")]
            chats = chats.search(domain)
        if not chats:
            raise AccessError(self.env._("You have no access to this chat."))
        return chats

    def _figures(self, customer):
        """Return tier, score, segment, engagement and some facts, for users of eCRM."""
        if not customer or not self.env["ecrm.profile"].has_access("read"):
            return False
        commercial = customer.commercial_partner_id
        profile = self.env["ecrm.profile"].search(
            [("partner_id", "=", commercial.id), ("company_id", "=", self.env.company.id)]
        )
        card = self.env["ecrm.customer.card"]
        facts = card._facts(customer, profile)
        tier, score = card._tier(profile), card._score(profile)
        engagement = card._engagement(profile)
        return {
            # whose figures these are, where the contact belongs to a company
            "of": commercial.display_name if commercial != customer else False,
            "tier": tier and tier["name"],
            "score": score and score["value"],
            "engagement": engagement and engagement["name"],
            "facts": [
                {**fact, "currency_id": self.env.company.currency_id.id}
                for fact in facts
                if fact["name"] in SHOWN_FACTS and fact["value"] is not False
            ],
        }

    def _orders(self, customer):
        """Return the latest orders of the customer that this user may read."""
        orders = self.env["sale.order"]
        if not customer or not orders.has_access("read"):
            return False
        orders = orders.search_fetch(
            [
                ("partner_id.commercial_partner_id", "=", customer.commercial_partner_id.id),
                ("state", "!=", "draft"),  # nothing that was not sent to the customer
            ],
            ["name", "date_order", "state", "amount_total", "currency_id"],
            order="date_order desc, id desc",
            limit=LISTED,
        )
        states = dict(orders._fields["state"]._description_selection(self.env))
        return [
            {
                "id": order.id,
                "name": order.name,
                "date": fields.Datetime.to_string(order.date_order),
                "state": states[order.state],
                "amount": order.amount_total,
                "currency_id": order.currency_id.id,
            }
            for order in orders
        ]

    def _requests(self, customer):
        """Return the open support requests of the customer that this user may read."""
        requests = self.env["ecrm.request"]
        if not customer or not requests.has_access("read"):
            return False
        requests = requests.search_fetch(
            [
                ("partner_id.commercial_partner_id", "=", customer.commercial_partner_id.id),
                ("is_closed", "=", False),
            ],
            ["name", "number", "stage_id"],
            limit=LISTED,
        )
        return [
            {
                "id": request.id,
                "number": request.number,
                "name": request.name,
                "stage": request.stage_id.display_name,
            }
            for request in requests
        ]

    def _request_of(self, channel):
        """Return which request was made of the chat, and whether this user may make one."""
        requests = self.env["ecrm.request"]
        if not requests.has_access("create"):
            return {"request": False, "can_request": False}
        request = requests._ecrm_of_chat(channel)
        return {
            "request": self._told(request, "number"),
            "can_request": not request,
        }
