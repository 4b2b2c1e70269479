import json
import re
import time
import uuid

from odoo.tests import HOST, HttpCase, new_test_user
from odoo.tests.common import Opener

from ..lib.tracking import visit as visit_lib
from ..lib.tracking.event import identity_of
from .common import EcrmCase

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:{0}.0) Gecko/20100101 Firefox/{0}.0"


class Browser:
    """A browser with its own cookies, as the tests' server sees it."""

    def __init__(self, case):
        self.case = case
        self.opener = Opener(case)
        self.opener.headers["User-Agent"] = AGENT.format(140)

    def request(self, method, path, **options):
        case, before = self.case, self.case.opener
        case.opener = self.opener
        try:
            options.setdefault("allow_redirects", False)
            return self.opener.request(method, case.base_url() + path, timeout=60, **options)
        finally:
            case.opener = before

    def get(self, path, **options):
        return self.request("GET", path, **options)

    def rpc(self, path, **params):
        answer = self.request("POST", path, json={"jsonrpc": "2.0", "params": params}).json()
        self.case.assertNotIn("error", answer)
        return answer["result"]

    def accept(self):
        """Accept the cookie bar, and get the cookie."""
        choice = {"required": True, "optional": True, "ts": int(time.time() * 1000)}
        # with the host's name, so that the server can change it
        self.opener.cookies.set("website_cookies_bar", json.dumps(choice), domain=HOST)
        self.request("POST", "/ecrm/consent", json={"state": "granted"})
        return self

    def visit(self, path="/tea"):
        """Let the tracker tell of a page."""
        now = int(time.time() * 1000)
        url = self.case.base_url() + path
        event = {"id": str(uuid.uuid4()), "t": now, "k": "web.page", "u": url, "s": "visit123"}
        batch = {"v": 1, "sent": now, "events": [event]}
        self.case.assertEqual(self.request("POST", "/ecrm/collect", json=batch).status_code, 204)

    def login(self, user, password=None):
        return self.rpc(
            "/web/session/authenticate",
            db=self.case.env.cr.dbname,
            login=user.login,
            password=password or user.login,
        )

    def log_in_by_form(self, user):
        """Log in on the page for it: there Odoo merges its visitors."""
        page = self.get("/web/login").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        form = {"login": user.login, "password": user.login, "csrf_token": token}
        answer = self.request("POST", "/web/login", data=form)
        self.case.assertEqual(answer.status_code, 303)

    def logout(self):
        self.get("/web/session/logout")

    def forget_session(self):
        """Lose the session, as when the server cleaned it up."""
        self.opener.cookies.pop("session_id", None)

    @property
    def vid(self):
        cookie = visit_lib.read_cookie(self.opener.cookies.get(visit_lib.COOKIE))
        return cookie and cookie[0]

    def identity(self, partner=None):
        """Return the browser's identity: of nobody in particular, or of a contact on it."""
        return self.case._browser(visit_lib.token(self.vid, partner and partner.id))


class IdentityCase(EcrmCase, HttpCase):
    """Browsers that agreed, and people who log in on them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.cookies_bar = True
        cls.website.ecrm_tracking = "identified"
        cls.user_ann = new_test_user(cls.env, "ann_portal", "base.group_portal")
        cls.user_bea = new_test_user(cls.env, "bea_portal", "base.group_portal")
        cls.ann, cls.bea = cls.user_ann.partner_id, cls.user_bea.partner_id
        cls.ann.email, cls.bea.email = "ann@shop.example", "bea@shop.example"

    def _browser(self, token):
        kind, key = identity_of("device", token)
        self.env.invalidate_all()
        return self.env["ecrm.identity"].search([("kind", "=", kind), ("key", "=", key)])

    def _digest(self):
        while self.pipeline._digest():
            pass
        self.env.invalidate_all()

    def _new_identity(self, token, partner=None, evidence="hand"):
        """Return the identity of a browser that did something, perhaps somebody's."""
        self.log.append([self._event(identity={"device": token})])
        identity = self._browser(token)
        if partner:
            identity.link(partner, evidence)
        return identity

    def _note(self, identity, partner, evidence):
        self.env["ecrm.identity"].note_evidence(f"ecrm.{evidence}", partner.id, identity.key)

    def _ledger(self, identity):
        """Return the lines of an identity that stand, oldest first."""
        lines = identity.link_ids.sorted("id")
        return [(line.action, line.evidence, line.partner_id) for line in lines]
