from odoo import api, fields, models
from odoo.fields import Domain


class EcrmFaqCategory(models.Model):
    """What help articles are about: a part of the help pages."""

    _name = "ecrm.faq.category"
    _inherit = ["website.seo.metadata", "website.published.multi.mixin"]
    _description = "Help Category"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True, help="One sentence: what is found here. Shown under the name."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_published = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="restrict",  # without its company it would be everybody's
        help="Empty: shown on the websites of all companies.",
    )
    article_ids = fields.One2many("ecrm.faq", "category_id", "Articles")
    article_count = fields.Integer("Articles Written", compute="_compute_article_count")

    def _compute_article_count(self):
        counts = dict(
            self.env["ecrm.faq"]._read_group(
                [("category_id", "in", self.ids)], ["category_id"], ["__count"]
            )
        )
        for category in self:
            category.article_count = counts.get(category, 0)

    @api.depends("name")
    @api.depends_context("lang")
    def _compute_website_url(self):
        result = super()._compute_website_url()
        for category in self.filtered("id"):
            category.website_url = f"/help/{self.env['ir.http']._slug(category)}"
        return result

    @api.model
    def _shown(self, website):
        """Return the domain of the categories that visitors of a website may read."""
        company_id = website._ecrm_settings()["company_id"]
        return Domain(
            [
                ("is_published", "=", True),
                ("active", "=", True),
                ("website_id", "in", (False, website.id)),
                ("company_id", "in", (False, company_id)),
            ]
        )

    def _is_on(self, website):
        return self.website_id.id in (False, website.id)

    def _default_website_meta(self):
        meta = super()._default_website_meta()
        meta["default_meta_description"] = self.description
        return meta

    @api.model_create_multi
    def create(self, vals_list):
        self.env["ecrm.faq"]._forget_shown()
        return super().create(vals_list)

    def write(self, vals):
        self.env["ecrm.faq"]._forget_shown()
        return super().write(vals)
