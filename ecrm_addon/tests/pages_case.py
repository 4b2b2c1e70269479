import re
from urllib.parse import quote

from ..models.ecrm_email_optin import PURPOSE as OPTIN
from ..models.ecrm_email_preference import PURPOSE as PREFERENCE
from ..models.ecrm_feedback_answer import PURPOSE as FEEDBACK
from ..models.ecrm_privacy_person import PURPOSE as PERSON
from .trust_case import TrustCase

#: Routes that answer programs: they have no page, no session, and tests of their own.
DOOR_TYPES = {"ecrm", "ecrm_api", "ecrm_link"}
#: Which pages a token opens, by what it was made for.
OPENS = {
    PREFERENCE: ("/ecrm/u/", "/ecrm/preferences/"),
    OPTIN: ("/ecrm/confirm/",),
    PERSON: ("/ecrm/privacy/",),
    FEEDBACK: ("/ecrm/feedback/",),
}


class PagesCase(TrustCase):
    """Opens the routes of ours that have a page or that a page's script calls."""

    def _pages(self, auth=None, method="GET", types=("http", "jsonrpc")):
        return [
            route
            for route in self._our_routes()
            if route.type in types
            and method in route.methods
            and not route.is_stock
            and auth in (None, route.auth)
        ]

    def _fill(self, route, token="0" * 40, number=10**8):
        url = re.sub(r"<int:\w+>", str(number), route.url)
        url = re.sub(r"<(string:)?\w*token>", token, url)
        return re.sub(r"<(?:\w+:)?\w+>", "x", url)

    def _open(self, route, method="GET", data=None, **filled):
        """Open a route as a browser, or as a script of a page does."""
        url = self._fill(route, **filled)
        if route.type == "jsonrpc":
            params = {"jsonrpc": "2.0", "method": "call", "params": data or {}}
            return self.url_open(url, json=params, method="POST")
        if method == "GET":
            return self.url_open(url, params=data, allow_redirects=False)
        return self.url_open(url, data=data or {"a": "1"}, allow_redirects=False)

    def _error(self, route, response):
        """Return the error of a script's call, None where there is none."""
        if route.type != "jsonrpc":
            return None
        return response.json().get("error", {}).get("data", {}).get("name")

    def _without(self, response, path):
        """Return an answer without what differs from call to call: its address, first of all."""
        text = re.sub(r'csrf_token: "\w+"|value="[0-9a-fo]{40,}"', "", response.text)
        for word in {path, quote(path), quote(path, safe=""), quote(quote(path), safe="")}:
            text = text.replace(word, "")
        moving = {"Date", "Content-Length", "Set-Cookie", "Server"}
        headers = {k: v for k, v in response.headers.items() if k not in moving}
        return response.status_code, headers, text

    def _tokens(self):
        """Return a good token of each kind that we send to addresses, Rosa's."""
        email, company = self.rosa.email_normalized, self.env.company
        optin = self.env["ecrm.email.optin"].sudo()
        topics = self.env["ecrm.topic"].of_company(company)[:1]
        optin.ask(email, topics, "trust")
        row = optin.search([], order="id desc", limit=1)
        asked = {"kind": "nps", "partner_id": self.rosa.id, "company_id": company.id}
        question = self.env["ecrm.feedback"].create({**asked, "email": email})
        return {
            PREFERENCE: self.env["ecrm.email.preference"].token_for(email, company),
            OPTIN: row._url().rpartition("/")[2],
            PERSON: self.env["ecrm.privacy.person"].token_for(email, company),
            FEEDBACK: question._token(),
        }


def token_for(route, tokens):
    """Return the token that opens a route; of a kind that we do not know, one that opens none."""
    return next((t for p, t in tokens.items() if route.url.startswith(OPENS[p])), "0" * 40)
