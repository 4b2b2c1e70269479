import random
from itertools import product

from odoo import fields

from ..lib.scoring import rfm, segments
from .score_case import ScoreCase


class TestRfm(ScoreCase):
    """Scores by percentiles, worked out by hand and against the definition in ``lib``."""

    AS_OF = "2026-06-30"

    def _customers(self, table):
        """Return customers who bought as told: (days since, orders, money in all)."""
        people = self._people(len(table))
        for partner, (days, orders, money) in zip(people, table, strict=True):
            for _number in range(orders - 1):
                self._buy(partner, 0, "2026-01-01")
            self._buy(partner, money, self._before(days))
        return people

    def _before(self, days):
        return str(fields.Date.subtract(fields.Date.to_date(self.AS_OF), days=days))

    def _scores(self, people):
        return [
            tuple(self._profile(partner)[f"{letter}_score"] for letter in "rfm")
            for partner in people
        ]

    def test_by_hand(self):
        """Eleven customers: the percentiles fall on the 3rd, 5th, 7th and 9th of them."""
        table = [(10 * n, n, 100 * n) for n in range(1, 12)]
        people = self._customers(table)
        run = self._score(self.AS_OF)
        self.assertEqual(
            run.thresholds,
            {
                "r": [30.0, 50.0, 70.0, 90.0],
                "f": [3.0, 5.0, 7.0, 9.0],
                "m": [300.0, 500.0, 700.0, 900.0],
            },
        )
        low_to_high = [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
        self.assertEqual(self._scores(people), [(6 - score, score, score) for score in low_to_high])

    def test_equal_values_get_equal_scores(self):
        people = self._customers([(20, 1, 50)] * 6 + [(10, 3, 90)] * 2)
        self._score(self.AS_OF)
        self.assertEqual(len(set(self._scores(people[:6]))), 1)
        self.assertEqual(len(set(self._scores(people[6:]))), 1)

    def test_order_of_rows_does_not_matter(self):
        table = [(7 * n % 31 + 1, n % 4 + 1, 37 * n % 101) for n in range(12)]
        people = self._customers(table)
        self._score(self.AS_OF)
        found = dict(zip(table, self._scores(people), strict=True))
        other = self._company("Other Way Round")
        type(self).company, first = other, self.company
        self.addCleanup(setattr, type(self), "company", first)
        shuffled = random.Random(7).sample(table, len(table))
        people = self._customers(shuffled)
        self._score(self.AS_OF)
        self.assertEqual(dict(zip(shuffled, self._scores(people), strict=True)), found)

    def test_sql_and_definition_agree(self):
        dice = random.Random(11)
        table = [
            (dice.randint(1, 90), dice.randint(1, 5), dice.choice([0, 9.5, 10, 11, 250, 999]))
            for _n in range(23)
        ]
        people = self._customers(table)
        run = self._score(self.AS_OF)
        for place, letter in enumerate("rfm"):
            cuts = rfm.thresholds([row[place] for row in table])
            self.assertEqual(run.thresholds[letter], cuts)
            self.assertEqual(
                [scores[place] for scores in self._scores(people)],
                [rfm.score(letter, row[place], cuts) for row in table],
            )

    def test_too_few_to_compare(self):
        people = self._customers([(10 * n, n, 100 * n) for n in range(1, 5)])
        run = self._score(self.AS_OF)
        self.assertEqual(run.status, "too_little_data")
        self.assertFalse(run.thresholds)
        self.assertEqual(self._scores(people), [(False, False, False)] * 4)
        profile = self._profile(people[0])
        self.assertIs(profile.loyalty_score, False)
        self.assertFalse(profile.segment_id)
        self.assertEqual(profile.monetary, 100)
        self.assertIn("Not enough customers", profile.why)

    def test_every_combination_has_one_segment(self):
        found = self.env["ecrm.segment"]._cells(self.company.id)
        self.assertEqual(len(found), 125)
        self.assertNotIn(None, found)
        champions = self.env.ref("ecrm_addon.segment_champions").id
        for scores in product(range(1, 6), repeat=3):
            is_champion = found[segments.cell(*scores)] == champions
            self.assertEqual(is_champion, min(scores) >= 4, scores)
        named = {self.env["ecrm.segment"].browse(ident).code for ident in found}
        self.assertEqual(len(named), 11)

    def test_a_companys_own_segment(self):
        mine = self.env["ecrm.segment"].create(
            {"name": "Mine", "sequence": 1, "r_min": 5, "company_id": self.company.id}
        )
        self.assertEqual(self.env["ecrm.segment"]._cells(self.company.id)[-1], mine.id)
        self.assertNotIn(mine.id, self.env["ecrm.segment"]._cells(self.env.company.id))
        people = self._customers([(10 * n, n, 100 * n) for n in range(1, 6)])
        self._score(self.AS_OF)
        self.assertEqual(self._profile(people[0]).segment_id, mine)
        mine.active = False
        self._score(self.AS_OF)
        self.assertNotEqual(self._profile(people[0]).segment_id, mine)

    def test_loyalty_score_adds_up(self):
        people = self._customers([(10 * n, n, 100 * n) for n in range(1, 6)])
        self._act(people[4], "web.form", "2026-06-20 10:00:00")
        self._score(self.AS_OF)
        profile = self._profile(people[4])
        # R 1, F 5, M 5 and 4 points that are 10.58 days old
        self.assertAlmostEqual(profile.engagement, 4 * 2 ** (-(10 + 14 / 24) / 30), 9)
        self.assertEqual(profile.loyalty_score, 60 + 3.58)
        self.assertIn("Loyalty 63.58 = 0 for recency + 30 for frequency", profile.why)
