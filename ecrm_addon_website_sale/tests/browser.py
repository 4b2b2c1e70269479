import json
import time
import uuid

from odoo.addons.ecrm_addon.lib.tracking import visit as visit_lib

#: Whoever names itself as a program is taken for one.
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0.0.0 Safari/537.36"


class Browser:
    """A browser that can accept the cookie bar and tell what the tracker tells; for HttpCase."""

    def setUp(self):
        super().setUp()
        self.opener.headers["User-Agent"] = AGENT

    def _log_in(self, login):
        """Log in on this browser; Odoo's helper takes another one."""
        cookies = self.opener.cookies.get_dict()
        self.authenticate(login, login)
        self.opener.headers["User-Agent"] = AGENT
        for name in cookies.keys() - {"session_id"}:
            self.opener.cookies[name] = cookies[name]

    def _agree(self, visit="visit-0001"):
        """Accept the cookie bar as a browser does, and begin a visit."""
        choice = {"required": True, "optional": True, "ts": int(time.time() * 1000)}
        self.opener.cookies["website_cookies_bar"] = json.dumps(choice)
        self._begin_visit(visit)
        self._beacon()
        self.assertIn("ecrm_vid", self.opener.cookies)

    def _begin_visit(self, visit):
        self.opener.cookies.pop(visit_lib.VISIT_COOKIE, None)
        self.opener.cookies[visit_lib.VISIT_COOKIE] = visit

    def _beacon(self, kind="web.page", uid=None, **props):
        """Send one event as the tracker does."""
        now = int(time.time() * 1000)
        event = {
            "id": uid or str(uuid.uuid4()),
            "t": now,
            "k": kind,
            "u": f"{self.base_url()}/shop",
            "s": self.opener.cookies.get(visit_lib.VISIT_COOKIE),
            "p": props,
        }
        return self._post("/ecrm/collect", {"v": 1, "sent": now, "events": [event]})

    def _post(self, url, body):
        return self.url_open(
            url, data=json.dumps(body), headers={"Content-Type": "application/json"}
        )
