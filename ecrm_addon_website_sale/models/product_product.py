from collections import namedtuple

from odoo import fields, models
from odoo.http import request

#: What a product costs in the shop, in the currency of the pricelist: ``before`` is the price
#: that is struck through, None where there is none.
ShopPrice = namedtuple("ShopPrice", "price before")


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _ecrm_shop_prices(self, website, pricelist=None, fiscal_position=None, uom=None):
        """Return what products cost as the shop shows it, all by one reading of the pricelist.

        As Odoo's ``product.template._get_sales_prices``, for variants, and without a request.

        :param website website: whose way of showing taxes counts
        :param product.pricelist pricelist: None: that of the visitor
        :param account.fiscal.position fiscal_position: None: that of the visitor
        :param uom.uom uom: in which one is sold; None: each product's own
        :return dict: product id -> ``ShopPrice``
        """
        if not self:
            return {}
        pricelist = request.pricelist if pricelist is None else pricelist
        position = request.fiscal_position if fiscal_position is None else fiscal_position
        company = website.company_id
        currency = pricelist.currency_id or company.currency_id
        rules = pricelist._compute_price_rule(self, 1.0, currency=currency, uom=uom)
        prices = {}
        for product in self:
            price, rule_id = rules[product.id]
            before = product._ecrm_price_before(rule_id, currency, uom)
            # sudo: visitors read no taxes
            taxes_sudo = product.sudo().taxes_id._filter_taxes_by_company(company)
            shown = [
                self.env["product.template"]._apply_taxes_to_price(
                    amount, currency, taxes_sudo, position.map_tax(taxes_sudo), product, website
                )
                for amount in (price, max(price, before))
            ]
            is_reduced = currency.compare_amounts(shown[1], shown[0]) > 0
            prices[product.id] = ShopPrice(shown[0], shown[1] if is_reduced else None)
        return prices

    def _ecrm_price_before(self, rule_id, currency, uom):
        """Return the price without the discount of a rule, 0 where the shop does not tell it."""
        rule = self.env["product.pricelist.item"].browse(rule_id or [])
        if not rule or not rule._show_discount_on_shop():
            return 0
        return rule._compute_price_before_discount(
            product=self,
            quantity=1.0,
            date=fields.Date.context_today(self),
            uom=uom or self.uom_id,
            currency=currency,
        )
