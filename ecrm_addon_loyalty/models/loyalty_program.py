from odoo import api, fields, models


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
        # a gift card or a wallet is the customer's money, in whichever tier
        named_sudo = named_sudo.filtered(lambda program: not program.is_payment_program)
        if not named_sudo:
            return named_sudo
        tier = self.env["ecrm.tier"]._by_customer(customer, company).get(customer.id)
        return named_sudo.filtered(lambda program: not tier or tier not in program.ecrm_tier_ids)

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
