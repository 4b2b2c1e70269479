"""A visitor's browser without a screen: requests with its cookies, as fast as the server."""

import json
import re
import time
import uuid

import requests

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Browser(requests.Session):
    """A browser: its cookies, its agent, and what people do in it."""

    VISIT = "m3x8k2p9q1"  # as the tracker names one

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.headers["User-Agent"] = AGENT

    def request(self, method, url, **options):
        options.setdefault("timeout", 60)
        return super().request(method, self.server.url + url, **options)

    def accept(self):
        choice = {"required": True, "optional": True, "ts": int(time.time() * 1000)}
        self.cookies.set("website_cookies_bar", json.dumps(choice))
        self.visit("/")
        return self

    def visit(self, path, kind="web.page", **props):
        now = int(time.time() * 1000)
        event = {"id": str(uuid.uuid4()), "t": now, "k": kind, "u": self.server.url + path}
        event.update(p=props, s=self.VISIT)
        batch = {"v": 1, "sent": now, "events": [event]}
        assert self.post("/ecrm/collect", json=batch).status_code == 204

    def login(self, name):
        page = self.get("/web/login").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        form = {"login": name, "password": name, "csrf_token": token}
        answer = self.post("/web/login", data=form, allow_redirects=False)
        assert answer.status_code == 303, answer.text[:500]

    def logout(self):
        assert self.get("/web/session/logout", allow_redirects=False).status_code == 303

    @property
    def vid(self):
        return self.cookies.get("ecrm_vid", "").partition(".")[0]
