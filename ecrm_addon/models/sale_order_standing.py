from odoo import api, fields, models
from odoo.fields import Domain

from .nullable import NullableFloat

#: What of the customer's profile an order keeps.
STANDING_FIELDS = ("ecrm_loyalty_score", "ecrm_tier_id", "ecrm_segment_id")
HELP = (
    "As it was when the order was confirmed, before the order itself counted. It is not "
    "renewed later. Empty for orders from before eCRM was installed."
)


class SaleOrder(models.Model):
    """Keeps with an order how its customer stood when she ordered."""

    _inherit = "sale.order"

    ecrm_loyalty_score = NullableFloat(
        "Loyalty Score at Order",
        aggregator="avg",
        readonly=True,
        copy=False,
        groups="ecrm_addon.group_ecrm_user",
        help=HELP,
    )
    # indexed: without it each deleted tier or segment would search all orders
    ecrm_tier_id = fields.Many2one(
        "ecrm.tier",
        "Loyalty Tier at Order",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="ecrm_addon.group_ecrm_user",
        help=HELP,
    )
    ecrm_segment_id = fields.Many2one(
        "ecrm.segment",
        "Customer Segment at Order",
        index="btree_not_null",
        readonly=True,
        copy=False,
        groups="ecrm_addon.group_ecrm_user",
        help=HELP,
    )

    def _action_confirm(self):
        self._ecrm_note_standing()
        return super()._action_confirm()

    @api.private
    def _ecrm_note_standing(self):
        """Keep with orders how their customers stand now; nothing, where nothing is known.

        It is written together with the confirmation, which changes the row anyway.
        """
        # sudo: salespeople and customers confirm orders, who may see no profile
        orders_sudo = self.sudo()
        standings = orders_sudo._ecrm_standings()
        nothing = dict.fromkeys(STANDING_FIELDS, False)
        for order in orders_sudo:
            standing = standings.get(
                (order.company_id.id, order.partner_id.commercial_partner_id.id), nothing
            )
            if order._ecrm_standing() != standing:
                order.write(standing)

    def _ecrm_standing(self):
        """Return what an order keeps already."""
        return {
            "ecrm_loyalty_score": self.ecrm_loyalty_score,
            "ecrm_tier_id": self.ecrm_tier_id.id,
            "ecrm_segment_id": self.ecrm_segment_id.id,
        }

    def _ecrm_standings(self):
        """Return the values of orders by company and customer, read in one query."""
        profiles = self.env["ecrm.profile"].search_fetch(
            [
                ("company_id", "in", self.company_id.ids),
                ("partner_id", "in", self.partner_id.commercial_partner_id.ids),
            ],
            ["company_id", "partner_id", "loyalty_score", "tier_id", "segment_id"],
        )
        return {
            (profile.company_id.id, profile.partner_id.id): {
                "ecrm_loyalty_score": profile.loyalty_score,
                "ecrm_tier_id": profile.tier_id.id,
                "ecrm_segment_id": profile.segment_id.id,
            }
            for profile in profiles
        }

    @api.model
    @api.private
    def _ecrm_with_standing(self):
        """Return the domain of orders that keep something of how the customer stood."""
        return Domain.OR(Domain(name, "!=", False) for name in STANDING_FIELDS)

    @api.private
    def _ecrm_forget_standing(self):
        """Forget how the customers of these orders stood, as who is forgotten may ask."""
        self.write(dict.fromkeys(STANDING_FIELDS, False))

    @api.model
    @api.private
    def _ecrm_forget_unprofiled(self, partners):
        """Forget it of customers who have no profile any more: they objected to it.

        :param res.partner partners: any contacts of the customers
        """
        # sudo: whoever objects need not see the orders
        orders_sudo = self.sudo().search(
            self._ecrm_with_standing()
            & Domain("partner_id.commercial_partner_id", "in", partners.commercial_partner_id.ids)
        )
        known = orders_sudo._ecrm_standings()
        # a profile may be there a little longer: while all are scored, nobody is renewed
        objectors = partners & self.env["ecrm.consent"]._objectors()
        orders_sudo.filtered(
            lambda order: (
                order.partner_id.commercial_partner_id in objectors
                or (order.company_id.id, order.partner_id.commercial_partner_id.id) not in known
            )
        )._ecrm_forget_standing()
