from odoo import fields, models

#: Changes of points on a page.
ROWS_ON_PAGE = 10
LARGEST_ID = 2**31 - 1
HISTORY_FIELDS = [
    "card_id",
    "description",
    "issued",
    "used",
    "order_model",
    "order_id",
    "create_date",
]


class ResPartner(models.Model):
    """How points and money on a person's cards came and went, page by page."""

    _inherit = "res.partner"

    def _ecrm_portal_points(self, cards_sudo, before=None):
        """Return one page of what was earned and claimed on some cards, newest first.

        :param loyalty.card cards_sudo: this person's
        :param str before: the cursor of the page before, as ``next`` gave it; anything else
            gives the first page
        :return dict: ``rows``, ``next`` (a cursor or False) and ``is_first``
        """
        cursor = self._ecrm_points_cursor(before)
        domain = [("card_id", "in", cards_sudo.ids), "|", ("issued", "!=", 0), ("used", "!=", 0)]
        if cursor:
            domain.append(("id", "<", cursor))
        # sudo: as in Odoo's own portal; the cards are this person's
        lines_sudo = self.env["loyalty.history"].sudo()
        if cards_sudo:
            lines_sudo = lines_sudo.search_fetch(
                domain, HISTORY_FIELDS, order="id desc", limit=ROWS_ON_PAGE + 1
            )
        page_sudo = lines_sudo[:ROWS_ON_PAGE]
        return {
            "rows": self._ecrm_points_rows(page_sudo, len(cards_sudo) > 1),
            "next": page_sudo[-1].id if len(lines_sudo) > ROWS_ON_PAGE else False,
            "is_first": not cursor,
        }

    def _ecrm_points_cursor(self, before):
        if not isinstance(before, str) or not before.isascii() or not before.isdigit():
            return None
        cursor = int(before) if len(before) <= len(str(LARGEST_ID)) else 0
        return cursor if 0 < cursor <= LARGEST_ID else None

    def _ecrm_points_rows(self, lines_sudo, is_named):
        """Return changes in words, each with the order that the customer may open."""
        orders = self._ecrm_points_orders(lines_sudo)
        claims = self._ecrm_points_claims(lines_sudo)
        return [
            {
                "date": fields.Datetime.context_timestamp(self, line.create_date).date(),
                "text": line.description,
                "url": line.order_model == "sale.order" and orders.get(line.order_id),
                "program": is_named and line.card_id.program_id.name,
                "earned": line.issued and line.card_id.program_id._ecrm_amount(line.issued),
                "spent": line.used and line.card_id.program_id._ecrm_amount(line.used),
                "claimed": claims.get((line.order_model, line.order_id, line.card_id), ()),
            }
            for line in lines_sudo
        ]

    def _ecrm_points_orders(self, lines_sudo):
        """Return the pages of those orders that Odoo shows to this user, by id."""
        # as the user, without sudo: somebody else may have used the card
        orders = self.env["sale.order"].with_user(self.env.user)
        ids = self._ecrm_points_sold(lines_sudo)
        if not ids or not orders.has_access("read"):
            return {}
        return {order.id: order.access_url for order in orders.search([("id", "in", ids)])}

    def _ecrm_points_claims(self, lines_sudo):
        """Return the names of the rewards that points of cards were spent on, by order."""
        spent_sudo = lines_sudo.filtered("used")
        ids = self._ecrm_points_sold(spent_sudo)
        if not ids:
            return {}
        # sudo: what was claimed by a card is its owner's to know, whoever made the order
        sold_sudo = self.env["sale.order.line"].sudo()
        domain = [
            ("order_id", "in", ids),
            ("coupon_id", "in", spent_sudo.card_id.ids),
            ("reward_id", "!=", False),
        ]
        claims = {}
        for sold in sold_sudo.search_fetch(domain, ["order_id", "coupon_id", "reward_id"]):
            key = ("sale.order", sold.order_id.id, sold.coupon_id)
            # a discount is a line for each tax, and one reward all the same
            claims.setdefault(key, {})[sold.reward_id.description] = True
        return claims

    @staticmethod
    def _ecrm_points_sold(lines_sudo):
        return [line.order_id for line in lines_sudo if line.order_model == "sale.order"]
