from odoo import fields, models


class EcrmProductCount(models.AbstractModel):
    """What the night counts of a product on a website.

    Of templates, not of variants: sizes and colours of a shirt share what is bought with it, which
    each of them alone would not reach the least number for. Rows are written by
    ``ecrm.recommender``.
    """

    _name = "ecrm.product.count"
    _description = "Count of a Product"
    _rec_name = "product_tmpl_id"

    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    website_id = fields.Many2one("website", required=True, readonly=True, ondelete="cascade")
    product_tmpl_id = fields.Many2one(
        "product.template", "Product", required=True, readonly=True, ondelete="cascade"
    )
