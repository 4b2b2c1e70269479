"""The same at each door, of which there are three for programs, and what only a door can do.

C9: nobody at all; C10: by session, password and key; C11: no request of ours to an address that
somebody sent; C13: another company; C15: who was sent away; C81: proofs of consent; chatter.
"""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import cycle

from odoo.tests import tagged
from odoo.tools import mute_logger

from . import trust_attacks
from .trust_case import DOORS, MUTED, REFUSALS, TrustCase

#: Of the ways to a field, those that are one of a kind: by value, domain, order, group, change.
CHOSEN = ("read", "web_read", "search_read", "search", "formatted_read_group", "write", "create")
#: Routes of Odoo's chatter, and what they are asked for.
CHATTER = {
    "/mail/thread/messages": lambda model, id_: {"thread_model": model, "thread_id": id_},
    "/mail/thread/recipients": lambda model, id_: {"thread_model": model, "thread_id": id_},
    "/mail/thread/subscribe": lambda model, id_: {
        "res_model": model, "res_id": id_, "partner_ids": [1]},
    "/mail/message/post": lambda model, id_: {
        "thread_model": model, "thread_id": id_, "post_data": {"body": "x"}},
    "/mail/data": lambda model, id_: {
        "fetch_params": [["mail.thread", {
            "thread_model": model, "thread_id": id_,
            "request_list": ["activities", "attachments", "followers", "messages"]}]]},
}  # fmt: skip


