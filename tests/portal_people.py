"""Customers with a login for the pages of the portal, and links that were sent to them."""

import importlib.util
import time
import uuid
from datetime import UTC, datetime, timedelta

import requests

from tests import harness
from tests.conftest import ROOT

#: Nothing that a line could be broken at, longer than any screen.
LONG = "Donaudampfschifffahrtsgesellschaftskapitaenswitwenverein" * 4
EVENTS = "/ecrm/api/v1/events"
#: What the log takes for a customer by the API, and where its words stand.
KINDS = ("web.page", "web.product", "support.opened", "chat.started", "forum.posted")


class People:
    """Rosa with a history, Long whose every word is too long, and Nobody without a trace.

    Their passwords are their logins.
    """

    def __init__(self, server):
        self.server, self.admin = server, server.login()
        self.admin.call("website", "write", [[1], {"cookies_bar": True}])
        self.rosa = self._person("rosa", "Rosa", "Brightside")
        self.long = self._person("long", LONG, LONG[::-1])
        self.nobody = self._person("nobody", "Nobody", False)
        self._buy(self.rosa, "Tea", [2500, 40, 12])
        self._buy(self.long, LONG, [900])
        self._ask_feedback(self.rosa, "rosa@example.com", "A page of the shop")
        self._ask_feedback(self.long, "long@example.com", LONG)
        self._buy_again(self.rosa, "Green tea")
        self._buy_again(self.long, LONG)
        self._act("rosa@example.com", 30, "A page of the shop")
        self._act("long@example.com", 25, LONG)
        self.admin.call("ecrm.pipeline", "run_now")
        pages = {"rosa": self._help("Tea"), "long": self._help(LONG)}
        self.tokens = {
            name: {**self._tokens(f"{name}@example.com"), **pages[name]} for name in pages
        }
        self.tokens["rosa"]["request"] = self._ask(self.rosa, "Where is my tea?")
        self.tokens["long"]["request"] = self._ask(self.long, LONG)

    def _person(self, login, name, company):
        parent = False
        if company:
            vals = {"name": company, "is_company": True}
            [parent] = self.admin.call("res.partner", "create", [[vals]])
        group = self._reference("base", "group_portal")
        vals = {"name": name, "login": login, "password": login, "email": f"{login}@example.com"}
        vals["group_ids"] = [[6, 0, [group]]]
        [user] = self.admin.call(
            "res.users", "create", [[vals]], context={"no_reset_password": True}
        )
        [row] = self.admin.call("res.users", "read", [[user], ["partner_id"]])
        self.admin.call("res.partner", "write", [row["partner_id"][0], {"parent_id": parent}])
        return row["partner_id"][0]

    def _reference(self, module, name):
        domain = [["module", "=", module], ["name", "=", name]]
        [row] = self.admin.call("ir.model.data", "search_read", [domain], fields=["res_id"])
        return row["res_id"]

    def _buy(self, partner, name, amounts):
        vals = {"name": name, "type": "service", "taxes_id": False}
        [template] = self.admin.call("product.template", "create", [[vals]])
        [variant] = self.admin.call(
            "product.product", "search", [[["product_tmpl_id", "=", template]]]
        )
        for amount in amounts:
            line = {"product_id": variant, "price_unit": amount}
            vals = {"partner_id": partner, "order_line": [[0, 0, line]]}
            [order] = self.admin.call("sale.order", "create", [[vals]])
            self.admin.call("sale.order", "action_confirm", [order])

    def _help(self, word):
        """Write help articles; return the paths of one and of their category."""
        vals = {"name": word, "description": f"All about {word}"}
        [category] = self.admin.call("ecrm.faq.category", "create", [[vals]])
        articles = self.admin.call(
            "ecrm.faq",
            "create",
            [
                [
                    {
                        "name": f"How long does {word} keep? {number}",
                        "summary": f"As long as {word} is dry.",
                        "body": f"<h2>{word}</h2><p>Keep {word} in a tin.</p>",
                        "category_id": category,
                        "is_published": True,
                    }
                    for number in range(3)
                ]
            ],
        )
        paths = {}
        for name, model, number in (
            ("help_article", "ecrm.faq", articles[0]),
            ("help_category", "ecrm.faq.category", category),
        ):
            [row] = self.admin.call(model, "read", [[number], ["website_url"]])
            paths[name] = row["website_url"].lstrip("/")
        return paths

    def _ask_feedback(self, partner, email, words):
        """Ask somebody two questions, of which one was answered with some words."""
        for score, comment in ((None, None), (8, words)):
            self._query(
                "INSERT INTO ecrm_feedback (kind, partner_id, email, company_id, asked_at,"
                " create_date, score, band, comment, answered_at, changed_at)"
                " VALUES ('nps', %(partner)s, %(email)s, 1, now() AT TIME ZONE 'UTC',"
                " now() AT TIME ZONE 'UTC', %(score)s, %(band)s, %(comment)s, %(at)s, %(at)s)",
                {
                    "partner": partner,
                    "email": email,
                    "score": score,
                    "band": score and "neutral",
                    "comment": comment,
                    "at": score and datetime.now(UTC).replace(tzinfo=None),
                },
            )

    def _buy_again(self, partner, name):
        """Let a customer buy a thing of the shop each tenth day."""
        vals = {"name": name, "list_price": 5, "is_published": True, "taxes_id": False}
        [template] = self.admin.call("product.template", "create", [[vals]])
        [variant] = self.admin.call(
            "product.product", "search", [[["product_tmpl_id", "=", template]]]
        )
        for days in (29, 19, 9):
            vals = {"partner_id": partner, "order_line": [[0, 0, {"product_id": variant}]]}
            [order] = self.admin.call("sale.order", "create", [[vals]])
            self.admin.call("sale.order", "action_confirm", [order])
            day = datetime.now(UTC) - timedelta(days=days)
            vals = {"date_order": day.strftime("%Y-%m-%d %H:%M:%S")}
            self.admin.call("sale.order", "write", [order, vals])

    def _act(self, email, count, title):
        """Tell by the API what somebody did, some hours apart."""
        [wizard] = self.admin.call("ecrm.api.key.wizard", "create", [[{"name": email}]])
        shown = self.admin.call("ecrm.api.key.wizard", "action_generate", [[wizard]])
        now = datetime.now(UTC)
        events = [
            {
                "uid": str(uuid.uuid4()),
                "kind": KINDS[number % len(KINDS)],
                "occurred_at": (now - timedelta(hours=1 + 5 * number)).isoformat(),
                "identity": {"email": email},
                "props": {"title": title, "name": title},
                **({"url": f"https://shop.example/{title}"} if number % 2 else {}),
            }
            for number in range(count)
        ]
        answer = requests.post(
            self.server.url + EVENTS,
            json={"events": events},
            headers={"Authorization": f"Bearer {shown['context']['default_key']}"},
            timeout=60,
        )
        refused = [r for r in answer.json()["results"] if r["status"] != "stored"]
        assert answer.status_code == 200 and not refused, answer.text[:500]

    def _ask(self, partner, words):
        """Return the id of a request of a customer that was answered."""
        vals = {"name": words, "description": words, "partner_id": partner}
        [request] = self.admin.call("ecrm.request", "create", [[vals]])
        self.admin.call(
            "ecrm.request",
            "message_post",
            [[request]],
            body=words,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        return request

    def _tokens(self, email):
        """Return the tokens of the links that an address is sent, by what they open."""
        reference = load_reference()
        [[secret]] = self._query(
            "SELECT value FROM ir_config_parameter WHERE key = 'ecrm.uid_secret'"
        )
        self._query(
            "INSERT INTO ecrm_email_preference (email_normalized, company_id, frequency)"
            " VALUES (%s, 1, 'all') ON CONFLICT DO NOTHING",
            [email],
        )
        [[row]] = self._query(
            "SELECT id FROM ecrm_email_preference WHERE email_normalized = %s", [email]
        )
        until = int(time.time()) + 24 * 3600
        [[question]] = self._query(
            "SELECT id FROM ecrm_feedback WHERE email = %s AND answered_at IS NULL", [email]
        )
        return {
            "preference": reference.write(secret, "ecrm.preference", row, 0, 0, 0),
            "person": reference.write(secret, "ecrm.person", row, until),
            "feedback": reference.write(secret, "ecrm.feedback", question, until),
        }

    def _query(self, statement, parameters=None):
        return harness.query(self.server.database, statement, parameters)


def load_reference():
    """Return the module that writes tokens, without the rest of the addon."""
    path = ROOT / "ecrm_addon" / "lib" / "email" / "reference.py"
    spec = importlib.util.spec_from_file_location("ecrm_reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
