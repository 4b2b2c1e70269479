from odoo import api, fields, models
from odoo.exceptions import UserError


class EcrmTier(models.Model):
    """What a tier brings: programs that are open to its customers alone, and a pricelist."""

    _inherit = "ecrm.tier"

    # whoever may not read programs in Odoo does not see them here either
    program_ids = fields.Many2many(
        "loyalty.program",
        "ecrm_tier_loyalty_program_rel",
        "tier_id",
        "program_id",
        "Loyalty Programs",
        copy=False,
        # gift cards and wallets are the customer's money
        domain="[('program_type', 'not in', ['gift_card', 'ewallet'])]"
        " + ([('company_id', 'in', [company_id, False])] if company_id else [])",
        groups="sales_team.group_sale_salesman",
        help="These programs are for customers of this tier, and of other tiers that name "
        "them. A program that no tier names is for everybody.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', 'in', [company_id, False])] if company_id else []",
        groups="product.group_product_pricelist",
        help="Customers of this tier get it, unless their contact has a pricelist of its own.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_programs(self):
        """Keep a tier that programs name: without it they would be open to everybody."""
        # sudo: whoever may delete tiers need not see programs
        for tier in self.sudo():
            if tier.program_ids:
                raise UserError(
                    self.env._(
                        "Loyalty programs are for customers of %s alone. Take them off the "
                        "tier before you delete it, or archive it.",
                        tier.display_name,
                    )
                )

    @api.model
    @api.private
    def _by_customer(self, customers, company):
        """Return the tiers that customers have in a company, by id of the customer.

        :param res.partner customers: commercial partners
        :return dict[int, ecrm.tier]: with sudo, only of those who have one
        """
        # sudo: salespeople and customers get what a tier brings without rights in eCRM
        profiles_sudo = (
            self.env["ecrm.profile"]
            .sudo()
            .search_fetch(
                [
                    ("company_id", "=", company.id),
                    ("partner_id", "in", customers.ids),
                    ("tier_id", "!=", False),
                ],
                ["partner_id", "tier_id"],
            )
        )
        return {profile.partner_id.id: profile.tier_id for profile in profiles_sudo}
