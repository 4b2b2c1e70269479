from odoo import fields, models


class EcrmProductSequence(models.Model):
    """A product that was looked at after another one in the same visit.

    Of visits whose visitors agreed to be known, two people at least. No row names anybody.
    """

    _name = "ecrm.product.sequence"
    _inherit = "ecrm.product.count"
    _description = "Products Viewed Next"
    _order = "visits desc, product_tmpl_id, other_tmpl_id"
    _log_access = False

    other_tmpl_id = fields.Many2one(
        "product.template",
        "Viewed Next",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,  # a product is deleted
    )
    visits = fields.Integer(readonly=True, aggregator=None)
    weight = fields.Float(
        readonly=True,
        digits=None,
        aggregator=None,
        help="The visits once more, each the lighter the more products lay between.",
    )

    # what a page reads: the rows of a few products; the product first, as one may be deleted
    _key = models.UniqueIndex("(product_tmpl_id, website_id, other_tmpl_id)")
