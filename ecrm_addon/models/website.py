from odoo import api, fields, models, tools

MODES = [
    ("off", "Off"),
    ("anonymous", "Anonymous counts"),
    ("identified", "Visits of those who agree"),
]


class Website(models.Model):
    _inherit = "website"

    ecrm_tracking = fields.Selection(
        MODES,
        "Visits",
        compute="_compute_ecrm_tracking",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="Anonymous counts: how often each page is seen per day, without cookie or "
        "identifier. Visits of those who agree: nothing before a visitor accepts the cookie "
        "bar, and nothing after a refusal.",
    )
    ecrm_keep_stock_tracking = fields.Boolean(
        "Keep Odoo's Own Page Views",
        help="Odoo writes its own page views before a visitor was asked. They are switched "
        "off while eCRM measures this website, unless you keep them here.",
    )
    ecrm_consent_since = fields.Datetime(
        "Consents Count Since",
        help="Visitors who answered the cookie bar before are asked again: their answer was "
        "to other words.",
    )

    @api.depends("cookies_bar")
    def _compute_ecrm_tracking(self):
        for website in self:
            if not website.cookies_bar:
                # without a bar nobody can agree; counting without identifiers needs none
                website.ecrm_tracking = (
                    "anonymous" if website.ecrm_tracking == "anonymous" else "off"
                )
            elif website.ecrm_tracking != "anonymous":
                website.ecrm_tracking = "identified"

    def write(self, vals):
        if not vals.keys().isdisjoint(self._ecrm_cached_fields()):
            self.env.registry.clear_cache()
        if vals.get("ecrm_tracking") == "identified" and "cookies_bar" not in vals:
            vals = {**vals, "cookies_bar": True}
        return super().write(vals)

    @api.model
    def _ecrm_cached_fields(self):
        return {
            "ecrm_tracking",
            "ecrm_keep_stock_tracking",
            "ecrm_consent_since",
            "cookies_bar",
            "company_id",
        }

    @api.private
    @tools.ormcache("self.id")
    def _ecrm_settings(self):
        """Return what each page and each beacon must know of this website, without a query.

        :return dict: mode, keep_stock (bool), since (milliseconds since 1970, 0 for ever),
            company_id, bar (bool)
        """
        self.ensure_one()
        website_sudo = self.sudo()  # visitors may not read settings, and are not told them
        since = website_sudo.ecrm_consent_since
        return {
            "mode": website_sudo.ecrm_tracking,
            "keep_stock": website_sudo.ecrm_keep_stock_tracking,
            "since": int(since.timestamp() * 1000) if since else 0,
            "company_id": website_sudo.company_id.id,
            "bar": website_sudo.cookies_bar,
        }

    @api.private
    def _ecrm_page_config(self):
        """Return what the tracker must know; the same for all visitors of a cached page."""
        settings = self._ecrm_settings()
        return {"v": 1, "mode": settings["mode"], "since": settings["since"]}
