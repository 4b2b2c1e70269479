from odoo import fields, models


class EcrmProductSeller(models.Model):
    """A best seller of a website: what everybody may be shown."""

    _name = "ecrm.product.seller"
    _inherit = "ecrm.product.count"
    _description = "Best Seller"
    _order = "website_id, place"
    _log_access = False

    place = fields.Integer(readonly=True, aggregator=None, help="1 is what sells best.")
    orders = fields.Integer("Orders of 30 Days", readonly=True, aggregator=None)
    all_orders = fields.Integer("Orders", readonly=True, aggregator=None)

    # the product first, as one may be deleted
    _key = models.UniqueIndex("(product_tmpl_id, website_id)")
    # what a page reads: the first ones of a website
    _place = models.Index("(website_id, place)")
