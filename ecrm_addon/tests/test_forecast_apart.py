import random

from .forecast_case import TODAY, ForecastCase

RUN_FIGURES = (
    "status",
    "message",
    "thresholds",
    "customer_count",
    "sample_count",
    "log_likelihood",
    "gg_log_likelihood",
    "value_hidden",
    "calibration",
)


class TestForecastApart(ForecastCase):
    """What has nothing to do with a company's buying changes none of its forecasts."""

    def _told(self, company):
        """Score a company; return all figures of the run, and of its customers by name."""
        run = self._score(TODAY, company)
        names = [*RUN_FIGURES, *(name for name in run._fields if self._is_figure(name))]
        profiles = self.profiles.search(
            [("company_id", "=", company.id), ("order_count", ">", 0)], order="partner_id"
        )
        figures = self._figures(profiles)
        for row in figures.values():
            del row["company_id"]
        return {name: run[name] for name in names}, figures

    @staticmethod
    def _is_figure(name):
        return name.startswith(("param_", "gg_", "holdout_"))

    def _set_state(self, company, before, after):
        """Rewrite the state of the orders of a company, as if it had never been another."""
        self.env.cr.execute(
            "UPDATE sale_order SET state = %s WHERE company_id = %s AND state = %s",
            (after, company.id, before),
        )
        self.env.invalidate_all()

    def test_two_companies_two_currencies(self):
        """Each stands as it does when the other is not there, to the last digit."""
        other = self._company("Coffee House", "base.USD")
        people = self._people(440)
        ours, theirs = people[:220], people[220:]
        self._bought(ours, self._histories(220, 9))
        ours_alone = self._told(self.company)
        self.assertEqual(ours_alone[0]["status"], "ok")
        self._set_state(self.company, "sale", "draft")
        self._score(TODAY)
        self._bought(theirs, self._histories(220, 12), other)
        theirs_alone = self._told(other)
        self.assertEqual(theirs_alone[0]["status"], "ok")
        self.assertNotEqual(theirs_alone[0]["param_r"], ours_alone[0]["param_r"])
        self._set_state(self.company, "draft", "sale")
        for company, alone, people in (
            (self.company, ours_alone, ours),
            (other, theirs_alone, theirs),
        ):
            together = self._told(company)
            self.assertEqual(together, alone)
            self.assertLessEqual(set(together[1]), set(people.ids))

    def test_neither_order_of_rows_nor_ids_matter(self):
        """The same histories, told in another order by customers of other ids."""
        histories = self._histories(220, 13)
        people = self._people(440)
        ours, others = people[:220], people[220:]
        twin = self._company("Tea House Two")
        self._bought(ours, histories)
        told = [*zip(reversed(others), histories, strict=True)]
        random.Random(14).shuffle(told)
        shuffled = [random.Random(15).sample(orders, len(orders)) for _person, orders in told]
        self._bought([person for person, _orders in told], shuffled, twin)
        run, figures = self._told(self.company)
        twin_run, twin_figures = self._told(twin)
        self.assertEqual(run["status"], "ok")
        for name, value in run.items():
            if isinstance(value, float):
                self.assertAlmostEqual(twin_run[name], value, delta=1e-9 * abs(value), msg=name)
            else:
                self.assertEqual(twin_run[name], value, name)
        for person, double in zip(ours, reversed(others), strict=True):
            row, twin_row = figures.get(person.id), twin_figures.get(double.id)
            self.assertEqual(bool(row), bool(twin_row))
            for name, value in (row or {}).items():
                if name not in ("partner_id", "display_name"):
                    self.assertEqual(twin_row[name], value, name)
