from unittest.mock import patch

from odoo.tools import SQL

from ..models import ecrm_policy_study_mixin
from .forecast_case import ForecastCase
from .policy_case import NOW, PolicyCase

#: What a comparison and a run must agree on, customer by customer.
FIGURES = ("tier_id", "segment_id", "loyalty_score", "clv_12m")


class CompareCase(PolicyCase):
    def _compared(self, draft):
        with self._now():
            draft.action_compare()
        return draft.outcome

    def _stand(self):
        """Return where each customer who ordered stands, as the profiles say."""
        self.env.invalidate_all()
        return {
            partner: {name: row[name] for name in FIGURES} | {"revenue": row["revenue"]}
            for partner, row in self._figures().items()
            if row["order_count"]
        }

    def _moves(self, before, after, name):
        """Return the table of moves that two looks at the profiles give."""
        found = {}
        for partner, old in before.items():
            key = (old[name], after[partner][name])
            count, revenue = found.get(key, (0, 0))
            found[key] = (count + 1, revenue + old["revenue"])
        return {(*key, count, round(revenue, 2)) for key, (count, revenue) in found.items()}

    def _told(self, rows):
        return {(one, other, count, round(revenue, 2)) for one, other, count, revenue in rows}

    def _rank(self, tier):
        ladder = [False, *(id_ for id_, _m in self.env["ecrm.tier"]._steps(self.company.id))]
        return ladder.index(tier)

    def _check(self, draft):
        """What was compared is what a run after publishing gives, profile by profile."""
        self._scored()
        before = self._stand()
        outcome = self._compared(draft)
        told = {move.partner_id.id: move for move in draft.move_ids}
        draft.action_publish()
        self._scored()
        after = self._stand()
        self.assertEqual(outcome["customers"], len(after))
        for name, table in (("tier_id", "tiers"), ("segment_id", "segments")):
            self.assertEqual(self._told(outcome[table]), self._moves(before, after, name))
        steps = {
            partner: self._rank(after[partner]["tier_id"]) - self._rank(old["tier_id"])
            for partner, old in before.items()
        }
        self.assertEqual(outcome["up"], sum(step > 0 for step in steps.values()))
        self.assertEqual(outcome["down"], sum(step < 0 for step in steps.values()))
        self.assertEqual(outcome["stay"], sum(step == 0 for step in steps.values()))
        moved = sum(row["revenue"] for partner, row in before.items() if steps[partner])
        self.assertAlmostEqual(outcome["moved_revenue"], moved, 2)
        for key, stand in (("", before), ("new_", after)):
            scores = [row["loyalty_score"] for row in stand.values()]
            self.assertAlmostEqual(outcome[f"{key}score"], sum(scores) / len(scores), 9)
        names = ("tier_id", "segment_id", "loyalty_score")
        changed = {
            partner
            for partner, old in before.items()
            if any(old[name] != after[partner][name] for name in names)
        }
        if len(changed) <= 80:
            self.assertEqual(set(told), changed)
        for partner, move in told.items():
            self.assertEqual(move.steps, steps[partner])
            for name in FIGURES:
                for prefix, stand in (("", before), ("new_", after)):
                    value = move[prefix + name]
                    value = value.id if name.endswith("_id") else value
                    self.assertEqual(value, stand[partner][name], f"{prefix}{name}")
        return outcome


