import inspect
import json
import re
from collections import namedtuple
from contextlib import nullcontext
from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessDenied, AccessError, UserError
from odoo.http import _generate_routing_rules
from odoo.service.model import call_kw
from odoo.tests import get_db_name, new_test_user
from odoo.tools import SQL

from .test_portal import PortalCase
from .trust_attacks import WRITING

#: How a program asks: by a web session, by a password, by a key.
DOORS = ("_by_session", "_by_password", "_by_key")
#: What is no answer: Odoo's and the protocols' words for "you may not".
REFUSALS = ("AccessError", "AccessDenied", "SessionExpired", "Unauthorized", "Forbidden")
MUTED = ("odoo.http", "odoo.models", "odoo.orm.models", "odoo.addons.rpc.controllers.jsonrpc",
         "odoo.addons.base.models.ir_rule", "odoo.addons.base.models.ir_model",
         "py.warnings")  # fmt: skip
#: Tables of Odoo's in which an attack would leave something.
STOCK_TABLES = [
    "res_partner", "res_users", "sale_order", "mail_message", "mail_mail", "mail_followers",
    "mail_blacklist", "mailing_contact", "mailing_trace", "loyalty_card", "ir_attachment",
]  # fmt: skip

Answer = namedtuple("Answer", "error result")
#: A route of ours; ``names``: parameters of its method; ``is_stock``: one of Odoo's that we extend.
Route = namedtuple("Route", "url type auth methods csrf names is_stock")


