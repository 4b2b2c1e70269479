import logging

from odoo import api, fields, models
from odoo.http import request

from ..lib.tracking import bots, payload
from ..lib.tracking import visit as visit_lib
from ..lib.tracking.event import identity_of
from ..lib.tracking.urls import host_of

_logger = logging.getLogger(__name__)


class EcrmDoor(models.AbstractModel):
    """What happens to a browser's batch: consent, limits, cleaning, one append.

    The controller has checked the request as such; this decides whose batch it is and
    whether it may be kept. It writes new rows only, and never waits for anybody's lock.
    """

    _name = "ecrm.door"
    _inherit = "ecrm.visit"
    _description = "Door for Browsers"

    @api.model
    @api.private
    def collect(self, batch, response):
        """Keep what of a batch may be kept.

        :param dict batch: as ``lib.tracking.payload.parse`` returns it
        :param Response response: gets the browser's cookie
        :raise Refused: 429 for too many, 403 for an unknown site
        """
        if "site" in batch:
            return self._collect_site(batch)
        website = self._website()
        mode = website._ecrm_settings()["mode"]
        if mode == "off" or self._says_no():
            return 0
        if mode == "anonymous":
            return self._count(website, batch)
        visit = self._visit(website)
        if not visit and self._bar_choice(website):
            visit = self._newcomer(website, response)
        if not visit:
            self._forget_cookie(response)
            return 0
        return self._store(batch, visit, response)

    @api.model
    @api.private
    def decide(self, state, erase, response):
        """Keep what a visitor said in the cookie bar: write it down, give or take the cookie.

        :param str state: granted, refused or withdrawn
        :param bool erase: whether what was recorded of this browser is to go, too
        """
        website = self._website()
        visit = self._cookie_visit(website)
        if state == "granted":
            if not visit or not self._consent_holds(visit["consent_id"]):
                self._newcomer(website, response)
            return
        if visit:
            self._withdraw(visit, erase)
        self._forget_cookie(response)

    # ------------------------------------------------------------
    # CONSENT
    # ------------------------------------------------------------

    def _newcomer(self, website, response):
        """Begin with a browser whose visitor agreed; None where nothing may be recorded."""
        if website._ecrm_settings()["mode"] != "identified" or self._says_no():
            return None
        partner_id, is_customer = self._person()
        if partner_id and not is_customer:
            return None
        self._limit("newcomer", request.httprequest.remote_addr)
        vid = visit_lib.new_id()
        consent = self._grant(vid, website, "cookie bar")
        self._set_cookie(response, vid, consent.id)
        return self._describe(website, vid, consent.id)

    def _grant(self, vid, website, source):
        # sudo: a visitor has no rights; the line is written because of what was said
        settings = website._ecrm_settings()
        return (
            self.env["ecrm.consent"]
            .sudo()
            .record(
                self._identity(vid),
                "granted",
                source=source,
                website_id=website.id,
                company_id=settings["company_id"],
                text_version=str(settings["since"]),
            )
        )

    def _identity(self, vid):
        _kind, key = identity_of("device", visit_lib.token(vid))
        return self.env["ecrm.log"].sudo().meet(key)

    def _cookie_visit(self, website):
        """Return the visit of the cookie, whatever is chosen now."""
        cookie = visit_lib.read_cookie(request.httprequest.cookies.get(visit_lib.COOKIE))
        if not cookie or not self._is_signed(cookie):
            return None
        return self._describe(website, *cookie[:2])

    def _withdraw(self, visit, erase):
        # sudo: as above; who shows the browser's cookie speaks for it
        consent_sudo = self.env["ecrm.consent"].sudo().browse(visit["consent_id"]).exists()
        identity_sudo = consent_sudo.identity_id
        consent_sudo.withdraw("cookie bar")
        if erase and identity_sudo:
            self.env["ecrm.log"].sudo().erase((identity_sudo | self._identity(visit["vid"])).ids)

    def _forget_cookie(self, response):
        for name in (visit_lib.COOKIE, visit_lib.VISIT_COOKIE):
            if name in request.httprequest.cookies:
                response.set_cookie(name, max_age=0, expires=0)

    # ------------------------------------------------------------
    # KEEPING
    # ------------------------------------------------------------

    def _store(self, batch, visit, response):
        self._limit("visit", visit["key"])
        own_token = visit_lib.token(visit["vid"])
        cleaned = payload.clean(
            batch,
            fields.Datetime.now(),
            lambda name: visit_lib.session_key(own_token, name),
            host_of(request.httprequest.host_url),
        )
        stored = self._append(visit, cleaned.rows)
        if stored < 0:
            # taken back meanwhile, on another device or by the company
            self._forget_cookie(response)
            return 0
        self._set_aside(visit, cleaned.refused)
        return stored

    def _append(self, visit, rows):
        if not rows:
            return 0
        self._mark_views(rows)
        # sudo: visitors have no rights in the log, the door has
        return self.env["ecrm.log"].sudo().receive(visit, rows)

    def _mark_views(self, rows):
        """Add to views by what kind of device they were seen."""
        device = self._device()
        for row in rows:
            if row["kind"] in payload.VIEWS:
                row["props"]["device"] = device

    def _device(self):
        http_request = request.httprequest
        return bots.device_class(http_request.user_agent.string, http_request.headers)

    def _set_aside(self, visit, refused):
        """Put refused events into quarantine, as long as they are few."""
        rows = []
        for kept, reason in refused:
            if not self.env["ecrm.limits"].allows("refused", visit["key"]):
                _logger.info("More refused events of one visit are dropped: %s", reason)
                break
            event = {
                **kept,
                "identity_kind": "device",
                "identity_key": visit["key"],
                "company_id": visit["company_id"],
                "website_id": visit["website_id"],
                "consent_id": visit["consent_id"],
                "verdict": visit["verdict"],
            }
            rows.append((event, event, reason))
        if rows:
            self.env["ecrm.log"].sudo().set_aside(rows)  # sudo: as above

    def _limit(self, kind, key):
        if not self.env["ecrm.limits"].allows(kind, key):
            raise payload.Refused(429, "too_often", "Too many requests. Try again later.")

    # ------------------------------------------------------------
    # ANONYMOUS COUNTS
    # ------------------------------------------------------------

    def _count(self, website, batch):
        """Count views per day: no identifier, no time of day, no visitor."""
        self._limit("anonymous", request.httprequest.remote_addr)
        verdict, _reasons = self._judge()
        if verdict == "machine":
            return 0
        own_host = host_of(request.httprequest.host_url)
        cleaned = payload.clean(batch, fields.Datetime.now(), lambda name: None, own_host)
        rows = [self._count_row(website, row) for row in cleaned.rows]
        if rows:
            # sudo: as above
            self.env["ecrm.web.count"].sudo()._append(rows)
        return len(rows)

    def _count_row(self, website, row):
        label = (row["path"] or "/").partition("?")[0]
        if row["kind"] == "web.search":
            label = row["props"].get("term") or ""
        return {
            "day": row["occurred_at"][:10],
            "website_id": website.id,
            "company_id": website._ecrm_settings()["company_id"],
            "kind": row["kind"],
            "label": label,
            "source": row["utm_source"] or row.get("referrer_host") or "",
            "device": self._device(),
        }

    # ------------------------------------------------------------
    # SITES OUTSIDE ODOO
    # ------------------------------------------------------------

    def _collect_site(self, batch):
        """Keep the batch of a site outside Odoo, which asks for consent by its own banner."""
        site = self.env["ecrm.site"]._of_key(str(batch["site"]))
        origin = (request.httprequest.headers.get("Origin") or "").lower()
        if not site or origin not in site["origins"]:
            raise payload.Refused(403, "origin", "This site may not send events here.")
        vid, consent = batch.get("vid"), batch.get("consent")
        if self._says_no() or not visit_lib.is_id(vid):
            return 0
        vid = f"{batch['site']}:{vid}"  # one site cannot speak of another's visitors
        _kind, key = identity_of("device", visit_lib.token(vid))
        if consent != "granted":
            self._end_site_consent(key)
            return 0
        self._limit("visit", key)
        visit = self._site_visit(site, vid, key)
        return self._store(batch, visit, None) if visit else 0

    def _site_visit(self, site, vid, key):
        identity_sudo = self.env["ecrm.log"].sudo().meet(key)
        consents_sudo = self.env["ecrm.consent"].sudo()  # sudo: as above
        consent_sudo = consents_sudo.current(identity_sudo)
        if consent_sudo.state != "granted":
            self._limit("newcomer", request.httprequest.remote_addr)
            consent_sudo = consents_sudo.record(
                identity_sudo,
                "granted",
                source=f"site {site['site_id']}",
                website_id=site["website_id"],
                company_id=site["company_id"],
            )
        verdict, reasons = self._judge()
        return {
            "vid": vid,
            "key": key,
            "partner_id": None,
            "website_id": site["website_id"],
            "company_id": site["company_id"],
            "consent_id": consent_sudo.id,
            "verdict": verdict,
            "reasons": reasons,
        }

    def _end_site_consent(self, key):
        identity_sudo = (
            self.env["ecrm.identity"].sudo().search([("kind", "=", "device"), ("key", "=", key)])
        )
        if identity_sudo:
            self.env["ecrm.consent"].sudo().current(identity_sudo).withdraw("site")
