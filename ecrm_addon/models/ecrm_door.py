import json
import logging
import time

from odoo import api, models
from odoo.http import request

from ..lib.tracking import bots, clock, payload, sources
from ..lib.tracking import visit as visit_lib
from ..lib.tracking.event import identity_of
from ..lib.tracking.urls import host_of
from .ecrm_identity import LOGIN
from .ecrm_visit import BAR_COOKIE

_logger = logging.getLogger(__name__)

#: Source of what a site outside Odoo tells of its own banner.
SITE = "site"
#: Source of what is said in Odoo's cookie bar, and in a customer's account.
BAR = "cookie bar"
PORTAL = "portal"


class EcrmDoor(models.AbstractModel):
    """What happens to a browser's batch: consent, limits, cleaning, one append.

    The controller has checked the request as such; this decides whose batch it is and
    whether it may be kept. It writes new rows only, one for a batch, and never waits for
    anybody's lock.
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
        if mode == "identified" and not self._says_no():
            visit = self._visit(website)
            if not visit and self._agrees(website, response):
                visit = self._newcomer(website, response)
            if visit:
                return self._store(batch, visit, response)
        # nothing may be known of this browser, so it keeps nothing of ours either
        self._forget_cookie(response)
        if mode == "anonymous" and not self._says_no():
            return self._count(website, batch)
        return 0

    @api.model
    @api.private
    def decide(self, state, erase, response, source=BAR):
        """Keep what a visitor said in the cookie bar: write it down, give or take the cookie.

        :param str state: granted, refused or withdrawn
        :param bool erase: whether what was recorded of this browser is to go, too
        :param str source: where it was said, ``BAR`` or ``PORTAL``
        """
        website = self._website()
        if state == "granted":
            visit = self._visit(website)
            if not visit or not self._holds(visit):
                visit = self._newcomer(website, response, source)
            if visit and source != BAR:
                self._answer_bar(response, True)
            return
        cookie = self._own_cookie()
        if cookie:
            self._withdraw(*cookie, erase, source)
        self._forget_cookie(response)
        if self._bar_answer()[0] or source != BAR:
            # said elsewhere than in the bar, whose cookie would have us begin again
            self._answer_bar(response, False)

    @api.model
    @api.private
    def portal_visit(self):
        """Return how the browser at hand stands, as far as it tells itself: without a query.

        :return dict: ``state``: none or anonymous (by the website's mode), employee, signal
            (it objects by itself), asked; ``consent_id`` on which its cookie rests, or None;
            and ``keeps_stock``: whether Odoo itself notes which pages a customer opens
        """
        website = self._website()
        mode = website._ecrm_settings()["mode"]
        cookie = self._own_cookie() if self._bar_choice(website) else None
        state = {"identified": "asked", "anonymous": "anonymous"}.get(mode, "none")
        is_customer = self._person()[1]
        if mode == "identified" and not is_customer:
            state = "employee"
        elif mode == "identified" and self._says_no():
            state = "signal"
        consent_id = cookie[1] if cookie else None
        if consent_id and consent_id <= website._ecrm_settings()["outdated"]:
            consent_id = None
        keeps_stock = is_customer and not website._ecrm_replaces_stock()
        return {"state": state, "consent_id": consent_id, "keeps_stock": keeps_stock}

    # ------------------------------------------------------------
    # CONSENT
    # ------------------------------------------------------------

    def _agrees(self, website, response):
        """Return whether the bar says yes; an answer from before a customer's no does not count."""
        if not self._bar_choice(website):
            return False
        partner_id = self._person()[0]
        # sudo: the ledger is closed to visitors; this only asks when they said no themselves
        refused_at = partner_id and self.env["ecrm.consent"].sudo().refused_at(partner_id)
        if refused_at and self._bar_answer()[1] <= refused_at:
            response.set_cookie(BAR_COOKIE, max_age=0, expires=0)
            return False
        return True

    def _newcomer(self, website, response, source=BAR):
        """Begin with a browser whose visitor agreed; None where nothing may be recorded."""
        if website._ecrm_settings()["mode"] != "identified" or self._says_no():
            return None
        partner_id, is_customer = self._person()
        if partner_id and not is_customer:
            return None
        self._limit("newcomer", request.httprequest.remote_addr)
        vid = self._known_vid(website) or visit_lib.new_id()
        consent = self._grant(vid, website, source)
        self._set_cookie(response, vid, consent.id)
        visit = self._describe(website, vid, consent.id)
        if partner_id:
            self._note(LOGIN, partner_id, visit)
        else:
            self.env["website.visitor"]._ecrm_adopt(visit_lib.token(vid))
            self._note_earlier_guest(visit)
        return visit

    def _known_vid(self, website):
        """Return the id of a browser whose visitor agreed before, and now to newer words."""
        vid, consent_id = self._own_cookie() or (None, 0)
        outdated = 0 < consent_id <= website._ecrm_settings()["outdated"]
        return vid if outdated and self._consent_holds(consent_id) else None

    def _grant(self, vid, website, source):
        # sudo: a visitor has no rights; the line is written because of what was said
        return (
            self.env["ecrm.consent"]
            .sudo()
            .record(
                self._identity(vid),
                "granted",
                source=source,
                website_id=website.id,
                company_id=website._ecrm_settings()["company_id"],
                proof=self._proof(website, source),
                **self._words(website, source),
            )
        )

    def _words(self, website, source):
        """Return which words the visitor was shown, and these."""
        lang = self._language(website)
        if source == BAR:
            version, text = website._ecrm_text_version(lang), website._ecrm_bar_text(lang)
        else:
            text = website._ecrm_visits_text(lang)
            version = self.env["ecrm.consent.text"].version_of(source, text)
        return {"text_version": version, "text": text}

    def _proof(self, website, source):
        """Return what the browser tells of a decision: no address, no agent."""
        headers = request.httprequest.headers
        # said elsewhere than in the bar, what stands there is from before
        accepted, at = self._bar_answer() if source == BAR else (None, 0)
        return {
            "accepted": accepted,
            "ts": at or None,
            "language": self._language(website),
            # one character: nobody hides an identifier in it
            "signals": {name: headers.get(name, "")[:1] for name in ("Sec-GPC", "DNT")},
        }

    @staticmethod
    def _language(website):
        """Return the code of the language in which the visitor reads."""
        code = request.httprequest.cookies.get("frontend_lang")
        known = code in website.language_ids.mapped("code")
        return code if known else website.default_lang_id.code

    def _identity(self, vid):
        _kind, key = identity_of("device", visit_lib.token(vid))
        return self.env["ecrm.log"].sudo().meet(key)

    def _withdraw(self, vid, consent_id, erase, source):
        # sudo: as above; who shows the browser's cookie speaks for it
        consent_sudo = self.env["ecrm.consent"].sudo().browse(consent_id).exists()
        consent_sudo.withdraw(source, proof=self._proof(self._website(), source))
        if erase:
            self.env["ecrm.privacy"].sudo()._erase_browser(vid, self._person()[0], consent_sudo)

    def _forget_cookie(self, response):
        for name in (visit_lib.COOKIE, visit_lib.VISIT_COOKIE):
            if response is not None and name in request.httprequest.cookies:
                response.set_cookie(name, max_age=0, expires=0)

    @staticmethod
    def _answer_bar(response, accepted):
        """Let Odoo's cookie bar know what was answered elsewhere.

        Not by ``set_cookie``, whose quotes the bar's script cannot read.
        """
        told = {"required": True, "optional": accepted, "ts": int(time.time() * 1000)}
        choice = json.dumps(told)
        response.headers.add(
            "Set-Cookie", f"{BAR_COOKIE}={choice}; Path=/; Max-Age=31536000; SameSite=Lax"
        )

    # ------------------------------------------------------------
    # KEEPING
    # ------------------------------------------------------------

    def _store(self, batch, visit, response):
        self._limit("visit", visit["key"])
        own_token = visit_lib.token(visit["vid"])
        cleaned = payload.clean(
            batch,
            clock.now(),
            lambda name: visit_lib.session_key(own_token, name),
            self._own_host(),
        )
        stored = self._append(visit, cleaned.rows)
        if stored < 0:
            # taken back meanwhile, on another device or by the company: who answered the bar
            # before is asked again, or the next batch would begin anew
            self._forget_cookie(response)
            if response is not None:
                response.set_cookie(BAR_COOKIE, max_age=0, expires=0)
            return 0
        self._set_aside(visit, cleaned.refused)
        return stored

    @staticmethod
    def _own_host():
        return host_of(f"https://{request.httprequest.host}")

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
        headers = request.httprequest.headers
        return bots.device_class(headers.get("User-Agent"), headers)

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
        if not self._person()[1]:
            return 0
        verdict, _reasons = self._judge()
        if verdict == "machine":
            return 0
        own_host = self._own_host()
        cleaned = payload.clean(batch, clock.now(), lambda name: None, own_host)
        rows = [self._count_row(website, row) for row in cleaned.rows]
        if rows:
            # sudo: as above
            self.env["ecrm.web.count"].sudo()._append(rows)
        return len(rows)

    def _count_row(self, website, row):
        label = row.get("path", "/").partition("?")[0]
        if label.startswith("/my/"):
            label = "/my"  # whose order or address it is would tell who it was
        if row["kind"] == "web.search":
            label = row["props"].get("term") or ""
        return {
            "day": row["occurred_at"][:10],
            "website_id": website.id,
            "company_id": website._ecrm_settings()["company_id"],
            "kind": row["kind"],
            "label": label,
            "source": sources.classify(row.get("referrer_host"), row.get("utm_source"))[0],
            "device": self._device(),
        }

    # ------------------------------------------------------------
    # SITES OUTSIDE ODOO
    # ------------------------------------------------------------

    def _collect_site(self, batch):
        """Keep the batch of a site outside Odoo, which asks for consent by its own banner."""
        site = self.env["ecrm.site"]._of_key(batch["site"])
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
        if consent_sudo.state == "withdrawn" and consent_sudo.source != SITE:
            return None  # taken back here: the site has to ask again, under a new id
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
            self.env["ecrm.consent"].sudo().current(identity_sudo).withdraw(SITE)