class TrustCase(PortalCase):
    """Who attacks whom: Rosa and Tim of one company, Zed of another, Ron who was sent away, Sam
    who sells without eCRM, and Mia, eCRM manager of another of our companies.

    Each of the customers has a history with a word of their own in it.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zed.parent_id = cls.env["res.partner"].create({"name": "Elsewhere", "is_company": True})
        cls.ron = cls._portal_user("ron", parent_id=cls.brightside.id)
        cls.sam = new_test_user(
            cls.env,
            "sam",
            "sales_team.group_sale_salesman_all_leads,base.group_partner_manager,"
            "base.group_allow_export",
            password="sam-password",
        )
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        cls.mia = new_test_user(
            cls.env,
            "mia",
            "ecrm_addon.group_ecrm_manager,base.group_allow_export",
            password="mia-password",
            company_id=cls.other_company.id,
            company_ids=[fields.Command.set(cls.other_company.ids)],
        )
        cls.public = cls.env.ref("base.public_user")
        for partner in cls.rosa | cls.tim | cls.zed:
            cls._live(partner)
        cls.pipeline.run_now()
        cls.keys = {}

    @staticmethod
    def _word(partner):
        """Return what stands in everything that only this person may see."""
        return f"{partner.name.lower()}s-secret"

    @classmethod
    def _live(cls, partner):
        """Give a customer a row in the tables that tell most."""
        word, company = cls._word(partner), {"company_id": cls.env.company.id}
        now = fields.Datetime.now() - timedelta(days=1)
        cls.log.append(
            [
                cls._event(partner, "web.page", now, path=f"/{word}", **company),
                cls._event(partner, "web.search", now, props={"term": word}, **company),
                cls._event(partner, "email.opened", now, props={"subject": word}, **company),
                cls._event(partner, "support.opened", now, props={"title": word}, **company),
            ]
        )
        cls._order(partner, amount=2500)
        identity = cls.env["ecrm.identity"].search([("partner_id", "=", partner.id)], limit=1)
        for purpose in ("measure", "personalise", "profile"):
            cls.env["ecrm.consent"].record(identity, "granted", purpose, source="portal")
        person = {"partner_id": partner.id, **company}
        cls.env["ecrm.churn.alert"].create({"date": now.date(), **person})
        answer = {"kind": "nps", "score": 2, "comment": word, "asked_at": now, "answered_at": now}
        cls.env["ecrm.feedback"].create({**answer, **person})
        cls.env["ecrm.email.preference"].of_address(partner.email_normalized, cls.env.company)
        topic = cls.env["ecrm.topic"].of_company(cls.env.company)[:1]
        cls.env["ecrm.suppression"].create(
            {
                "email_normalized": partner.email_normalized,
                "scope": "topic" if topic else "marketing",
                "topic_id": topic.id,
                "reason": "manual",
                "note": word,
                **company,
            }
        )

    # ------------------------------------------------------------
    # WHAT IS OURS
    # ------------------------------------------------------------

    def _our_models(self):
        return [name for name in self.env.registry if name.startswith("ecrm.")]

    def _our_fields(self):
        """Return (model, field) of all that our addons add to Odoo's models, inherited or not."""
        return [
            (name, field)
            for name, model in self.env.items()
            if not name.startswith("ecrm.")
            for field in model._fields.values()
            if field.name.startswith("ecrm_") or all(map(is_ours, field._modules or ["base"]))
        ]

    def _our_routes(self):
        modules = sorted(self.env.registry._init_modules)
        rules = _generate_routing_rules(modules, False, self.env["ir.http"]._get_converters())
        for url, endpoint in rules:
            method = endpoint.__wrapped__
            owners = [
                cls.__module__.split(".")[2]
                for cls in type(method.__self__).__mro__
                if method.__name__ in vars(cls) and cls.__module__.startswith("odoo.addons.")
            ]
            routing = endpoint.routing
            if any(map(is_ours, owners)) and not routing.get("only_without_database"):
                yield Route(
                    url,
                    routing["type"],
                    routing["auth"],
                    set(routing["methods"] or ("GET", "POST")),
                    routing.get("csrf", True),
                    list(inspect.signature(method).parameters),
                    not all(map(is_ours, owners)),
                )

    def _ids(self, user, model):
        """Return a record of a model that the user may well read: their own, or Rosa's."""
        own = {
            "res.partner": user.partner_id if user.share else self.rosa,
            "res.users": user,
            "sale.order": self.env["sale.order"].search(
                [("partner_id", "in", (user.partner_id | self.rosa).ids)], limit=1
            ),
        }
        found = own.get(model)
        if not found and not self.env[model]._abstract:
            found = self.env[model].sudo().search([], limit=1)
        return found.ids if found else [1]

    def _outsiders(self):
        return self.rosa.user_ids | self.sam | self.public

    # ------------------------------------------------------------
    # DOORS
    # ------------------------------------------------------------

    def _by_session(self, user, model, method, ids=None, **kwargs):
        """Call as the web client does; ``_login`` says whose session it is."""
        args = [] if ids is None else [ids]
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        return self._json_rpc("/web/dataset/call_kw", params)

    def _by_password(self, user, model, method, ids=None, **kwargs):
        args = [] if ids is None else [ids]
        whom = [get_db_name(), user.id, f"{user.login}-password"]
        call = {"service": "object", "method": "execute_kw"}
        return self._json_rpc("/jsonrpc", {**call, "args": [*whom, model, method, args, kwargs]})

    def _by_key(self, user, model, method, ids=None, **kwargs):
        body = kwargs if ids is None else {"ids": ids, **kwargs}
        response = self.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(body, default=str),
            headers={
                "Authorization": f"bearer {self._key(user)}",
                "Content-Type": "application/json",
            },
        )
        answer = response.json()
        if response.status_code == 200:
            return Answer(None, answer)
        return Answer(answer["name"].rpartition(".")[2], None)

    def _key(self, user):
        if user not in self.keys:
            # sudo: the key of a customer, as the setting "Customers can generate API Keys" lets
            keys_sudo = self.env["res.users.apikeys"].with_user(user).sudo()
            until = fields.Datetime.now() + timedelta(hours=1)
            self.keys[user] = keys_sudo._generate(None, "trust", until)
        return self.keys[user]

    def _json_rpc(self, path, params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        response = self.url_open(
            path,
            data=json.dumps(body, default=str),
            headers={"Content-Type": "application/json"},
        )
        answer = response.json()
        if "error" in answer:
            return Answer(answer["error"]["data"]["name"].rpartition(".")[2], None)
        return Answer(None, answer.get("result"))

    def _inside(self, user, model, attack):
        """Call what all doors call, without the way through a server: a hundred times faster."""
        args = [] if attack.ids is None else [attack.ids]
        records = self.env[model].with_user(user)
        undo = self.cr.savepoint() if attack.method in WRITING else nullcontext()
        try:
            with undo:
                result = call_kw(records, attack.method, args, dict(attack.kwargs))
        except (AccessError, AccessDenied):
            return Answer("AccessError", None)
        except (UserError, ValueError, KeyError, TypeError) as error:
            return Answer(type(error).__name__, None)
        return Answer(None, result)

    # ------------------------------------------------------------
    # TRACES
    # ------------------------------------------------------------

    def _writes(self):
        """Return how many rows each table was given, lost or had changed in this transaction.

        Ours, and those of Odoo's in which an attack would leave something.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT relname, n_tup_ins + n_tup_upd + n_tup_del
                  FROM pg_stat_xact_user_tables
                 WHERE (relname LIKE 'ecrm\\_%%' OR relname = ANY(%s))
                   AND schemaname = current_schema
                   AND n_tup_ins + n_tup_upd + n_tup_del > 0
                """,
                STOCK_TABLES,
            )
        )
        return dict(rows)

    def _csrf(self, path="/my/security"):
        """Return a token for forms of this session."""
        page = self.url_open(path).text
        return re.search(r'csrf_token: "([0-9a-fo]+)"', page)[1]


def is_ours(module):
    return module.startswith("ecrm_addon")
