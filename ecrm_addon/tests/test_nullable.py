from odoo.fields import Domain

from .score_case import ScoreCase


class TestNullable(ScoreCase):
    """What is not known is empty: in Python, by RPC, in searches, sums and exports."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.buyer, cls.visitor = cls._people(2)
        cls._buy(cls.buyer, 100, "2026-06-30")
        cls._act(cls.visitor)
        cls._score("2026-06-30")
        cls.known, cls.unknown = cls._profile(cls.buyer), cls._profile(cls.visitor)
        cls.both = cls.known | cls.unknown

    def _search(self, *condition):
        return self.profiles.search(Domain(*condition) & Domain("id", "in", self.both.ids))

    def test_read(self):
        self.assertEqual(self.known.recency_days, 0)
        self.assertIsNot(self.known.recency_days, False)
        self.assertIs(self.unknown.recency_days, False)
        names = ["recency_days", "monetary", "p_alive", "clv_12m", "missing_to_next"]
        for rows in (self.unknown.read(names), self.unknown.web_read(dict.fromkeys(names, {}))):
            for name in names:
                self.assertIs(rows[0][name], False, name)
        self.assertIs(self.known.read(["recency_days"])[0]["recency_days"], 0)

    def test_search(self):
        self.assertEqual(self._search("recency_days", "=", 0), self.known)
        self.assertEqual(self._search("recency_days", "=", False), self.unknown)
        self.assertEqual(self._search("recency_days", "!=", False), self.known)
        self.assertEqual(self._search("recency_days", "<", 5), self.known)
        self.assertEqual(self._search("recency_days", "<=", 0), self.known)
        self.assertEqual(self._search("monetary", ">=", 0), self.known)
        self.assertFalse(self._search("p_alive", "<", 1))

    def test_filter_as_search(self):
        for condition in (
            ("recency_days", "=", 0),
            ("recency_days", "=", False),
            ("recency_days", "!=", False),
            ("recency_days", "in", [0, 7]),
            ("recency_days", "<", 5),
            ("monetary", ">", 1),
        ):
            found = self.both.filtered_domain(Domain(*condition))
            self.assertEqual(found, self._search(*condition), condition)

    def test_group(self):
        ((average, total),) = self.profiles._read_group(
            [("id", "in", self.both.ids)], [], ["recency_days:avg", "monetary:sum"]
        )
        self.assertEqual((average, total), (0, 100))
        groups = self.profiles._read_group(
            [("id", "in", self.both.ids)], ["frequency"], ["__count"]
        )
        self.assertEqual(dict(groups), {1: 1, False: 1})

    def test_export(self):
        rows = self.both.sorted("order_count").export_data(["recency_days", "order_count"])
        self.assertEqual(rows["datas"], [["", 0], [0, 1]])

    def test_unknown_comes_last(self):
        for order in ("recency_days", "recency_days desc", "monetary desc"):
            found = self.profiles.search([("id", "in", self.both.ids)], order=order)
            self.assertEqual(found[-1], self.unknown, order)

    def test_write(self):
        self.known.recency_days = False
        self.known.monetary = 0
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertIs(self.known.recency_days, False)
        self.assertIsNot(self.known.monetary, False)
        self.assertEqual(self.known.monetary, 0)

    def test_forecasts_are_not_faked(self):
        for name in (
            "p_alive",
            "p_buy_90d",
            "expected_orders_12m",
            "expected_order_value",
            "clv_12m",
            "overdue_days",
        ):
            self.assertIs(self.known[name], False, name)
