import hashlib
from datetime import datetime, timezone

from lxml import etree

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
        groups="base.group_user",
    )
    ecrm_keep_stock_tracking = fields.Boolean(
        "Keep Odoo's Own Page Views",
        help="Odoo writes its own page views before a visitor was asked. They are switched "
        "off while eCRM measures this website, unless you keep them here.",
        groups="base.group_user",
    )
    ecrm_consent_since = fields.Datetime(
        "Consents Count Since",
        help="Visitors who answered the cookie bar before are asked again: their answer was "
        "to other words.",
        groups="base.group_user",
    )

    # no dependency on the bar: saving it unchanged must not undo what somebody chose here
    def _compute_ecrm_tracking(self):
        for website in self:
            website.ecrm_tracking = "identified" if website.cookies_bar else "off"

    def write(self, vals):
        if not vals.keys().isdisjoint(self._ecrm_cached_fields()):
            self.env.registry.clear_cache()
        if vals.get("ecrm_tracking") == "identified":
            # nobody can agree without a bar
            return super().write({**vals, "cookies_bar": True})
        if "cookies_bar" not in vals or "ecrm_tracking" in vals:
            return super().write(vals)
        switched = self.filtered(lambda website: website.cookies_bar != bool(vals["cookies_bar"]))
        result = super().write(vals)
        switched._ecrm_follow_bar()
        return result

    def _ecrm_follow_bar(self):
        """Switch to what fits the cookie bar; counting without identifiers needs none."""
        for website in self.filtered(lambda website: website.ecrm_tracking != "anonymous"):
            website.ecrm_tracking = "identified" if website.cookies_bar else "off"

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
            company_id, bar (bool), outdated (id of the last consent given to earlier words)
        """
        self.ensure_one()
        website_sudo = self.sudo()  # visitors may not read settings, and are not told them
        since = website_sudo.ecrm_consent_since
        return {
            "mode": website_sudo.ecrm_tracking,
            "keep_stock": website_sudo.ecrm_keep_stock_tracking,
            "since": int(since.replace(tzinfo=timezone.utc).timestamp() * 1000) if since else 0,
            "company_id": website_sudo.company_id.id,
            "bar": website_sudo.cookies_bar,
            "outdated": self.env["ecrm.consent"].sudo().last_before(since) if since else 0,
        }

    @api.private
    def _ecrm_replaces_stock(self):
        """Return whether Odoo's own page and product views are not to be written."""
        settings = self._ecrm_settings()
        return settings["mode"] != "off" and not settings["keep_stock"]

    @api.private
    def _ecrm_page_config(self):
        """Return what the tracker must know; the same for all visitors of a cached page."""
        settings = self._ecrm_settings()
        return {"v": 1, "mode": settings["mode"], "since": settings["since"]}

    # ------------------------------------------------------------
    # WORDS OF THE COOKIE BAR
    # ------------------------------------------------------------

    @api.private
    def _ecrm_ask_again(self):
        """Let answers count from now on only: everybody is asked again."""
        self.write({"ecrm_consent_since": fields.Datetime.now()})

    @api.private
    def _ecrm_text_version(self, lang):
        """Return which words the cookie bar shows, such as ``2026-11-23 3f2a9c01``.

        The day is when everybody was asked last. The rest is a digest of the words, which
        changes as soon as somebody edits them.

        :param str lang: code of the language in which they are shown
        """
        since = self._ecrm_settings()["since"]
        asked = datetime.fromtimestamp(since / 1000, timezone.utc).date() if since else "first"
        return f"{asked} {self._ecrm_bar_digest(lang)}"

    @tools.ormcache("self.id", "lang", cache="templates")
    def _ecrm_bar_digest(self, lang):
        words = "\n".join(view.arch or "" for view in self._ecrm_bar_views(lang))
        return hashlib.sha256(words.encode()).hexdigest()[:8]

    @api.private
    @tools.ormcache("self.id", "lang", cache="templates")
    def _ecrm_bar_text(self, lang):
        """Return what the cookie bar says, without its markup.

        :param str lang: code of the language in which it is shown
        """
        return " ".join(_text_of(view.arch) for view in self._ecrm_bar_views(lang))

    @api.private
    @tools.ormcache("self.id", "lang", cache="templates")
    def _ecrm_visits_text(self, lang):
        """Return what is said of recorded visits, in the bar and elsewhere."""
        return " ".join(_text_of(view.arch) for view in self._ecrm_visits_views(lang))

    def _ecrm_bar_views(self, lang):
        # sudo: visitors may not read views; they get what the page shows anyway
        website = self.sudo().with_context(website_id=self.id, lang=lang)
        view = website.viewref("website.cookies_bar", raise_if_not_found=False)
        views = view | view.inherit_children_ids.filtered(
            lambda child: child.active and child.website_id in (self.browse(), website)
        )
        return views | self._ecrm_visits_views(lang)

    def _ecrm_visits_views(self, lang):
        # what the page's script adds to the bar; sudo: as above
        website = self.sudo().with_context(website_id=self.id, lang=lang)
        return website.viewref("ecrm_addon.ecrm_consent_text", raise_if_not_found=False)


def _text_of(arch):
    """Return the words of a view; what only changes attributes of another one has none."""
    if not arch:
        return ""
    texts = etree.fromstring(arch).xpath("//text()[not(ancestor::attribute)]")
    return " ".join(" ".join(texts).split())
