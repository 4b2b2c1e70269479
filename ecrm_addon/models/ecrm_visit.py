import hmac
import json

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain
from odoo.http import request
from odoo.tools import consteq, email_normalize

from ..lib.tracking import bots
from ..lib.tracking import visit as visit_lib
from ..lib.tracking.event import identity_of
from .ecrm_identity import LOGIN
from .ecrm_identity_evidence import CLAIM

#: Odoo's cookie bar keeps the visitor's choice in this cookie.
BAR_COOKIE = "website_cookies_bar"
#: Under this name a web session keeps which contact its visitor made, as a guest.
GUEST = "ecrm_guest"


class EcrmVisit(models.AbstractModel):
    """Who is behind the current request, as far as that person agreed to be known.

    A visit is a dict: ``vid`` (the browser's random id), ``token`` and ``key`` (of its
    identity), ``partner_id`` (of a logged-in customer), ``session_key``, ``website_id``,
    ``company_id``, ``consent_id``, ``verdict``, ``reasons``. None of it logs anybody in.
    """

    _name = "ecrm.visit"
    _description = "Current Visit"

    # ------------------------------------------------------------
    # FOR OTHERS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def current(self):
        """Return the visit of the current request, or None where nothing may be recorded.

        None: there is no request or website, the mode is another, the visitor did not agree,
        took it back, sends Global Privacy Control or Do Not Track, or is an employee.
        """
        visit = self._told()
        return visit if visit and self._holds(visit) else None

    @api.model
    @api.private
    def session_key(self):
        """Return the stored key of the current visit, begun where it was not, or None."""
        visit = self._begun(self.current())
        return visit and visit["session_key"]

    @api.model
    @api.private
    def identities(self):
        """Return under what the current visitor is known on this browser.

        What was done on it before a login belongs to whoever logged in, unless it was
        somebody else's already.
        """
        visit = self.current()
        # sudo: visitors may not read identities; these are their own
        identities_sudo = self.env["ecrm.identity"].sudo()
        if not visit:
            return identities_sudo
        _kind, browser_key = identity_of("device", visit_lib.token(visit["vid"]))
        own = Domain("key", "=", visit["key"])
        before = Domain("key", "=", browser_key)
        before &= Domain("partner_id", "in", [False, visit["partner_id"]])
        return identities_sudo.search(Domain("kind", "=", "device") & (own | before))

    # ------------------------------------------------------------
    # WHOSE THE BROWSER IS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def note_link(self, partner, evidence):
        """Note that the current browser is a contact's; append and go on.

        What it did anonymously becomes part of the contact's history, if the rules of
        ``docs/identity.md`` allow it; the pipeline decides. Who is logged in is known by
        that already: a click or a checkout then says nothing about the browser.

        :param res.partner partner: whose it is
        :param str evidence: login, checkout, form (of a confirmed address) or click
        :return bool: whether it was noted
        """
        visit = self._linkable(evidence)
        if not visit or not partner:
            return False
        partner.ensure_one()
        self._note(f"ecrm.{evidence}", partner.id, visit)
        return True

    @api.model
    @api.private
    def note_guest(self, partner):
        """Note that the current visitor made a contact of herself, in a guest's checkout.

        Where she has not agreed yet, her web session keeps the contact, as it keeps her
        cart, so that her consent says whose the browser is. The session and not the cart: a
        link in a mail opens a cart elsewhere, too. As ever the first counts, and nothing is
        kept after a refusal.
        """
        if not request or self.note_link(partner, "checkout"):
            return
        website = self._website()
        waits = website._ecrm_settings()["mode"] == "identified" and not self._says_no()
        if waits and self._bar_choice(website) is not False:
            request.session.setdefault(GUEST, partner.id)

    def _note_earlier_guest(self, visit):
        """Note whose a browser is that agrees after its visitor's checkout as a guest."""
        partner_id = request.session.get(GUEST)
        if partner_id and visit["verdict"] != "machine":
            self._note("ecrm.checkout", partner_id, visit)

    @api.model
    @api.private
    def note_claim(self, email):
        """Note that an address was typed on the current browser: it links nothing by itself.

        :param str email: as it was typed
        :return bool: whether it was noted
        """
        address = email_normalize(email)
        visit = address and self._linkable("form")
        if not visit:
            return False
        _kind, address = identity_of("email", address)
        self._note(CLAIM, visit["website_id"], visit, address)
        return True

    @api.model
    @api.private
    def _browser_token(self):
        """Return the token of the current browser, or None where it did not agree."""
        visit = self.current()
        return visit and visit_lib.token(visit["vid"])

    def _linkable(self, evidence):
        """Return the current visit if evidence may say something about its browser."""
        visit = self.current()
        if not visit or visit["verdict"] == "machine" or request.env.cr.readonly:
            return None
        return visit if evidence == "login" or not visit["partner_id"] else None

    def _note(self, model, res_id, visit, address=""):
        _kind, key = identity_of("device", visit_lib.token(visit["vid"]))
        # sudo: visitors have no rights in the log; a browser with a new id is not in it yet
        identity_sudo = self.env["ecrm.log"].sudo().meet(key)
        identity_sudo.note_evidence(model, res_id, key, address)

    # ------------------------------------------------------------
    # WHO IT IS
    # ------------------------------------------------------------

    def _website(self):
        # sudo: the door has no user; which website it is depends on the host alone
        websites = self.env(user=SUPERUSER_ID)["website"]
        known = getattr(request, "website_routing", None)  # Odoo looked it up for its routes
        return websites.browse(known) if known else websites.get_current_website()

    def _told(self):
        """Return the visit as the browser tells of it; its consent is not looked up."""
        if not request or not request.env:
            return None
        website = self._website()
        if website._ecrm_settings()["mode"] != "identified" or self._says_no():
            return None
        return self._visit(website)

    def _visit(self, website):
        """Return the visit by the browser's cookie, or None without a good one.

        The cookie is not enough: the bar must say yes, and to its present words.
        """
        cookie = self._own_cookie()
        if not cookie or not self._bar_choice(website):
            return None
        vid, consent_id = cookie
        if consent_id <= website._ecrm_settings()["outdated"]:
            return None
        return self._describe(website, vid, consent_id)

    def _own_cookie(self):
        """Return id and consent of the browser's cookie if this server gave it, else None."""
        cookie = visit_lib.read_cookie(request.httprequest.cookies.get(visit_lib.COOKIE))
        return cookie[:2] if cookie and self._is_signed(cookie) else None

    def _describe(self, website, vid, consent_id):
        """Return the visit of a browser whose consent is known; None for employees."""
        partner_id, is_customer = self._person()
        if partner_id and not is_customer:
            return None
        token = visit_lib.token(vid, partner_id)
        name = self._visit_name()
        verdict, reasons = self._judge()
        return {
            "vid": vid,
            "token": token,
            "key": identity_of("device", token)[1],
            "partner_id": partner_id,
            "session_key": self._session_key(vid, name) if visit_lib.is_visit(name) else None,
            "website_id": website.id,
            "company_id": website._ecrm_settings()["company_id"],
            "consent_id": consent_id,
            "verdict": verdict,
            "reasons": reasons,
        }

    @staticmethod
    def _visit_name():
        begun = getattr(request, "ecrm_visit_name", None)
        return begun or request.httprequest.cookies.get(visit_lib.VISIT_COOKIE)

    def _session_key(self, vid, name):
        # by the browser's own token: a visit goes on when its visitor logs in
        return visit_lib.session_key(visit_lib.token(vid), name)

    def _begun(self, visit):
        """Return a visit with its key, begun where no tracker did: it may be blocked."""
        if visit and not visit["session_key"]:
            if not self._holds(visit):
                return None
            request.ecrm_visit_name = visit_lib.new_id()
            request.future_response.set_cookie(
                visit_lib.VISIT_COOKIE,
                request.ecrm_visit_name,
                max_age=visit_lib.IDLE,
                secure=request.httprequest.scheme == "https",
                samesite="Lax",
            )
            visit["session_key"] = self._session_key(visit["vid"], request.ecrm_visit_name)
        return visit

    def _person(self):
        """Return the contact who is logged in, and whether it is a customer."""
        if not request.session.uid:
            return None, True
        return self.env["res.users"]._ecrm_visitor_of(request.session.uid)

    def _judge(self):
        """Return verdict and reasons on what kind of agent this is."""
        http_request = request.httprequest
        headers = http_request.headers
        return bots.judge(headers.get("User-Agent"), headers, http_request.method)

    # ------------------------------------------------------------
    # WHAT THE PERSON SAID
    # ------------------------------------------------------------

    @staticmethod
    def _says_no():
        """Return whether the browser objects: Global Privacy Control, or Do Not Track."""
        headers = request.httprequest.headers
        return headers.get("Sec-GPC") == "1" or headers.get("DNT") == "1"

    def _bar_choice(self, website):
        """Return what was chosen in Odoo's cookie bar: True, False, or None for no choice.

        An answer to earlier words is no answer.
        """
        settings = website._ecrm_settings()
        if not settings["bar"]:
            return None
        accepted, at = self._bar_answer()
        return None if accepted and at < settings["since"] else accepted

    @staticmethod
    def _bar_answer():
        """Return what the bar's cookie says: True, False or None, and when (ms since 1970)."""
        try:
            choice = json.loads(request.httprequest.cookies.get(BAR_COOKIE) or "")
        except (ValueError, RecursionError):
            return None, 0
        if not isinstance(choice, dict) or not isinstance(choice.get("optional"), bool):
            return None, 0
        at = choice.get("ts")
        return choice["optional"], at if type(at) is int and 0 <= at < 2**53 else 0

    def _holds(self, visit):
        """Return whether a visit may be recorded: by the browser's consent, and the account's."""
        if not self._consent_holds(visit["consent_id"]):
            return False
        partner_id = visit["partner_id"]
        # sudo: as below
        consents_sudo = self.env["ecrm.consent"].sudo()
        return not (partner_id and consents_sudo.refused_after(partner_id, visit["consent_id"]))

    def _consent_holds(self, consent_id):
        # sudo: the ledger is closed to visitors; this only asks whether a line holds
        return self.env["ecrm.consent"].sudo().browse(consent_id).exists().holds()

    def _is_signed(self, cookie):
        vid, consent_id, signature = cookie
        return consteq(signature, self._sign(vid, consent_id))

    def _sign(self, vid, consent_id):
        # not with Odoo's secret: a cookie from before the addon was installed anew would
        # name somebody else's consent
        secret = self.env["ecrm.log"]._uid_secret().encode()
        return hmac.digest(secret, f"ecrm.visit:{vid}.{consent_id}".encode(), "sha256").hex()[:32]

    # ------------------------------------------------------------
    # LOGIN AND LOGOUT
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _note_login(self, user_id):
        """Note that what this browser did before was this person's; append and go on.

        Where it was somebody else's, the person begins with a new id: what happens on the
        browser after this login is not the other one's any more.
        """
        visit = self._linkable("login")
        partner_id, is_customer = self.env["res.users"]._ecrm_visitor_of(user_id)
        if not visit or not is_customer:
            return
        _kind, key = identity_of("device", visit_lib.token(visit["vid"]))
        # sudo: visitors have no rights in the ledger
        if self.env["ecrm.identity"].sudo()._is_of_another(key, partner_id):
            vid = self._renew(visit["consent_id"])
            if not vid:
                return
            visit = {**visit, "vid": vid}
        self._note(LOGIN, partner_id, visit)

    @api.model
    @api.private
    def _leave(self):
        """Give the browser a new id at logout: the next person on it begins as nobody.

        The consent was the browser's and goes on; nothing is written, as the logout may run
        on a replica.
        """
        cookie = self._own_cookie()
        if cookie:
            self._renew(cookie[1])

    def _renew(self, consent_id):
        """Give the browser a new id that ends when the one before would have ended.

        :return str: the id; None where the consent does not hold any more
        """
        response = request.future_response
        response.set_cookie(visit_lib.VISIT_COOKIE, max_age=0)
        max_age = self._remaining(consent_id)
        if not max_age:
            # taken back elsewhere: the bar's answer of before would have us begin anew
            response.set_cookie(BAR_COOKIE, max_age=0)
        if max_age <= 0 or self._says_no() or self._bar_choice(self._website()) is False:
            response.set_cookie(visit_lib.COOKIE, max_age=0)
            return None
        vid = visit_lib.new_id()
        self._set_cookie(response, vid, consent_id, max_age)
        return vid

    def _remaining(self, consent_id):
        """Return for how many seconds a browser may still be known by a consent."""
        if not self._consent_holds(consent_id):
            return 0
        # sudo: as in _consent_holds
        granted_at = self.env["ecrm.consent"].sudo().browse(consent_id).create_date
        age = fields.Datetime.now() - granted_at
        return visit_lib.MAX_AGE - int(age.total_seconds())

    def _set_cookie(self, response, vid, consent_id, max_age=visit_lib.MAX_AGE):
        response.set_cookie(
            visit_lib.COOKIE,
            visit_lib.write_cookie(vid, consent_id, self._sign(vid, consent_id)),
            max_age=max_age,
            httponly=True,
            secure=request.httprequest.scheme == "https",
            samesite="Lax",
        )
