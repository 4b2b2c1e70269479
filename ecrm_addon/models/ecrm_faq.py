from dateutil.relativedelta import relativedelta

from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools.translate import html_translate

from ..queries import find_articles

#: What the search looks into, and what decides whether it may.
INDEXED = {
    "name",
    "keywords",
    "summary",
    "body",
    "is_published",
    "website_published",
    "active",
}
#: What decides whether a website has anything to show.
SHOWN = {
    "is_published",
    "website_published",
    "active",
    "category_id",
    "website_id",
    "company_id",
}


class EcrmFaq(models.Model):
    """A help article: a question of customers with its answer, a page of the website.

    Visitors have no rights on it: pages and search read what ``_public_domain`` lets them, so
    that a draft, a keyword or a note cannot be reached by RPC.
    """

    _name = "ecrm.faq"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "website.seo.metadata",
        "website.published.multi.mixin",
        "website.searchable.mixin",
    ]
    _description = "Help Article"
    _order = "sequence, id"

    name = fields.Char(
        "Question", required=True, translate=True, tracking=True, help="As a customer would ask it."
    )
    summary = fields.Text(
        "Short Answer",
        translate=True,
        help="One or two sentences. Shown in lists, to search engines, and above the full answer.",
    )
    body = fields.Html(
        "Answer",
        translate=html_translate,
        sanitize_overridable=True,
        sanitize_attributes=False,
        sanitize_form=False,
    )
    keywords = fields.Char(
        translate=True,
        help="Further words by which customers look for it, separated by commas. Not shown.",
    )
    category_id = fields.Many2one(
        "ecrm.faq.category", required=True, ondelete="restrict", index=True, tracking=True
    )
    sequence = fields.Integer(default=10, index=True)
    active = fields.Boolean(default=True)
    is_published = fields.Boolean(tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        ondelete="restrict",  # without its company it would be everybody's
        help="Empty: shown on the websites of all companies.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        ondelete="set null",
        domain="[('share', '=', False)]",
        default=lambda self: self.env.user,
        help="Is reminded when the article is to be read again.",
    )
    review_months = fields.Integer("Read Again Every", default=12, help="In months; 0 for never.")
    review_date = fields.Date(
        "To Be Read Again",
        default=lambda self: fields.Date.context_today(self) + relativedelta(months=12),
        index="btree_not_null",
        tracking=True,
    )
    is_overdue = fields.Boolean(
        "Review Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )

    _of_category = models.Index("(category_id, sequence, id)")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("name", "category_id.name")
    @api.depends_context("lang")
    def _compute_website_url(self):
        result = super()._compute_website_url()
        slug = self.env["ir.http"]._slug
        for article in self.filtered("id"):
            article.website_url = f"/help/{slug(article.category_id)}/{slug(article)}"
        return result

    @api.depends("review_date", "active")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for article in self:
            article.is_overdue = bool(
                article.active and article.review_date and article.review_date < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._overdue_domain()

    def _overdue_domain(self):
        return [("active", "=", True), ("review_date", "<", fields.Date.context_today(self))]

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        articles = super().create(vals_list)
        articles._index()
        self._forget_shown()
        return articles

    def write(self, vals):
        result = super().write(vals)
        if not INDEXED.isdisjoint(vals):
            self._index()
        if not SHOWN.isdisjoint(vals):
            self._forget_shown()
        return result

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        # writes past write()
        result = super()._update_field_translations(field_name, translations, digest, source_lang)
        if field_name in INDEXED:
            self._index()
        return result

    def unlink(self):
        self._forget_shown()
        return super().unlink()

    def copy_data(self, default=None):
        values = super().copy_data(default)
        return [
            {**vals, "name": self.env._("%s (copy)", article.name)}
            for article, vals in zip(self, values, strict=True)
        ]

    def _index(self):
        """Let the search know what the articles say now."""
        # sudo: whoever may write an article need not be allowed to write what is made of it
        self.env["ecrm.faq.text"].sudo()._index(self)

    # ------------------------------------------------------------
    # WHO SEES IT
    # ------------------------------------------------------------

    @api.model
    def _public_domain(self, website):
        """Return the domain of what visitors of a website may read.

        The same as ``find_articles.visible``, which says it in SQL.
        """
        company_id = website._ecrm_settings()["company_id"]
        places = [("website_id", website.id), ("company_id", company_id)]
        return Domain.AND(
            [(f"{prefix}{field}", "in", (False, own))]
            for prefix in ("", "category_id.")
            for field, own in places
        ) & Domain(
            [
                ("is_published", "=", True),
                ("active", "=", True),
                ("category_id.is_published", "=", True),
                ("category_id.active", "=", True),
            ]
        )

    @api.model
    def _visible_sql(self, website):
        # what is not flushed yet is not found by SQL
        self.env.flush_all()
        return find_articles.visible(website.id, website._ecrm_settings()["company_id"])

    @api.model
    @tools.ormcache("website.id")
    def _is_shown(self, website):
        """Return whether a website has any article to read; asked by each page of an account."""
        # sudo: visitors have no rights on articles
        return bool(self.sudo().search_count(self._public_domain(website), limit=1))

    @api.model
    def _forget_shown(self):
        self.env.registry.clear_cache()

    # ------------------------------------------------------------
    # REVIEW
    # ------------------------------------------------------------

    def action_reviewed(self):
        """Button: it was read and is right; it is to be read again when its time has come."""
        for article in self:
            months = article.review_months
            today = fields.Date.context_today(self)
            article.review_date = months > 0 and today + relativedelta(months=months)
        self.activity_feedback(["mail.mail_activity_data_todo"])

    @api.model
    def _cron_remind(self):
        """Ask those responsible to read what is overdue, once for each article."""
        overdue = self.search(
            Domain(self._overdue_domain())
            & Domain("is_published", "=", True)
            & Domain("user_id", "!=", False)
            & Domain("activity_ids", "=", False)
        )
        for article in overdue:
            article.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Is this answer still right?"),
                user_id=article.user_id.id,
            )

    @api.model
    @api.private
    def _remove_activities(self):
        """Remove all activities about articles, when the addon goes."""
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities.search([("res_model", "=", self._name)]).unlink()
