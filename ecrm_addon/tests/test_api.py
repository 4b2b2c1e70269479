import json

from odoo.tests import HttpCase, tagged

from ..lib.api import examples, openapi, payload
from .api_case import ApiCase

PATH = "/ecrm/api/v1/events"


@tagged("post_install", "-at_install")
class TestApiHttp(ApiCase, HttpCase):
    """The request as a whole: who, what, how large."""

    def setUp(self):
        super().setUp()
        # the limits outlive a rollback, and the next test's key has the same id
        self.env["ecrm.limits"].forget()

    def _post(self, body, **headers):
        headers = {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.secret}",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        headers = {name: value for name, value in headers.items() if value is not None}
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        return self.url_open(PATH, data=data, headers=headers, method="POST")

    def _assert_refused(self, response, status, code):
        self.assertEqual(response.status_code, status, response.text)
        self.assertEqual(response.headers["Content-Type"], "application/json")
        self.assertEqual(response.json()["error"]["code"], code)
        self.assertNotIn("Set-Cookie", response.headers)

    def test_the_example_in_the_document(self):
        answer = self._post(examples.BATCH)
        self.assertEqual(answer.status_code, 200, answer.text)
        results = answer.json()["results"]
        self.assertEqual([row["status"] for row in results], ["stored", "stored", "quarantined"])
        # the example shows the second event as sent before
        self.assertEqual(self._post(examples.BATCH).json()["results"][1],
                         examples.RESULTS["results"][1])  # fmt: skip
        self.assertEqual(results[0], examples.RESULTS["results"][0])
        self.assertEqual(results[2], examples.RESULTS["results"][2])
        self.assertNotIn("Set-Cookie", answer.headers)

    def test_who(self):
        batch = {"events": [self._event()]}
        for wrong in (None, "", "Bearer", f"Basic {self.secret}", f"Bearer {self.secret}x",
                      self.secret, f"Bearer {self.secret} {self.secret}"):  # fmt: skip
            answer = self._post(batch, Authorization=wrong)
            self._assert_refused(answer, 401, "unauthorized")
            self.assertIn("Bearer", answer.headers["WWW-Authenticate"])
        self.assertFalse(self._stored(batch["events"][0]))
        self.assertEqual(self._post(batch, Authorization=f"bearer {self.secret}").status_code, 200)
        self.key.action_revoke()
        self._assert_refused(self._post(batch), 401, "unauthorized")

    def test_a_login_is_no_key(self):
        self.authenticate("admin", "admin")
        answer = self._post({"events": []}, Authorization=None)
        self._assert_refused(answer, 401, "unauthorized")

    def test_what(self):
        for body, status, code in (
            (b"", 400, "not_json"),
            (b"{", 400, "not_json"),
            (b'{"events": [NaN]}', 400, "not_json"),
            (b'{"events": [' + b"9" * 5000 + b"]}", 400, "not_json"),
            (b'{"events": ["\xff"]}', 400, "not_utf8"),
            ('{"events": []}'.encode("utf-16"), 400, "not_utf8"),
            (b"[" * 200_000, 400, "too_deep"),
            (b'{"events": ' + b"[" * 25 + b"]" * 25 + b"}", 400, "too_deep"),
            (b"[]", 422, "no_events"),
            (b'{"events": {}}', 422, "no_events"),
            (b'{"events": [], "company_id": 1}', 422, "unknown_field"),
            (json.dumps({"events": [1] * 1001}), 413, "too_many_events"),
            (b" " * (payload.MAX_BYTES + 1), 413, "too_large"),
        ):
            with self.subTest(body[:30]):
                self._assert_refused(self._post(body), status, code)
        self.assertEqual(self._post({"events": []}).json(), {"results": []})

    def test_how_it_is_sent(self):
        batch = json.dumps({"events": []})
        for headers, code in (
            ({"Content_Type": "text/plain"}, "unsupported_type"),
            ({"Content_Type": "application/x-www-form-urlencoded"}, "unsupported_type"),
            ({"Content_Type": "multipart/form-data; boundary=x"}, "unsupported_type"),
            ({"Content_Type": None}, "unsupported_type"),
            ({"Content_Type": "application/json; charset=latin-1"}, "unsupported_charset"),
            ({"Content_Encoding": "gzip"}, "unsupported_encoding"),
        ):
            self._assert_refused(self._post(batch, **headers), 415, code)
        answer = self._post(batch, Content_Type="application/json; charset=UTF-8")
        self.assertEqual(answer.status_code, 200)

    def test_other_methods(self):
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = self.url_open(PATH, method=method)
            self.assertEqual(answer.status_code, 405, method)
            self.assertEqual(answer.headers["Allow"], "POST")
        self.assertEqual(self.url_open(openapi.DOCUMENT_PATH, data="x").status_code, 405)

    def test_a_query_is_refused(self):
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.secret}"}
        answer = self.url_open(f"{PATH}?utm_source=y", data='{"events": []}', headers=headers)
        self._assert_refused(answer, 400, "query")

    def test_too_many_requests(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_api", "2 0.001")
        _key, greedy = self.env["ecrm.api.key"].generate("Greedy", self.company)
        answers = [self._post({"events": []}, Authorization=f"Bearer {greedy}") for _n in range(4)]
        self.assertEqual([answer.status_code for answer in answers], [200, 200, 429, 429])
        self._assert_refused(answers[-1], 429, "too_many_requests")
        self.assertGreaterEqual(int(answers[-1].headers["Retry-After"]), 1)
        self.assertEqual(self._post({"events": []}).status_code, 200)

    def test_the_document(self):
        answer = self.url_open(openapi.DOCUMENT_PATH)
        self.assertEqual(answer.json(), json.loads(json.dumps(openapi.document())))
        self.assertIn("public", answer.headers["Cache-Control"])
        self.assertNotIn("Set-Cookie", answer.headers)
