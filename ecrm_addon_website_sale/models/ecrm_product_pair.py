from odoo import api, fields, models


class EcrmProductPair(models.Model):
    """Two products that were ordered together, as the night counted it.

    Each pair is there in both directions, as only the strongest of each product are kept.
    """

    _name = "ecrm.product.pair"
    _inherit = "ecrm.product.count"
    _description = "Products Bought Together"
    _order = "orders desc, product_tmpl_id, other_tmpl_id"
    _log_access = False

    other_tmpl_id = fields.Many2one(
        "product.template",
        "Bought with It",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,  # a product is deleted
    )
    orders = fields.Integer(
        readonly=True, aggregator=None, help="Orders that held both of the products."
    )
    weight = fields.Float(
        readonly=True,
        digits=None,
        aggregator=None,
        help="The orders once more, each half as heavy as one 90 days later; pairs are in this "
        "order. Only differences say something.",
    )

    # what a page reads: the rows of a few products; the product first, as one may be deleted
    _key = models.UniqueIndex("(product_tmpl_id, website_id, other_tmpl_id)")

    @api.depends("product_tmpl_id", "other_tmpl_id")
    def _compute_display_name(self):
        for pair in self:
            names = (pair.product_tmpl_id.display_name, pair.other_tmpl_id.display_name)
            pair.display_name = " + ".join(name or "" for name in names)
