"""Our pages and forms against who should not be there, found in the routing map.

A route that somebody adds tomorrow is tried, too: what it is follows from how it is declared,
and what differs is written down here. The numbers are those of the attack cases, M15 to M55.
"""

import re

from odoo.tests import tagged
from odoo.tools import mute_logger

from .pages_case import DOOR_TYPES, OPENS, PagesCase, token_for
from .trust_case import MUTED

#: A mail program has no session; the token is the right to it (RFC 8058).
WITHOUT_CSRF = {"/ecrm/u/<string:token>"}
#: Whose a number in an address is: without an entry here a route's test fails.
OWNERS = {"partner_id": "res.partner", "request_id": "ecrm.privacy.request"}
#: Numbers in an address that are nobody's.
NUMBERS = {"page"}
#: What a page may be asked for besides what it knows.
ASKED = ("page", "sortby", "filterby", "before", "channel", "search", "search_in", "date_begin")
ODD = ("x", "-1", "0", str(10**9), "9" * 400, "' OR 1=1 --", "%s%(x)s", "[]", "²", "\0",
       "<script>alert(1)</script>", "2026-13-45T99:00:00_1")  # fmt: skip
#: Where a page might be told to lead to.
LEADING = ("redirect", "next", "url", "r", "return_url", "back", "goto", "callback", "redirect_url")
ELSEWHERE = ("https://evil.example", "//evil.example", "/\\evil.example", "https:evil.example")


