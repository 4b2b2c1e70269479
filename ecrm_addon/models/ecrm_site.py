import secrets

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ..lib.tracking.urls import host_of


class EcrmSite(models.Model):
    """A site outside Odoo that carries the tracker: its key and its origins.

    The key is no secret, everybody finds it in the page; it says where visits belong. That
    a batch comes from that site is what its origin says, which a browser does not let a
    page forge.
    """

    _name = "ecrm.site"
    _description = "Site outside Odoo"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    key = fields.Char(
        "Site Key",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(12),
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    website_id = fields.Many2one(
        "website", help="Show its visits as those of this website. Empty: as a site of its own."
    )
    allowed_origins = fields.Text(
        required=True,
        help="One address per line, such as https://blog.example.com. Pages from elsewhere "
        "are refused.",
    )

    snippet = fields.Char(
        "Code for the Pages",
        compute="_compute_snippet",
        help="Goes into the head of each page of that site.",
    )

    _key_unique = models.Constraint("unique(key)", "This key is in use already.")

    @api.depends("key", "website_id")
    def _compute_snippet(self):
        # sudo: the address of this server is in every page of it
        default = self.env["ir.config_parameter"].sudo().get_param("web.base.url", "")
        for site in self:
            base = site.website_id.domain or default
            site.snippet = (
                f'<script async src="{base.rstrip("/")}/ecrm_addon/static/src/tracker/ecrm.js" '
                f'data-site="{site.key}"></script>'
            )

    @api.constrains("allowed_origins")
    def _check_allowed_origins(self):
        for site in self:
            for origin in site._origins():
                if not origin.startswith(("https://", "http://")) or not host_of(origin):
                    raise ValidationError(
                        self.env._(
                            "%s is no address of a site. Write one per line, beginning with "
                            "https://",
                            origin,
                        )
                    )

    def _origins(self):
        lines = (self.allowed_origins or "").lower().split()
        return [line.rstrip("/") for line in lines]

    @api.model
    @api.private
    def _of_key(self, key):
        """Return id, company, website and origins of a site, or None.

        :param str key: as a page tells it
        """
        return self._all_sites().get(key)

    @api.model
    @api.private
    @tools.ormcache()
    def _all_origins(self):
        """Return all allowed origins: a browser asks for leave before it shows a key."""
        return frozenset().union(*(site["origins"] for site in self._all_sites().values()))

    @tools.ormcache()
    def _all_sites(self):
        # all at once: who tries keys may not fill the cache with them
        return {
            site_sudo.key: {
                "site_id": site_sudo.id,
                "company_id": site_sudo.company_id.id,
                "website_id": site_sudo.website_id.id or None,
                "origins": frozenset(site_sudo._origins()),
            }
            for site_sudo in self.sudo().search([])  # a door has no rights of its own
        }

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_forget_key(self):
        self.env.registry.clear_cache()
