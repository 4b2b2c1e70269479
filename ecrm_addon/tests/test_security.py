import json

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .common import EcrmCase
from .rights import OF_BRIDGES, REMOTE, RIGHTS

OPERATIONS = {"r": "read", "w": "write", "c": "create", "d": "unlink"}


class SecurityCase(EcrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "ecrm_addon.group_ecrm_"
        cls.portal = new_test_user(cls.env, "ecrm_portal", "base.group_portal")
        internal = "base.group_user,base.group_partner_manager"
        cls.internal = new_test_user(cls.env, "ecrm_internal", internal)
        cls.salesperson = new_test_user(
            cls.env,
            "ecrm_sales",
            "sales_team.group_sale_salesman_all_leads,base.group_partner_manager",
        )
        cls.user = new_test_user(cls.env, "ecrm_user", group + "user")
        cls.marketer = new_test_user(cls.env, "ecrm_marketer", group + "marketer")
        cls.manager = new_test_user(cls.env, "ecrm_manager", group + "manager")
        cls.outsiders = cls.portal | cls.internal | cls.salesperson
        cls.other_company = cls.env["res.company"].create({"name": "Other Company"})
        cls.stranger = new_test_user(
            cls.env,
            "ecrm_stranger",
            group + "manager",
            company_id=cls.other_company.id,
            company_ids=[fields.Command.set(cls.other_company.ids)],
        )


class TestRights(SecurityCase):
    def _own_models(self):
        names = [name for name in self.env.registry if name.startswith("ecrm.")]
        return {name for name in names if not self.env[name]._abstract}

    def _rights(self):
        return RIGHTS | {name: may for name, may in OF_BRIDGES.items() if name in self.env}

    def test_every_model_has_its_rights_written_down(self):
        self.assertEqual(self._own_models(), set(self._rights()))

    def test_rights_per_role(self):
        for model, rights in self._rights().items():
            expected = dict.fromkeys(self.outsiders, "")
            expected |= zip((self.user, self.marketer, self.manager), rights, strict=True)
            for user, letters in expected.items():
                records = self.env[model].with_user(user)
                allowed = {op for op in OPERATIONS if records.has_access(OPERATIONS[op])}
                self.assertEqual(allowed, set(letters), f"{user.login} on {model}")

    def test_outsiders_get_an_error_not_an_empty_answer(self):
        for user in self.outsiders:
            for model in self._rights():
                with self.assertRaises(AccessError):
                    self.env[model].with_user(user).search([])

    def test_every_model_with_a_company_has_a_company_rule(self):
        ruled = self.env["ir.rule"].search([("groups", "=", False)]).model_id.mapped("model")
        for model in self._own_models():
            if "company_id" in self.env[model]._fields and not self.env[model]._transient:
                self.assertIn(model, ruled)

    def test_what_can_be_called_from_outside(self):
        """A new method is private unless it is in the list above."""
        for name in self.env.registry:
            model = self.env[name]
            ours = [cls for cls in type(model).mro() if self._is_ours(cls)]
            # what Odoo itself lets everybody call, and we extend, is not ours to close
            stock = {
                attribute
                for cls in type(model).mro()
                if cls.__module__.startswith("odoo.addons.") and not self._is_ours(cls)
                for attribute in vars(cls)
            }
            own = {
                attribute
                for cls in ours
                for attribute, value in vars(cls).items()
                if callable(value) and not attribute.startswith("_") and attribute not in stock
            }
            own = {
                attribute
                for attribute in own
                if not isinstance(getattr(type(model), attribute), fields.Field)
                and not hasattr(self.env.registry["base"], attribute)
            }
            remote = {attribute for attribute in own if self._is_remote(model, attribute)}
            known = REMOTE.get(name, set())
            if name.startswith("ecrm.") or name in REMOTE:
                self.assertEqual(remote & own, known & own, name)
                self.assertLessEqual(known, remote, name)
            else:
                overridden = {a for a in remote if a.startswith("ecrm")}
                self.assertFalse(overridden, name)

    @staticmethod
    def _is_ours(cls):
        return cls.__module__.startswith("odoo.addons.ecrm_addon.")

    def _is_remote(self, model, name):
        try:
            return bool(get_public_method(model, name))
        except AccessError:
            return False

    def test_the_port_cannot_be_called_from_outside(self):
        for name in ("append", "append_select", "timeline", "erase", "drop_before", "health"):
            with self.assertRaises(AccessError):
                get_public_method(self.env["ecrm.log"], name)

    def test_only_managers_run_and_change_things(self):
        for user in self.outsiders | self.user | self.marketer:
            env = self.env(user=user)
            with self.assertRaises(AccessError):
                env["ecrm.pipeline"].run_now()
            with self.assertRaises(AccessError):
                env["ecrm.score.run"].score(self.env.company)
        for user in self.outsiders | self.user:
            self.assertRaises(AccessError, self.env(user=user)["ecrm.health"].figures)
        self.assertIn("log", self.env(user=self.marketer)["ecrm.health"].figures())

    def test_a_manager_links_unlinks_and_undoes(self):
        self.log.append([self._event(identity={"device": "browser-9"})])
        identity = self.env["ecrm.identity"].search([("kind", "=", "device")], limit=1)
        env = self.env(user=self.manager)
        wizard = env["ecrm.identity.link.wizard"]
        wizard = wizard.with_context(active_model="ecrm.identity", active_ids=identity.ids)
        wizard.create({"partner_id": self.customer.id, "note": "phone"}).action_link()
        self.assertEqual(identity.partner_id, self.customer)
        self.assertEqual(identity.link_ids[0].note, "phone")
        identity.with_env(env).action_unlink_contact()
        self.assertFalse(identity.partner_id)
        identity.with_env(env).link_ids.sorted("id")[-1].action_undo()
        self.assertEqual(identity.partner_id, self.customer)

    def test_a_manager_mends_a_refused_event(self):
        event = self._event(kind="web.nonsense")
        self.log.append([event])
        refused = self.env["ecrm.quarantine"].search([("uid", "=", event["uid"])])
        mended = refused.with_user(self.manager)
        mended.body_text = json.dumps({**refused.body, "kind": "web.page"})
        mended.action_retry()
        self.assertEqual(refused.state, "stored")
        self.assertEqual(self._touchpoints().kind, "web.page")


class TestPartnerFields(SecurityCase):
    """Who may not see the fields gets no value by any way; Odoo's own screens still work."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.names = [name for name in cls.env["res.partner"]._fields if name.startswith("ecrm_")]
        cls.env["ecrm.profile"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.env.company.id,
                "loyalty_score": 50,
            }
        )

    def test_every_field_of_ours_on_stock_models_has_a_group(self):
        for model in (
            "account.move",
            "mailing.contact",
            "product.template",
            "res.partner",
            "sale.order",
            "sale.report",
        ):
            for name, field in self.env[model]._fields.items():
                if name.startswith("ecrm_"):
                    self.assertTrue(field.groups, f"{model}.{name}")

    def test_the_fields_are_not_there(self):
        for user in self.outsiders:
            described = self.customer.with_user(user).fields_get()
            self.assertFalse([name for name in described if name.startswith("ecrm_")])
        described = self.customer.with_user(self.user).fields_get()
        self.assertLessEqual(set(self.names), set(described))

    @mute_logger("odoo.models", "odoo.orm.models")
    def test_no_way_to_a_value(self):
        for user in self.outsiders:
            # one's own contact, which a portal user may read
            partner = user.partner_id.with_user(user)
            for name in self.names:
                with self.assertRaises(AccessError):
                    partner.read([name])
                with self.assertRaises(AccessError):
                    partner[name]  # noqa: B018  # pylint: disable=pointless-statement
                if name == "ecrm_standing":
                    continue  # neither found nor sorted by
                for domain in ([(name, "!=", False)], ["!", (name, "=", False)]):
                    with self.assertRaises(AccessError):
                        partner.search(domain)
                    with self.assertRaises(AccessError):
                        partner.search_count(domain)
                with self.assertRaises(AccessError):
                    partner.search([], order=name)
                groupby = f"{name}:month" if "_at" in name else name
                with self.assertRaises(AccessError):
                    partner.formatted_read_group([], [groupby], ["__count"])
            with self.assertRaises(AccessError):
                partner.search([("ecrm_tier_id.name", "=", "Gold")])
            with self.assertRaises(AccessError):
                partner.search([("ecrm_tier_id", "any", [("name", "=", "Gold")])])
            with self.assertRaises(AccessError):
                partner.search([("child_ids.ecrm_loyalty_score", ">", 10)])
            with self.assertRaises(AccessError):
                partner.formatted_read_group([], [], ["ecrm_loyalty_score:avg"])

    @mute_logger("odoo.models", "odoo.orm.models")
    def test_no_way_through_an_order(self):
        order = self._order(confirm=False)
        with self.assertRaises(AccessError):
            order.with_user(self.salesperson).search([("partner_id.ecrm_tier_id", "!=", False)])
        with self.assertRaises(AccessError):
            order.with_user(self.salesperson).action_view_ecrm_journey()
        with self.assertRaises(AccessError):
            order.with_user(self.salesperson).partner_id.action_view_ecrm_touchpoints()

    def _arch(self, model, view_type, user):
        return self.env[model].with_user(user).get_view(view_type=view_type)["arch"]

    def test_screens_without_rights_show_nothing_of_ours(self):
        for model in ("res.partner", "sale.order"):
            for view_type in ("form", "list", "kanban", "search"):
                arch = self._arch(model, view_type, self.salesperson)
                self.assertNotIn("ecrm", arch, f"{model} {view_type}")
        self.salesperson.group_ids += self.env.ref("ecrm_addon.group_ecrm_user")
        for model in ("res.partner", "sale.order"):
            self.assertIn("ecrm", self._arch(model, "form", self.salesperson))
        self.salesperson.group_ids -= self.env.ref("ecrm_addon.group_ecrm_user")
        menus = self.env["ir.ui.menu"].with_user(self.salesperson)._visible_menu_ids()
        self.assertNotIn(self.env.ref("ecrm_addon.ecrm_menu_root").id, menus)

    def test_screens_without_rights_work(self):
        order = self._order()
        for records in (self.customer, order):
            records = records.with_user(self.salesperson)
            arch = etree.fromstring(records.get_view(view_type="form")["arch"])
            names = set(arch.xpath("//field[not(ancestor::field)]/@name"))
            self.assertEqual(records.web_read({name: {} for name in names})[0]["id"], records.id)
        arch = etree.fromstring(self._arch("res.partner", "list", self.salesperson))
        names = set(arch.xpath("//field/@name"))
        found = self.customer.with_user(self.salesperson).web_search_read(
            [("id", "=", self.customer.id)], {name: {} for name in names}
        )
        self.assertEqual(found["length"], 1)


class TestCompanies(SecurityCase):
    """One company sees nothing of another, whatever the role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {"company_id": cls.env.company.id}
        cls.customer.company_id = cls.env.company
        cls.env.flush_all()
        tier = cls.env["ecrm.tier"].create({"name": "Here", **company})
        segment = cls.env["ecrm.segment"].create({"name": "Here", **company})
        profile = cls.env["ecrm.profile"].create(
            {"partner_id": cls.customer.id, "tier_id": tier.id, "r_score": 5, **company}
        )
        cls.log.append([cls._event(**company), cls._event(kind="web.nonsense", **company)])
        cls.theirs = {
            "ecrm.tier": tier,
            "ecrm.segment": segment,
            "ecrm.profile": profile,
            "ecrm.rfm.report": cls.env["ecrm.rfm.report"].browse(profile.id),
            "ecrm.customer.report": cls.env["ecrm.customer.report"].browse(profile.id),
            "ecrm.score.run": cls.env["ecrm.score.run"].create(company),
            "ecrm.tier.change": cls.env["ecrm.tier.change"].create(
                {"partner_id": cls.customer.id, "date": "2026-01-01 00:00:00", **company}
            ),
            "ecrm.churn.alert": cls.env["ecrm.churn.alert"].create(
                {"partner_id": cls.customer.id, "date": "2026-01-01", **company}
            ),
            "ecrm.touchpoint": cls.env["ecrm.touchpoint"].search(
                [("partner_id", "=", cls.customer.id)]
            ),
            "ecrm.identity": cls.env["ecrm.identity"].search(
                [("partner_id", "=", cls.customer.id)]
            ),
            "ecrm.quarantine": cls.env["ecrm.quarantine"].search(
                [("company_id", "=", cls.env.company.id)]
            ),
        }
        cls.env["ecrm.identity.link"]._record(
            cls.theirs["ecrm.identity"], cls.customer, "linked", "hand"
        )
        cls.theirs["ecrm.identity.link"] = cls.theirs["ecrm.identity"].link_ids
        cls.env.flush_all()

    def test_strangers_find_nothing(self):
        for model, records in self.theirs.items():
            self.assertTrue(records, model)
            found = self.env[model].with_user(self.stranger).search([("id", "in", records.ids)])
            self.assertFalse(found, model)
            found = self.env[model].with_user(self.manager).search([("id", "in", records.ids)])
            self.assertEqual(found, records, model)

    def test_strangers_read_nothing_by_id(self):
        for model, records in self.theirs.items():
            self.env.invalidate_all()
            with self.assertRaises(AccessError, msg=model):
                records.with_user(self.stranger).read(["company_id"])

    def test_a_shared_customer_shows_each_company_its_own_history(self):
        shared = self.env["res.partner"].create({"name": "Shared"})
        self.log.append(
            [
                self._event(shared, company_id=self.env.company.id, path="/here"),
                self._event(shared, company_id=self.other_company.id, path="/there"),
                self._event(shared, path="/nowhere"),
            ]
        )
        for user, paths in ((self.user, {"/here"}), (self.stranger, {"/there"})):
            page = self.env["ecrm.touchpoint"].with_user(user).get_timeline(shared.id)
            self.assertEqual({row["detail"] for row in page["rows"]}, paths | {"/nowhere"})

    def test_the_timeline_of_a_contact_that_one_may_not_read(self):
        with self.assertRaises(AccessError):
            self.env["ecrm.touchpoint"].with_user(self.stranger).get_timeline(self.customer.id)
        with self.assertRaises(AccessError):
            self.env["ecrm.customer.card"].with_user(self.stranger).get_card(self.customer.id)


@tagged("post_install", "-at_install")
class TestRemoteCalls(HttpCase):
    """A portal user with a session of their own calls what the screens call."""

    @mute_logger("odoo.http", "odoo.models", "odoo.orm.models")
    def test_a_portal_user_gets_nothing(self):
        user = new_test_user(self.env, "ecrm_remote", "base.group_portal")
        self.authenticate("ecrm_remote", "ecrm_remote")
        own = user.partner_id.id
        calls = [
            ("res.partner", "read", [[own], ["ecrm_loyalty_score"]]),
            ("res.partner", "web_read", [[own], {"ecrm_tier_id": {}}]),
            ("res.partner", "search_read", [[("ecrm_tier_id", "!=", False)], ["id"]]),
            ("res.partner", "search", [[], 0, 1, "ecrm_loyalty_score desc"]),
            ("res.partner", "action_view_ecrm_touchpoints", [[own]]),
            ("ecrm.touchpoint", "get_timeline", [own]),
            ("ecrm.touchpoint", "search_read", [[], ["kind"]]),
            ("ecrm.customer.card", "get_card", [own]),
            ("ecrm.profile", "search_read", [[], ["loyalty_score"]]),
            ("ecrm.rfm.report", "get_grid", []),
            ("ecrm.cohort.report", "get_cohorts", []),
            ("ecrm.customer.report", "search_read", [[], ["revenue"]]),
            ("ecrm.health", "figures", []),
            ("ecrm.health", "run_now", []),
            ("ecrm.pipeline", "run_now", []),
            ("ecrm.log", "append", [[{}]]),
            ("ecrm.log", "timeline", [[1]]),
            ("ecrm.timeline", "page", [own]),
            ("ecrm.timeline.source", "resolve", [[]]),
            ("ecrm.change", "note", ["res.partner", [own]]),
        ]
        for model, method, args in calls:
            answer = self._call(model, method, args)
            error = answer.get("error", {}).get("data", {}).get("name", "")
            self.assertIn("AccessError", error, f"{model}.{method}")

    def _call(self, model, method, args):
        return self.url_open(
            f"/web/dataset/call_kw/{model}/{method}",
            data=json.dumps(
                {
                    "jsonrpc": "2.0",
                    "method": "call",
                    "params": {"model": model, "method": method, "args": args, "kwargs": {}},
                }
            ),
            headers={"Content-Type": "application/json"},
        ).json()