class TestWhatIf(CompareCase):
    """A comparison says what a run after publishing gives, and writes nothing else."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._fill()

    def test_same_rules_move_nobody(self):
        outcome = self._check(self._draft())
        self.assertEqual((outcome["up"], outcome["down"], outcome["rescored"]), (0, 0, 0))
        self.assertEqual(outcome["stay"], 12)

    def test_other_points(self):
        draft = self._draft(
            weight_recency=5,
            weight_frequency=10,
            weight_money=15,
            weight_engagement=70,
            half_engagement=1.5,
        )
        outcome = self._check(draft)
        self.assertGreater(outcome["rescored"], 8)
        self.assertNotAlmostEqual(outcome["score"], outcome["new_score"], 1)

    def test_another_half_life(self):
        outcome = self._check(self._draft(half_life=2))
        self.assertGreater(outcome["rescored"], 0)
        self.assertLess(outcome["new_score"], outcome["score"])

    def test_other_weights_of_acts(self):
        draft = self._draft()
        self._set_weight(draft, "web.form", 0)
        self._set_weight(draft, "web.product", 50)
        self.assertGreater(self._check(draft)["rescored"], 0)

    def test_another_minimum(self):
        draft = self._draft()
        self._set_minimum(draft, "gold", 900)
        self._set_minimum(draft, "silver", 850)
        outcome = self._check(draft)
        self.assertGreater(outcome["up"], 0)
        self.assertGreater(outcome["down"], 0)

    def test_minimums_that_change_places(self):
        draft = self._draft()
        self._set_minimum(draft, "gold", 100)
        self._set_minimum(draft, "silver", 1500)
        self._check(draft)

    def test_another_window(self):
        outcome = self._check(self._draft(tier_months=2))
        self.assertGreater(outcome["down"], 0)

    def test_another_grace(self):
        self._check(self._draft(tier_months=3, grace_days=200))

    def test_measured_by_orders(self):
        draft = self._draft(tier_measure="orders", tier_months=24)
        for name, minimum in (("silver", 2), ("gold", 4), ("platinum", 6)):
            self._set_minimum(draft, name, minimum)
        outcome = self._check(draft)
        self.assertGreater(outcome["up"] + outcome["down"], 0)

    def test_measured_by_the_score(self):
        draft = self._draft(tier_measure="loyalty_score")
        for name, minimum in (("silver", 20), ("gold", 40), ("platinum", 60)):
            self._set_minimum(draft, name, minimum)
        self._check(draft)

    def test_by_orders_for_whom_the_ledger_knows_another_tier(self):
        """What the ledger holds of an earlier move changes nothing of what is foreseen."""
        self._scored("2026-03-01 12:00:00")
        self._scored("2026-06-01 12:00:00")
        draft = self._draft(grace_days=0)
        self._set_minimum(draft, "gold", 700)
        self._check(draft)

    def test_all_at_once(self):
        draft = self._draft(
            half_life=90,
            tier_months=6,
            grace_days=0,
            weight_recency=40,
            weight_frequency=20,
            weight_money=20,
            weight_engagement=20,
        )
        self._set_weight(draft, "web.form", 9)
        self._set_minimum(draft, "platinum", 1200)
        self._check(draft)

    # ------------------------------------------------------------
    # NOTHING ELSE
    # ------------------------------------------------------------

    def _tables(self):
        """Return what stands in the tables that a scoring writes."""
        self.env.flush_all()
        query = "SELECT md5(string_agg(t::text, '' ORDER BY id)) FROM %s t"
        return {
            name: self.env.execute_query(SQL(query, SQL.identifier(name)))
            for name in (
                "ecrm_profile",
                "ecrm_tier_change",
                "ecrm_score_run",
                "ecrm_touchpoint",
                "ecrm_tier",
                "ecrm_touchpoint_kind",
                "ecrm_change",
            )
        }

    def test_nothing_is_written(self):
        self._scored()
        draft = self._draft(half_life=2, tier_months=2)
        self._set_minimum(draft, "gold", 100)
        tables, rules = self._tables(), self.company._ecrm_rules()
        self._compared(draft)
        self.assertTrue(draft.move_ids)
        self.assertEqual(self._tables(), tables)
        self.assertEqual(self.company._ecrm_rules(), rules)

    def test_of_many_customers_in_the_background(self):
        self._scored()
        draft = self._draft(half_life=2)
        with patch.object(ecrm_policy_study_mixin, "AT_ONCE", 5):
            draft.action_compare()
        self.assertTrue(draft.is_queued)
        self.assertFalse(draft.outcome)
        self.env.flush_all()
        with self._now(), self.enter_registry_test_mode():
            self.env.ref("ecrm_addon.ir_cron_compare").method_direct_trigger()
        self.env.invalidate_all()
        self.assertFalse(draft.is_queued)
        self.assertEqual(draft.outcome["customers"], 12)

    def test_who_spoils_a_draft_that_waits(self):
        draft = self._draft(half_life=2)
        draft.is_queued = True
        draft.half_life = 0
        with patch.object(type(self.env["ir.cron"]), "_commit_progress", lambda *a, **k: 60):
            self.policies._cron_compare()
        self.assertFalse(draft.is_queued)
        self.assertFalse(draft.outcome)

    def test_of_which_moment(self):
        draft = self._draft()
        self._compared(draft)
        self.assertEqual(str(draft.compared_at), NOW)

    def test_out_of_date_when_rules_are_changed(self):
        self._scored()
        draft = self._draft(half_life=2)
        self.assertFalse(draft.is_outdated)
        self._compared(draft)
        self.assertFalse(draft.is_outdated)
        draft.note = "says nothing of rules"
        self.assertFalse(draft.is_outdated)
        for change, back in (
            (lambda: draft.write({"half_life": 3}), lambda: draft.write({"half_life": 2})),
            (
                lambda: self._set_minimum(draft, "gold", 5),
                lambda: self._set_minimum(draft, "gold", 2000),
            ),
            (
                lambda: self.company.write({"ecrm_grace_days": 5}),
                lambda: self.company.write({"ecrm_grace_days": 30}),
            ),
        ):
            change()
            draft.invalidate_recordset()
            self.assertTrue(draft.is_outdated)
            back()
            draft.invalidate_recordset()
            self.assertFalse(draft.is_outdated)
        draft.half_life = 5
        self._compared(draft)
        self.assertFalse(draft.is_outdated)

    def test_a_second_comparison_takes_the_place_of_the_first(self):
        self._scored()
        draft = self._draft(half_life=2)
        self._compared(draft)
        first = draft.move_ids
        draft.half_life = 30
        self._compared(draft)
        self.assertFalse(first.exists())
        self.assertFalse(draft.move_ids)

    def test_who_objects_is_not_kept(self):
        self._scored()
        draft = self._draft(weight_recency=55, weight_money=0)
        self._compared(draft)
        partner = draft.move_ids[0].partner_id
        self._profile(partner).unlink()
        self.env.invalidate_all()
        self.assertNotIn(partner, draft.move_ids.partner_id)

    def test_the_table_has_a_row_for_each_tier_that_matters(self):
        self._scored()
        draft = self._draft()
        self._set_minimum(draft, "gold", 900)
        self._compared(draft)
        tiers, segments = draft.comparison["tables"]
        self.assertEqual(tiers["name"], "tiers")
        labels = tiers["labels"]
        self.assertEqual(
            labels, [name for name in ("Bronze", "Silver", "Gold", "Platinum") if name in labels]
        )
        everybody = sum(cell["customers"] for row in tiers["cells"] for cell in row)
        self.assertEqual(everybody, 12)
        self.assertEqual(len(tiers["cells"]), len(labels))
        self.assertEqual(
            sum(cell["customers"] for row in segments["cells"] for cell in row), everybody
        )

    def test_the_list_of_those_moved(self):
        self._scored()
        draft = self._draft(weight_recency=55, weight_money=0)
        self._compared(draft)
        action = draft.action_open_movers()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found.partner_id, draft.move_ids.partner_id)

    def test_too_few_customers_to_score(self):
        self.env["sale.order"].search(
            [("company_id", "=", self.company.id), ("partner_id", "in", self.people[3:].ids)]
        ).write({"state": "cancel"})
        self._scored()
        draft = self._draft(weight_recency=55, weight_money=0)
        self._set_minimum(draft, "silver", 10)
        outcome = self._compared(draft)
        self.assertEqual(outcome["customers"], 3)
        self.assertIs(outcome["score"], False)
        self.assertIs(outcome["new_clv"], False)
        self.assertEqual(draft.comparison["tables"][1]["labels"], ["No segment"])


class TestForecastWhatIf(CompareCase, ForecastCase):
    """What customers are worth by other rules: the forecast of the same run."""

    def test_tiers_by_value(self):
        partners = self._people(260)
        self._bought(partners, self._histories(260, 3))
        self._scored()
        draft = self._draft(tier_measure="clv", grace_days=5, discount_rate=0.0)
        for name, minimum in (("silver", 20), ("gold", 80), ("platinum", 200)):
            self._set_minimum(draft, name, minimum)
        outcome = self._check(draft)
        self.assertGreater(outcome["up"] + outcome["down"], 0)

    def test_value(self):
        partners = self._people(260)
        self._bought(partners, self._histories(260, 3))
        run = self._scored()
        self.assertTrue(run.param_r, run.message)
        draft = self._draft(discount_rate=3.0, clv_months=24, margin_percent=40.0)
        before = self._stand()
        outcome = self._compared(draft)
        value = sum(row["clv_12m"] for row in before.values())
        self.assertAlmostEqual(outcome["clv"], value, 2)
        draft.action_publish()
        self._scored()
        after = sum(row["clv_12m"] for row in self._stand().values())
        self.assertAlmostEqual(outcome["new_clv"], after, 2)
        self.assertNotAlmostEqual(value, after, 0)
