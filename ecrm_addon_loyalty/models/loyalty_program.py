from odoo import api, fields, models
from odoo.tools import float_is_zero
from odoo.tools.misc import format_amount, formatLang


class LoyaltyProgram(models.Model):
    _inherit = "loyalty.program"

    # archived tiers, too: a program must not open to all when its tier is put away
    ecrm_tier_ids = fields.Many2many(
        "ecrm.tier",
        "ecrm_tier_loyalty_program_rel",
        "program_id",
        "tier_id",
        "Only for Tiers",
        context={"active_test": False},
        groups="ecrm_addon.group_ecrm_user",
        help="Only customers who are in one of these loyalty tiers get this program. Empty: "
        "for everybody.",
    )

    @api.model
    @api.private
    def _ecrm_closed(self, customer, company):
        """Return the programs that name tiers, but none that a customer has in a company.

        :param res.partner customer: a commercial partner
        :return loyalty.program: with sudo, as not everybody may read which tiers there are
        """
        # sudo: it is a rule of the program, whoever makes the order
        named_sudo = self.sudo().search([("ecrm_tier_ids", "!=", False)])
        if not named_sudo:
            return named_sudo
        tiers = self.env["ecrm.tier"]
        tier = tiers._by_customer(customer, company).get(customer.id, tiers)
        return named_sudo.filtered(lambda program: program._ecrm_is_closed_to(tier))

    @api.private
    def _ecrm_is_closed_to(self, tier):
        """Tell whether a program names tiers, but not this one.

        :param ecrm.tier tier: of a customer; empty for who has none
        """
        # sudo: as in ``_ecrm_closed``
        tiers_sudo = self.sudo().ecrm_tier_ids
        # a gift card or a wallet is the customer's money, in whichever tier
        return bool(tiers_sudo) and tier not in tiers_sudo and not self.is_payment_program

    @api.private
    def _ecrm_closed_message(self):
        """Return in words for whom a program is."""
        # sudo: the customer may know which tier is asked for
        tiers = self.sudo().ecrm_tier_ids
        return self.env._(
            "%(program)s is for customers of the tier %(tiers)s only.",
            program=self.sudo().name,
            tiers=", ".join(tiers.mapped("display_name")),
        )

    @api.private
    def _ecrm_amount(self, points):
        """Return points of this program in words, as money where they are money."""
        self.ensure_one()
        is_money = self.is_payment_program or self.portal_point_name == self.currency_id.symbol
        if is_money:
            return format_amount(self.env, points, self.currency_id)
        digits = 0 if float_is_zero(points - round(points), precision_digits=2) else 2
        amount = formatLang(self.env, points, digits=digits)
        return f"{amount} {self.portal_point_name or ''}".strip()