@tagged("post_install", "-at_install")
class TestPages(PagesCase):
    def test_what_is_tried(self):
        """Nothing of ours has a kind that this file does not know."""
        kinds = {(route.type, route.auth) for route in self._our_routes() if not route.is_stock}
        known = {(type_, "none") for type_ in DOOR_TYPES}
        known |= {("http", "user"), ("jsonrpc", "user"), ("http", "public"), ("jsonrpc", "public")}
        self.assertLessEqual(kinds, known)
        self.assertGreaterEqual(len(self._pages("user")), 4)
        self.assertGreaterEqual(len(self._pages("public")), 4)

    @mute_logger(*MUTED)
    def test_login_is_asked_for(self):
        """M15: of nobody, and of who was sent away, whatever their session was."""
        self._login(self.ron)
        self.assertEqual(self.url_open("/my/loyalty").status_code, 200)
        self.ron.user_ids.active = False
        self._assert_asked_to_log_in()
        self.authenticate(None, None)
        self._assert_asked_to_log_in()

    def _assert_asked_to_log_in(self):
        for route in self._pages("user") + self._pages("user", "POST"):
            method = "GET" if "GET" in route.methods else "POST"
            response = self._open(route, method)
            if route.type == "jsonrpc":
                self.assertIn("SessionExpired", self._error(route, response), route.url)
                continue
            self.assertEqual(response.status_code, 303, route.url)
            self.assertIn("/web/login", response.headers["Location"], route.url)

    @mute_logger(*MUTED)
    def test_headers(self):
        """M26, M27: what is personal is not kept by a browser, and framed by no other site."""
        self._login(self.rosa)
        tokens = self._tokens()
        for route in self._pages():
            if not re.search("token|^/my", route.url) or "<int" in route.url:
                continue
            token = token_for(route, tokens)
            response = self._open(route, token=token)
            if self._is_led_on(response):
                continue
            self.assertIn(response.status_code, (200, 404), route.url)
            headers = response.headers
            self.assertEqual(headers.get("Cache-Control"), "no-store", route.url)
            self.assertIn("frame-ancestors 'self'", headers["Content-Security-Policy"], route.url)
            self.assertEqual(headers.get("X-Frame-Options"), "SAMEORIGIN", route.url)
            if "token" in route.url:
                self.assertEqual(headers.get("Referrer-Policy"), "no-referrer", route.url)
                self.assertIn("noindex", headers.get("X-Robots-Tag", ""), route.url)

    @staticmethod
    def _is_led_on(response):
        """Return whether a page that moved leads to where it is now, on this site."""
        where = response.headers.get("Location", "")
        return response.is_redirect and bool(re.match(r"(http://127\.0\.0\.1:\d+)?/my", where))

    @mute_logger(*MUTED)
    def test_forms_ask_for_a_token(self):
        """M21: without the token of the session nothing is taken."""
        tokens, tried = self._tokens(), 0
        for partner in (self.rosa, None):
            if partner:
                self._login(partner)
            else:
                self.authenticate(None, None)
            before = self._writes()
            for route in self._pages(None if partner else "public", "POST", ["http"]):
                token = token_for(route, tokens)
                if not route.csrf:
                    self.assertIn(route.url, WITHOUT_CSRF)
                    continue
                for data in ({"a": "1"}, {"csrf_token": "0" * 50}, {"csrf_token": ""}):
                    response = self._open(route, "POST", data, token=token)
                    self.assertEqual(response.status_code, 400, route.url)
                    tried += 1
            self.assertEqual(self._writes(), before)
        self.assertGreater(tried, 20)

    @mute_logger(*MUTED)
    def test_odd_parameters(self):
        """M20: a page or "not found", whatever is asked for."""
        self._login(self.rosa)
        for route in self._pages():
            names = {*ASKED, *route.names} - {"self"}
            for value in (*ODD, *([] if route.type == "http" else [[], {}, 7, True, 10**30])):
                response = self._open(route, data=dict.fromkeys(names, value))
                self.assertIn(response.status_code, (200, 303, 400, 403, 404), (route.url, value))
                self.assertNotIn("Traceback (most recent", response.text, (route.url, value))
                self.assertNotIn("<script>alert(1)", response.text, route.url)
                self.assertIsNone(self._error(route, response), (route.url, value))

    @mute_logger(*MUTED)
    def test_nobody_is_led_elsewhere(self):
        """No page of ours sends anybody to an address that a link names."""
        self._login(self.rosa)
        tokens = self._tokens()
        for route in self._pages(types=["http"]) + self._pages(None, "POST", ["http"]):
            token = token_for(route, tokens)
            for where in ELSEWHERE:
                data = dict.fromkeys(LEADING, where)
                for method in route.methods & {"GET"}:
                    self._assert_stays(route, self._open(route, method, data, token=token))

    def _assert_stays(self, route, response):
        self.assertNotIn("evil", response.headers.get("Location", ""), route.url)
        found = re.findall(r"""(?:href|action|src)=["']([^"']*)""", response.text)
        leads = [url for url in found if re.match(r"(https?:)?/?[/\\]*evil", url)]
        self.assertFalse(leads, route.url)

    # ------------------------------------------------------------
    # WHOSE
    # ------------------------------------------------------------

    def test_pages_of_one_person(self):
        """What is a colleague's, or another customer's, stands on no page of ours."""
        self._login(self.rosa)
        shown = ""
        for route in self._pages("user"):
            if "<" in route.url:
                continue
            response = self._open(route)
            shown += response.text
            for partner in self.tim | self.zed:
                self.assertNotIn(self._word(partner), response.text, route.url)
                self.assertNotIn(partner.email, response.text, route.url)
            for word in ("churn", "lifetime", "at risk", "p_alive", "clv"):
                self.assertNotIn(word, self._content(response.text), route.url)
        self.assertIn(self._word(self.rosa), shown)

    @staticmethod
    def _content(text):
        return text.partition('id="wrap"')[2].lower()

    @mute_logger(*MUTED)
    def test_somebody_elses_is_like_absent(self):
        """A number of somebody else's is answered as one that is not there."""
        self._login(self.rosa)
        for route in self._pages("user") + self._pages("user", "POST"):
            for name in set(re.findall(r"<int:(\w+)>", route.url)) - NUMBERS:
                self.assertIn(name, OWNERS, f"whose is {name} of {route.url}?")
                theirs = self._somebody_elses(OWNERS[name])
                absent = theirs + 10 ** len(f"{theirs}")
                self.assertEqual(
                    self._answer(route, theirs), self._answer(route, absent), route.url
                )

    def _somebody_elses(self, model):
        record = self.tim if model == "res.partner" else self.env[model].search([], limit=1)
        return record.id or 1

    def _answer(self, route, number):
        before = self._writes()
        response = self._open(route, "GET" if "GET" in route.methods else "POST", number=number)
        self.assertEqual(self._writes(), before, route.url)
        return self._without(response, self._fill(route, number=number))

    # ------------------------------------------------------------
    # TOKENS
    # ------------------------------------------------------------

    @mute_logger(*MUTED)
    def test_wrong_tokens(self):
        """M18: wrong, cut, changed, of another kind: all of them are like one of nobody."""
        tokens = self._tokens()
        self.authenticate(None, None)
        session, tried = self._csrf("/ecrm/subscribe"), 0
        for route in self._pages("public", "GET") + self._pages("public", "POST", ["http"]):
            if "token" not in route.url:
                continue
            before, answers = self._writes(), []
            method = "GET" if "GET" in route.methods else "POST"
            for token in self._wrong(route, tokens):
                data = {"csrf_token": session} if method == "POST" else None
                response = self._open(route, method, data, token=token)
                # a script is answered by words, all the same ones
                expected = 200 if route.type == "jsonrpc" else 404
                self.assertEqual(response.status_code, expected, (route.url, token))
                answers.append(self._without(response, self._fill(route, token)))
            tried += len(answers)
            for answer in answers[1:]:
                self.assertEqual(answer, answers[0], route.url)
            self.assertEqual(self._writes(), before, route.url)
        self.assertGreater(tried, 20)

    def _wrong(self, route, tokens):
        good = token_for(route, tokens)
        wrong = ["x", "0" * 40, "é" * 20, "0" * 400]
        wrong += [t for p, t in tokens.items() if not route.url.startswith(OPENS[p])]
        flipped = "1" if good[-1] == "0" else "0"
        return wrong + [good[:-1] + flipped, good[:-2], "00" + good[2:], good[2:], good + "00"]
