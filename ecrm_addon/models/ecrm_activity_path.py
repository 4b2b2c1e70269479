from urllib.parse import unquote

from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.routing import RequestRedirect

from odoo import models
from odoo.fields import Domain
from odoo.http import request


class EcrmActivityPath(models.AbstractModel):
    """Tells which addresses that somebody visited once are pages of this website today."""

    _name = "ecrm.activity.path"
    _description = "Visited Pages"

    def _resolve(self, paths):
        """Return what there is at paths now; those of no page are left out.

        Controllers are asked without a query, all others are looked up at once. Whether the
        record of a page is still there is for the caller to find out.

        :param Iterable[str] paths: as the log holds them, with parameters
        :return dict: path -> model and id of the record that the page shows, or None
        """
        local = {path: self._strip(path) for path in paths if self._is_local(path)}
        if not request:  # there are routes only in requests, and links only on pages
            return dict.fromkeys(local)
        found, unknown = {}, {}
        for path, stripped in local.items():
            try:
                found[path] = self._route(stripped)
            except HTTPException:
                unknown[path] = stripped
        pages = self._pages(set(unknown.values())) if unknown else ()
        return found | {path: None for path, stripped in unknown.items() if stripped in pages}

    @staticmethod
    def _is_local(path):
        # a path leads nowhere but to this website, and to no switch such as a logout
        return path.startswith("/") and not path.startswith(("//", "/\\", "/web/"))

    def _strip(self, path):
        """Return a path without parameters and without the language at its beginning."""
        # no text of PostgreSQL holds the character 0
        path = unquote(path.partition("?")[0]).replace("\0", "")
        first, slash, rest = path[1:].partition("/")
        languages = {lang.url_code for lang in self.env["res.lang"]._get_frontend().values()}
        return f"/{rest}" if first in languages else path

    def _route(self, path):
        """Return which record a controller shows at a path, or None.

        :raise HTTPException: there is no such page
        """
        try:
            endpoint, values = self.env["ir.http"].routing_map().bind("").match(path, method="GET")
        except RequestRedirect:
            return None  # such as for a slash too many
        if endpoint.routing["type"] != "http" or not endpoint.routing.get("website"):
            raise NotFound  # no page, such as a file
        records = [value for value in values.values() if isinstance(value, models.BaseModel)]
        return (records[-1]._name, records[-1].id) if records else None

    def _pages(self, paths):
        """Return which paths are those of published pages of this website."""
        website = self.env["website"].get_current_website()
        # sudo: customers have no right on pages, but may see them
        pages_sudo = self.env["website.page"].sudo()
        domain = Domain("url", "in", list(paths)) & Domain("website_published", "=", True)
        pages_sudo = pages_sudo.search_fetch(
            domain & Domain(website.website_domain()), ["url", "website_published", "date_publish"]
        )
        return set(pages_sudo.filtered("is_visible").mapped("url"))
