from odoo import fields, models


class EcrmProductSeller(models.Model):
    """A best seller of a website: what everybody may be shown."""

    _name = "ecrm.product.seller"
    _description = "Best Seller"
    _order = "website_id, place"
    _rec_name = "product_tmpl_id"
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    website_id = fields.Many2one("website", required=True, readonly=True, ondelete="cascade")
    product_tmpl_id = fields.Many2one(
        "product.template",
        "Product",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    place = fields.Integer(readonly=True, aggregator=None, help="1 is what sells best.")
    orders = fields.Integer("Orders of 30 Days", readonly=True, aggregator=None)
    all_orders = fields.Integer("Orders", readonly=True, aggregator=None)

    # the product first, as one may be deleted
    _key = models.UniqueIndex("(product_tmpl_id, website_id)")
    # what a page reads: the first ones of a website
    _place = models.Index("(website_id, place)")
