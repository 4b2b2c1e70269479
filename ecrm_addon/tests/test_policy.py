from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user
from odoo.tools import mute_logger

from ..lib.scoring import loyalty
from .policy_case import NOW, PolicyCase


class TestLoyaltyWeights(PolicyCase):
    """Of what the loyalty score is made is a rule of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fill()

    def _set(self, recency, frequency, money, engagement, half=10.0):
        self.company.write(
            {
                "ecrm_weight_recency": recency,
                "ecrm_weight_frequency": frequency,
                "ecrm_weight_money": money,
                "ecrm_weight_engagement": engagement,
                "ecrm_half_engagement": half,
            }
        )

    def test_the_rules_of_installation(self):
        self.assertEqual(self.company._ecrm_loyalty(), loyalty.Weights())
        self.assertEqual(loyalty.Weights(), loyalty.Weights(25, 30, 30, 15, 10.0))

    def test_sql_and_definition_agree(self):
        for weights in ((25, 30, 30, 15, 10.0), (7, 31, 21, 41, 2.5), (0, 0, 0, 100, 0.5)):
            self._set(*weights)
            self._scored()
            profiles = self.profiles.search([("company_id", "=", self.company.id)])
            scored = profiles.filtered("r_score")
            self.assertEqual(len(scored), len(self.people))
            for profile in scored:
                parts = loyalty.parts(
                    profile.r_score,
                    profile.f_score,
                    profile.m_score,
                    profile.engagement,
                    loyalty.Weights(*weights),
                )
                self.assertAlmostEqual(profile.loyalty_score, sum(parts.values()), 9)

    def test_the_sentence_names_the_parts_that_were_used(self):
        self._set(100, 0, 0, 0)
        self._scored()
        best = self.profiles.search([("company_id", "=", self.company.id), ("r_score", "=", 5)])[0]
        self.assertIn("Loyalty 100 = 100 for recency + 0 for frequency", best.why)
        self._set(50, 0, 0, 50)
        best.invalidate_recordset()
        self.assertIn("Loyalty 100, by rules that were changed since", best.why)

    def test_what_cannot_be(self):
        for weights in (
            (25, 30, 30, 14),
            (-5, 45, 45, 15),
            (25, 30, 30, 15, 0.0),
            (25, 30, 30, 15, -1.0),
        ):
            with self.assertRaises(ValidationError):
                self._set(*weights)


class TestVersions(PolicyCase):
    """Drafts, what is in force, and what was."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fill()

    def _versions(self, company=None):
        return self.policies.search(
            [("company_id", "=", (company or self.company).id), ("number", ">", 0)],
            order="number",
        )

    def test_the_first_run_writes_down_the_rules(self):
        run = self._scored()
        (version,) = self._versions()
        self.assertEqual(run.policy_id, version)
        self.assertEqual((version.number, version.state), (1, "published"))
        self.assertFalse(version.published_by)
        self.assertEqual(version._rules(), self.company._ecrm_rules())
        self.assertFalse(version.changes)
        self.assertEqual(self._scored().policy_id, version)
        self.assertEqual(version.run_count, 2)

    def test_a_draft_is_a_copy_that_changes_nothing(self):
        self._scored()
        before, figures = self.company._ecrm_rules(), self._figures()
        draft = self._draft()
        self.assertEqual(draft._rules(), before)
        self.assertFalse(draft.changes)
        draft.write({"half_life": 7, "weight_recency": 40, "weight_money": 15})
        self._set_minimum(draft, "gold", 9)
        self._set_weight(draft, "web.form", 99)
        self.assertEqual(
            draft.changes.splitlines(),
            [
                "Points for Recency: 25 → 40",
                "Points for Money: 30 → 15",
                "Half-life of Engagement: 30 → 7",
                "Points for “Sent a form”: 4 → 99",
                "Minimum of Gold: 2,000 → 9",
            ],
        )
        self.assertEqual(self.company._ecrm_rules(), before)
        self.assertEqual(self._scored().written_count, 0)
        self.assertEqual(self._figures(), figures)
        self.assertFalse(self._versions().changes, "nothing came before it")
        self.assertEqual(len(self._versions()), 1)

    def test_the_form_begins_with_what_is_in_force(self):
        self.company.ecrm_half_life = 21
        policies = self.policies.with_user(self.manager).with_company(self.company)
        with Form(policies) as form:
            form.name = "By the form"
            self.assertEqual(form.half_life, 21)
            form.tier_months = 6
            with form.minimum_ids.edit(1) as line:
                line.minimum = 321
            self.assertIn("Months Looked at: 12 → 6", form.changes)
        draft = form.record
        wanted = draft._wanted()
        self.assertEqual(wanted["minimums"][self.tiers["silver"].id], 321)
        self.assertEqual(wanted["weights"], self.company._ecrm_rules()["weights"])

    def test_publishing_puts_in_force_and_archives(self):
        self._scored()
        draft = self._draft(half_life=9, tier_measure="orders", clv_months=6)
        self._set_minimum(draft, "gold", 4)
        self._set_weight(draft, "web.form", 6)
        cron = self.env.ref("ecrm_addon.ir_cron_score")
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])
        action = draft.action_publish()
        self.assertEqual(action["params"]["title"], "Version 2 is in force")
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)]), triggers + 1
        )
        first, second = self._versions()
        self.assertEqual((first.state, second.state), ("archived", "published"))
        self.assertEqual(second.published_by, self.manager)
        self.assertEqual(self.company.ecrm_half_life, 9)
        self.assertEqual(self.company.ecrm_tier_measure, "orders")
        self.assertEqual(self.company.ecrm_clv_months, 6)
        self.assertEqual(self.tiers["gold"].minimum, 4)
        self.assertEqual(self.env.ref("ecrm_addon.kind_web_form").weight, 6)
        self.assertIn("Minimum of Gold: 2,000 → 4", second.changes)
        run = self._scored()
        self.assertEqual(run.policy_id, second)
        self.assertEqual(len(self._versions()), 2, "the run found what was published")

    def test_what_was_changed_elsewhere_is_a_version(self):
        self._scored()
        for number, change in enumerate(
            (
                lambda: self.company.write({"ecrm_grace_days": 3}),
                lambda: self.tiers["gold"].write({"minimum": 1999.5}),
                lambda: self.env.ref("ecrm_addon.kind_web_form").write({"weight": 4.5}),
                lambda: self.tiers["silver"].write({"active": False}),
                lambda: self.env["ecrm.tier"].create({"name": "Tin", "minimum": 20}),
            ),
            2,
        ):
            change()
            run = self._scored()
            self.assertEqual(run.policy_id.number, number)
            self.assertEqual(run.policy_id.name, "Changed in the settings")
            self.assertFalse(run.policy_id.published_by)
            self.assertEqual(self._scored().policy_id, run.policy_id)
        self.assertEqual(
            self._versions().mapped("changes"),
            [
                False,
                "Grace Days: 30 → 3",
                "Minimum of Gold: 2,000 → 1,999.5",
                "Points for “Sent a form”: 4 → 4.5",
                "Minimum of Silver: 500 → none",
                "Minimum of Tin: none → 20",
            ],
        )
        self.assertEqual(self._versions().mapped("state"), ["archived"] * 5 + ["published"])

    def test_a_version_outlives_its_tier(self):
        tin = self.env["ecrm.tier"].create({"name": "Tin", "minimum": 20})
        version = self._scored().policy_id
        tin.unlink()
        line = version.minimum_ids.filtered(lambda line: not line.tier_id)
        self.assertEqual((line.name, line.minimum), ("Tin", 20))
        run = self._scored()
        self.assertEqual(run.policy_id.changes, "Deleted tier: 20 → none")
        draft = self.policies.browse(version.action_use_again()["res_id"])
        self.assertFalse(draft.changes)

    def test_a_change_elsewhere_is_kept_apart_from_what_is_published(self):
        self._scored()
        draft = self._draft(half_life=9)
        self.company.ecrm_grace_days = 77
        draft.action_publish()
        first, second, third = self._versions()
        self.assertEqual(second.changes, "Grace Days: 30 → 77")
        # the draft was begun before, and says all rules
        self.assertEqual(third.changes, "Half-life of Engagement: 30 → 9\nGrace Days: 77 → 30")
        self.assertEqual(self.company.ecrm_grace_days, 30)
        self.assertEqual(first.state, "archived")

    def test_a_tier_that_came_after_the_draft_stays(self):
        self._scored()
        draft = self._draft(half_life=9)
        tin = self.env["ecrm.tier"].create({"name": "Tin", "minimum": 20})
        draft.action_publish()
        self.assertEqual(tin.minimum, 20)
        self.assertIn(tin, draft.minimum_ids.tier_id)
        self.assertEqual(self._scored().policy_id, draft)

    def test_an_older_version_again(self):
        first = self._scored().policy_id
        self._draft(half_life=9, note="Faster").action_publish()
        action = first.with_user(self.manager).action_use_again()
        draft = self.policies.browse(action["res_id"])
        self.assertEqual((draft.state, draft.number, draft.half_life), ("draft", 0, 30))
        self.assertEqual(draft.name, "First rules, again")
        self.assertEqual(draft.changes, "Half-life of Engagement: 9 → 30")
        draft.with_user(self.manager).action_publish()
        self.assertEqual(self.company.ecrm_half_life, 30)
        self.assertEqual(first.state, "archived")

    def test_only_drafts_can_be_changed(self):
        self._scored()
        draft = self._draft()
        draft.action_publish()
        for version in self._versions().with_user(self.manager):
            for values in ({"half_life": 3}, {"company_id": self.env.company.id}):
                with self.assertRaises(UserError):
                    version.write(values)
            for line in (version.weight_ids[0], version.minimum_ids[0]):
                with self.assertRaises(UserError):
                    line.write({line._fields["weight" if "weight" in line else "minimum"].name: 5})
                with self.assertRaises(UserError):
                    line.unlink()
            with self.assertRaises(UserError):
                version.weight_ids.create(
                    {"policy_id": version.id, "kind_id": version.weight_ids.kind_id[0].id}
                )
            with self.assertRaises(UserError):
                version.unlink()
            with self.assertRaises(UserError):
                version.action_publish()
            with self.assertRaises(UserError):
                version.action_compare()
            version.note = "one may still say why"

    def test_nobody_publishes_by_writing(self):
        draft = self._draft()
        for values in ({"state": "published"}, {"number": 7}, {"published_by": self.env.uid}):
            with self.assertRaises(UserError):
                draft.write(values)
            with self.assertRaises(UserError):
                self._draft(**values)
        draft.unlink()

    def test_an_invalid_draft_is_refused_in_words(self):
        self._scored()
        before = self.company._ecrm_rules()
        for values, words in (
            ({"weight_money": 20}, "must add up to 100; these are 90"),
            ({"half_life": 0}, "must be at least 1"),
            ({"grace_days": -1}, "cannot be negative"),
            ({"margin_percent": 0}, "above 0 and at most 100"),
            ({"clv_months": 61}, "1 to 60 months"),
            ({"half_engagement": 0}, "must be above 0"),
        ):
            draft = self._draft(**values)
            self.assertIn(words, draft.problem)
            for button in (draft.action_publish, draft.action_compare):
                with self.assertRaisesRegex(ValidationError, words):
                    button()
            self.assertEqual(draft.state, "draft")
        self.assertEqual(self.company._ecrm_rules(), before)
        self.assertFalse(self._draft().problem)

    def test_a_minimum_below_zero(self):
        draft = self._draft()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._set_minimum(draft, "gold", -1)
            self.env.flush_all()

    def test_two_drafts_one_after_the_other(self):
        self._scored()
        one, other = self._draft(half_life=9), self._draft(half_life=12)
        one.action_publish()
        other.action_publish()
        self.assertEqual(self._versions().mapped("number"), [1, 2, 3])
        self.assertEqual(self._versions().mapped("state"), ["archived", "archived", "published"])
        self.assertEqual(self.company.ecrm_half_life, 12)

    def test_a_second_company_is_not_touched(self):
        other = self._company("Coffee House")
        self._buy(self.people[0], 10, "2026-06-01", company=other)
        self._scored()
        with self._now():
            run = self._score(company=other)
        settings = {name: other[f"ecrm_{name}"] for name in ("half_life", "weight_money")}
        draft = self._draft(half_life=9, weight_money=45, weight_frequency=15)
        self.assertFalse(draft.is_shared)
        draft.action_compare()
        draft.action_publish()
        self.assertEqual({name: other[f"ecrm_{name}"] for name in settings}, settings)
        with self._now():
            again = self._score(company=other)
        self.assertEqual((again.policy_id, again.written_count), (run.policy_id, 0))

    def test_what_is_shared_is_said(self):
        self._company("Coffee House")
        draft = self._draft()
        self._set_minimum(draft, "gold", 9)
        self.assertTrue(draft.is_shared)
        own = self.env["ecrm.tier"].create(
            {"name": "Tea Lover", "minimum": 50, "company_id": self.company.id}
        )
        draft = self._draft()
        self.assertEqual(draft.minimum_ids.tier_id, own)
        draft.minimum_ids.minimum = 60
        self.assertFalse(draft.is_shared)
        self._set_weight(draft, "web.form", 60)
        self.assertTrue(draft.is_shared)

    def test_who_may_do_what(self):
        version, draft = self._scored().policy_id, self._draft(half_life=9)
        groups = "ecrm_addon.group_ecrm_"
        own = {"company_id": self.company.id, "company_ids": self.company.ids}
        for name in ("user", "marketer"):
            user = new_test_user(self.env, f"policy_{name}", groups + name, **own)
            seen = draft.with_user(user)
            self.assertEqual(seen.half_life, 9)
            self.assertTrue(seen.changes)
            self.assertTrue(version.with_user(user).minimum_ids.mapped("in_force"))
            for act in (
                seen.action_publish,
                seen.action_compare,
                seen.action_use_again,
                seen.unlink,
                lambda seen=seen: seen.write({"name": "Mine"}),
                lambda user=user: self.policies.with_user(user).create({"name": "Mine"}),
            ):
                with self.assertRaises(AccessError):
                    act()
        stranger = new_test_user(self.env, "policy_stranger", groups + "manager")
        self.assertFalse(self.policies.with_user(stranger).search([("id", "=", draft.id)]))
        for act in (draft.with_user(stranger).action_publish, draft.with_user(stranger).read):
            with self.assertRaises(AccessError):
                act()

    def test_no_customers_at_all(self):
        self.env["sale.order"].search([("company_id", "=", self.company.id)]).write(
            {"state": "cancel"}
        )
        draft = self._draft(half_life=9)
        draft.action_compare()
        self.assertEqual(draft.outcome["customers"], 0)
        self.assertFalse(draft.move_ids)
        draft.action_publish()
        self.assertEqual(draft.number, 2)

    def test_a_published_rule_takes_effect_at_the_next_run(self):
        self._scored()
        self._draft(weight_recency=100, weight_frequency=0, weight_money=0, weight_engagement=0)
        draft = self.policies.search([("state", "=", "draft")], limit=1)
        draft.with_user(self.manager).action_publish()
        later = fields.Datetime.to_datetime(NOW) + timedelta(hours=1)
        self._scored(later)
        for profile in self.profiles.search([("company_id", "=", self.company.id)]):
            if profile.r_score:
                self.assertEqual(profile.loyalty_score, 25 * (profile.r_score - 1))