@tagged("post_install", "-at_install")
class TestDoors(TrustCase):
    @mute_logger(*MUTED)
    def test_each_door_refuses(self):
        """C10: each model and field at each door, by one kind of attack after the other."""
        customer, leaks = self.rosa.user_ids, []
        self._login(self.rosa)
        before, kinds = self._writes(), cycle(CHOSEN)
        for model in self._our_models():
            attacks = trust_attacks.on_model(self._ids(customer, model))
            leaks += self._knock(customer, model, attacks, next(kinds))
        for model in ("res.partner", "res.users", "sale.order"):
            names = [field.name for name, field in self._our_fields() if name == model]
            for name in names:
                attacks = trust_attacks.on_field(name, self._ids(customer, model))
                leaks += self._knock(customer, model, attacks, next(kinds))
        self.assertFalse(leaks, "\n".join(map(str, leaks[:30])))
        self.assertEqual(self._writes(), before)

    def _knock(self, user, model, attacks, kind):
        """Try one kind of attack at all doors; return those that were let in."""
        attack = next((attack for attack in attacks if attack.method == kind), attacks[0])
        if self.env[model]._abstract and attack.method in ("read", "web_read"):
            attack = attacks[0]
        answers = [
            (door, getattr(self, door)(user, model, attack.method, attack.ids, **attack.kwargs))
            for door in DOORS
        ]
        return [
            (door, model, attack.method, attack.kwargs, answer)
            for door, answer in answers
            if answer.error not in REFUSALS
        ]

    @mute_logger(*MUTED)
    def test_nobody(self):
        """C9: without a session, a password or a key there is no answer."""
        self.authenticate(None, None)
        self.keys[self.public] = "0" * 40
        for model, method in (("res.partner", "read"), ("ecrm.profile", "search_read")):
            ids = self.rosa.ids if method == "read" else None
            for door, told in zip(
                DOORS, ("SessionExpiredException", "AccessDenied", "Unauthorized"), strict=True
            ):
                answer = getattr(self, door)(self.public, model, method, ids)
                self.assertEqual(answer.error, told, (door, model))

    @mute_logger(*MUTED)
    def test_who_was_sent_away(self):
        """C15: an old session, password and key of an archived login are worth nothing."""
        user = self.ron.user_ids
        self._login(self.ron)
        for door in DOORS:
            answer = getattr(self, door)(user, "res.partner", "read", self.ron.ids, fields=["name"])
            self.assertEqual(answer.result, [{"id": self.ron.id, "name": "Ron"}], door)
        user.active = False
        for door, told in zip(
            DOORS, ("SessionExpiredException", "AccessDenied", "Unauthorized"), strict=True
        ):
            answer = getattr(self, door)(user, "res.partner", "read", self.ron.ids, fields=["name"])
            self.assertEqual(answer.error, told, door)

    # ------------------------------------------------------------
    # COMPANIES
    # ------------------------------------------------------------

    @mute_logger(*MUTED)
    def test_another_company(self):
        """C13: not for a manager of another company, whatever company her request names."""
        self.authenticate("mia", "mia-password")
        forged = {"allowed_company_ids": [self.env.company.id]}
        checked, leaks = 0, []
        for model in self._our_models():
            if self.env[model]._abstract or "company_id" not in self.env[model]._fields:
                continue
            theirs = self.env[model].search([("company_id", "=", self.env.company.id)], limit=2)
            checked += bool(theirs)
            for context in ({}, forged):
                for method, ids, kwargs in (
                    ("search_read", None, {"domain": [("id", "in", theirs.ids)], "fields": ["id"]}),
                    ("read", theirs.ids, {"fields": ["id", "company_id"]}),
                    ("formatted_read_group", None, {
                        "domain": [("company_id", "=", self.env.company.id)], "groupby": [],
                        "aggregates": ["__count"]}),
                ):  # fmt: skip
                    for door in DOORS if method == "read" else DOORS[:1]:
                        answer = getattr(self, door)(
                            self.mia, model, method, ids, context=context, **kwargs
                        )
                        if theirs and answer.error not in REFUSALS and not self._is_empty(answer):
                            leaks.append((door, model, method, context, answer))
        self.assertFalse(leaks, "\n".join(map(str, leaks[:30])))
        self.assertGreater(checked, 8)

    @staticmethod
    def _is_empty(answer):
        return answer.result in ([], [{"__count": 0, "__extra_domain": [(1, "=", 1)]}]) or (
            answer.result and answer.result[0].get("__count") == 0
        )

    # ------------------------------------------------------------
    # SIDE EFFECTS
    # ------------------------------------------------------------

    @mute_logger(*MUTED)
    def test_no_request_to_an_address_that_was_sent(self):
        """C11: rights come first, whatever a record would fetch."""
        asked = []

        class Listener(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(204)
                self.end_headers()

        server = HTTPServer(("127.0.0.1", 0), Listener)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        self._login(self.rosa)
        tried = 0
        for model in self._our_models():
            names = [
                field.name
                for field in self.env[model]._fields.values()
                if field.type in ("char", "text", "html") and field.name != "display_name"
            ]
            if not names or self.env[model]._abstract:
                continue
            tried += 1
            vals = dict.fromkeys(names, url)
            answer = self._by_session(self.rosa.user_ids, model, "create", vals_list=[vals])
            self.assertIn(answer.error, REFUSALS, model)
        self.assertGreater(tried, 20)
        self.assertEqual(asked, [])

    @mute_logger(*MUTED)
    def test_proof_of_consent(self):
        """C81: nobody changes a line, the administrator by no door, superuser mode neither."""
        consent = self.env["ecrm.consent"].search(
            [("identity_id.partner_id", "=", self.rosa.id)], limit=1
        )
        self.assertTrue(
            consent.identity_id and consent.create_date and consent.state and consent.source
        )
        self.assertLessEqual({"text_version", "proof", "purpose"}, set(consent._fields))
        admin = self.env.ref("base.user_admin")
        admin.password = f"{admin.login}-password"
        self.authenticate(admin.login, f"{admin.login}-password")
        before = consent.read()
        for method, kwargs in (
            ("write", {"vals": {"state": "refused"}}),
            ("web_save", {"vals": {"proof": "{}"}, "specification": {}}),
            ("unlink", {}),
            ("copy", {}),
            ("create", {"vals_list": [{"identity_id": 1, "state": "granted"}]}),
        ):
            for door in DOORS:
                ids = None if method == "create" else consent.ids
                answer = getattr(self, door)(admin, "ecrm.consent", method, ids, **kwargs)
                self.assertIn(answer.error, (*REFUSALS, "UserError"), (door, method))
        self.env.invalidate_all()
        self.assertEqual(consent.read(), before)

    # ------------------------------------------------------------
    # CHATTER
    # ------------------------------------------------------------

    @mute_logger(*MUTED)
    def test_chatter(self):
        """Messages and followers of our models, and of a colleague, are not handed out."""
        self._login(self.rosa)
        before = self._writes()
        for model, id_ in [
            *((model, 1) for model in self._our_models()),
            ("res.partner", self.tim.id),
            ("res.partner", self.zed.id),
        ]:
            for route, params in CHATTER.items():
                if model.startswith("ecrm.") and route != "/mail/data" and not self._talks(model):
                    continue
                answer = self._json_rpc(route, params(model, id_))
                told = str(answer.result)
                for partner in self.tim | self.zed:
                    self.assertNotIn(self._word(partner), told, (route, model))
                self.assertFalse((answer.result or {}).get("messages"), (route, model))
        for model in ("mail.message", "mail.followers", "mail.notification", "mail.activity"):
            found = self._by_session(
                self.rosa.user_ids, model, "search_read", domain=[(OF[model], "like", "ecrm.")]
            )
            self.assertFalse(found.result, model)
        self.assertEqual(self._writes(), before)

    def _talks(self, model):
        return hasattr(self.env[model], "_get_thread_with_access")

    @mute_logger(*MUTED)
    def test_what_we_write_to_chatter(self):
        """What a customer may read of their own contact tells no figure of ours."""
        for alert in self.env["ecrm.churn.alert"].search([("partner_id", "=", self.rosa.id)]):
            alert.with_user(self.env.ref("base.user_admin")).action_dismiss()
        self._login(self.rosa)
        answer = self._json_rpc(
            "/mail/thread/messages", CHATTER["/mail/thread/messages"]("res.partner", self.rosa.id)
        )
        for word in ("churn", "risk", "score", "segment", "lifetime"):
            self.assertNotIn(word, str(answer.result).lower())


OF = {
    "mail.message": "model",
    "mail.followers": "res_model",
    "mail.notification": "mail_message_id.model",
    "mail.activity": "res_model",
}
