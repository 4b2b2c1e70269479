from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from .score_case import ScoreCase


class ReportCase(ScoreCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user = cls._somebody("report_user", "ecrm_addon.group_ecrm_user", cls.company)
        cls.other = cls._company("Other House")
        cls.stranger = cls._somebody("report_stranger", "ecrm_addon.group_ecrm_user", cls.other)
        cls.salesperson = cls._somebody(
            "report_sales", "sales_team.group_sale_salesman_all_leads", cls.company
        )

    @classmethod
    def _somebody(cls, login, groups, company):
        return new_test_user(
            cls.env,
            login,
            groups,
            company_id=company.id,
            company_ids=[fields.Command.set(company.ids)],
        )

    def _as(self, user, model):
        return self.env[model].with_user(user)

    @classmethod
    def _make(cls, company=None, **values):
        """Return a profile of somebody new."""
        partner = cls.env["res.partner"].create({"name": "Somebody"})
        company = company or cls.company
        return cls.profiles.create({"partner_id": partner.id, "company_id": company.id, **values})


@freeze_time("2026-06-20 10:00:00")
class TestCohorts(ReportCase):
    """The month of the first order, and who came back in which month since."""

    def _cohorts(self, months=12, user=None):
        return self._as(user or self.user, "ecrm.cohort.report").get_cohorts(months)

    def _figures(self, cohorts, name="customers"):
        return {
            cohort["month"]: [cell[name] for cell in cohort["cells"]]
            for cohort in cohorts["cohorts"]
        }

    def test_counts_share_and_revenue(self):
        ann, ben, cleo = self._people(3)
        self._buy(ann, 100, "2026-03-05")
        self._buy(ann, 50, "2026-03-20")
        self._buy(ann, 70, "2026-05-01")
        self._buy(ben, 30, "2026-03-31")
        self._buy(ben, 0, "2026-06-01")
        self._buy(cleo, 10, "2026-05-10")
        self._score()
        found = self._cohorts()
        self.assertEqual(self._figures(found), {"2026-03-01": [2, 0, 1, 1], "2026-05-01": [1, 0]})
        self.assertEqual(
            self._figures(found, "revenue"),
            {"2026-03-01": [180, 0, 70, 0], "2026-05-01": [10, 0]},
        )
        self.assertEqual(self._figures(found, "orders")["2026-03-01"], [3, 0, 1, 1])
        self.assertEqual(self._figures(found, "share")["2026-03-01"], [1, 0, 0.5, 0.5])
        self.assertEqual([cohort["size"] for cohort in found["cohorts"]], [2, 1])
        # June still runs: only March has a second month that is over
        self.assertEqual([cell["share"] for cell in found["average"]], [1, 0, 0.5])
        self.assertEqual(found["currency_id"], self.company.currency_id.id)

    def test_returns_are_netted_and_make_nobody_come_back(self):
        (ann,) = self._people(1)
        self._buy(ann, 100, "2026-03-05")
        self._buy(ann, -40, "2026-04-05")
        self._score()
        found = self._cohorts()
        self.assertEqual(self._figures(found)["2026-03-01"], [1, 0, 0, 0])
        self.assertEqual(self._figures(found, "revenue")["2026-03-01"], [100, -40, 0, 0])

    def test_people_of_a_company_are_one_customer_in_the_companys_time_zone(self):
        self.company.ecrm_timezone = "Asia/Tokyo"
        firm = self.env["res.partner"].create(
            {"name": "Firm", "is_company": True, "child_ids": [(0, 0, {"name": "Clerk"})]}
        )
        self._buy(firm, 100, "2026-03-31 16:00:00")  # April in Tokyo
        self._buy(firm.child_ids, 100, "2026-05-01 10:00:00")
        self._score()
        self.assertEqual(self._figures(self._cohorts()), {"2026-04-01": [1, 1, 0]})

    def test_only_first_orders_of_the_period(self):
        (ann,) = self._people(1)
        self._buy(ann, 100, "2025-03-05")
        self._buy(ann, 100, "2026-05-05")
        self._score()
        self.assertEqual(self._cohorts()["cohorts"], [])
        self.assertEqual(len(self._cohorts(24)["cohorts"][0]["cells"]), 16)
        self.assertEqual(len(self._cohorts(10_000)["cohorts"]), 1, "24 months at most")
        self.assertEqual(self._cohorts(0)["cohorts"], [])

    def test_as_the_profiles_count(self):
        """Sizes are the profiles by month of first order, revenue is theirs in all."""
        people = self._people(8)
        for number, partner in enumerate(people):
            for step in range(number % 3 + 1):
                self._buy(partner, 10 + number, f"2026-0{1 + (number + step) % 6}-1{number}")
        self._score()
        found = self._cohorts()
        sizes = {
            fields.Date.to_string(month): count
            for month, count in self.profiles._read_group(
                [("company_id", "=", self.company.id)], ["first_order_date:month"], ["__count"]
            )
        }
        self.assertEqual({c["month"]: c["size"] for c in found["cohorts"]}, sizes)
        revenue = sum(map(sum, self._figures(found, "revenue").values()))
        profiles = self.profiles.search([("company_id", "=", self.company.id)])
        self.assertAlmostEqual(revenue, sum(profiles.mapped("monetary")))

    def test_whose(self):
        (ann,) = self._people(1)
        self._buy(ann, 100, "2026-03-05")
        self._score()
        self.assertTrue(self._cohorts()["cohorts"])
        self.assertEqual(self._cohorts(user=self.stranger)["cohorts"], [])
        self.assertEqual(self._cohorts(user=self.stranger)["average"], [])
        with self.assertRaises(AccessError):
            self._cohorts(user=self.salesperson)
        with self.assertRaises(AccessError):
            context = {"allowed_company_ids": self.company.ids}
            report = self._as(self.stranger, "ecrm.cohort.report").with_context(**context)
            report.get_cohorts()


class TestRfmGridReport(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.loyal, cls.lost = cls.env["ecrm.segment"].create([{"name": "Loyal"}, {"name": "Lost"}])
        for r_score, f_score, money, segment in (
            (5, 5, 100, cls.loyal),
            (5, 5, 50, cls.loyal),
            (5, 5, 1, cls.lost),
            (1, 2, 7, cls.lost),
            (False, False, 9, cls.env["ecrm.segment"]),
        ):
            cls._make(
                r_score=r_score,
                f_score=f_score,
                m_score=r_score,
                monetary=money,
                segment_id=segment.id,
            )

    def _grid(self, domain=None, user=None):
        return self._as(user or self.user, "ecrm.rfm.report").get_grid(domain)

    def test_cells(self):
        grid = self._grid()
        labels = [row["label"] for row in grid["rows"]]
        self.assertEqual(labels[::4], ["R5 bought lately", "R1 long ago"])
        self.assertEqual(len(grid["columns"]), 5)
        best = grid["cells"][0][0]
        self.assertEqual(best, {"customers": 3, "revenue": 151, "segment": "Loyal"})
        self.assertEqual(grid["cells"][4][3], {"customers": 1, "revenue": 7, "segment": "Lost"})
        self.assertEqual(grid["cells"][2][2], {"customers": 0, "revenue": 0, "segment": False})
        self.assertEqual(grid["customers"], 4, "who has no score is in no cell")
        self.assertEqual(grid["currency_id"], self.company.currency_id.id)

    def test_filters_apply(self):
        grid = self._grid([("segment_id", "=", self.lost.id)])
        self.assertEqual(grid["cells"][0][0], {"customers": 1, "revenue": 1, "segment": "Lost"})

    def test_a_cell_opens_as_many_customers_as_it_says(self):
        report = self._as(self.user, "ecrm.rfm.report")
        grid = self._grid()
        row, column = grid["rows"][0], grid["columns"][0]
        found = report.search([("recency", "=", row["value"]), ("frequency", "=", column["value"])])
        self.assertEqual(len(found), grid["cells"][0][0]["customers"])
        action = found[0].action_open_customer()
        self.assertEqual((action["res_model"], action["res_id"]), ("ecrm.profile", found[0].id))

    def test_amounts_of_several_currencies_are_not_added_up(self):
        dollars = self._company("Dollars", "base.USD")
        self.user.company_ids |= dollars
        report = self._as(self.user, "ecrm.rfm.report").with_context(
            allowed_company_ids=(self.company | dollars).ids
        )
        self.assertIs(report.get_grid()["currency_id"], False)

    def test_whose(self):
        self.assertEqual(self._grid(user=self.stranger)["customers"], 0)
        with self.assertRaises(AccessError):
            self._grid(user=self.salesperson)


class TestCustomerReport(ReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.segment = cls.env["ecrm.segment"].create({"name": "Regulars"})
        figures = {"segment_id": cls.segment.id, "engagement_band": "engaged"}
        cls._make(order_count=9, revenue=900, average_order=100, loyalty_score=95, **figures)
        # one of two orders is a gift
        cls._make(order_count=2, revenue=10, average_order=10, loyalty_score=100, **figures)
        cls._make(order_count=0, revenue=0, loyalty_score=0, engagement_band="lost")
        cls._make(order_count=1, revenue=5, average_order=5, loyalty_score=10)
        cls._make(order_count=1, revenue=5, average_order=5)

    def _report(self, user=None):
        return self._as(user or self.user, "ecrm.customer.report")

    def test_revenue_customers_and_average_order_of_a_segment(self):
        rows = self._report()._read_group(
            [], ["segment_id"], ["revenue:sum", "customers:sum", "average_order:avg"]
        )
        found = {segment.name: values for segment, *values in rows}
        # 910 by ten orders worth something, and not the mean of 100 and 10
        self.assertEqual(found["Regulars"], [910, 2, 91])
        self.assertEqual(found[False], [10, 3, 5])

    def test_the_average_of_several_currencies_is_not_known(self):
        dollars = self._company("Dollars", "base.USD")
        self._make(dollars, order_count=1, revenue=5, average_order=5)
        self.user.company_ids |= dollars
        report = self._report().with_context(allowed_company_ids=(self.company | dollars).ids)
        ((average,),) = report._read_group([], [], ["average_order:avg"])
        self.assertFalse(average)
        by_company = dict(report._read_group([], ["company_id"], ["average_order:avg"]))
        self.assertEqual(by_company[dollars], 5)

    def test_ten_bins_of_the_score(self):
        report = self._report().with_context(read_group_expand=True)
        groups = report.formatted_read_group(
            [("score_bin", "!=", False)], ["score_bin"], ["customers:sum", "__count"]
        )
        self.assertEqual(
            [group["customers:sum"] or 0 for group in groups], [1, 1, 0, 0, 0, 0, 0, 0, 0, 2]
        )
        self.assertEqual([group["score_bin"] for group in groups], list("0123456789"))

    def test_without_scores_there_are_no_bins(self):
        report = self._report(self.stranger).with_context(read_group_expand=True)
        groups = report.formatted_read_group([], ["score_bin"], ["customers:sum"])
        self.assertEqual(groups, [])

    def test_views_group_as_they_say(self):
        views = {
            "pivot": "ecrm_addon.ecrm_customer_report_view_pivot",
            "graph": "ecrm_addon.ecrm_customer_report_view_graph_score",
        }
        for view_type, name in views.items():
            arch = self._report().get_view(self.env.ref(name).id, view_type)["arch"]
            self.assertIn("customers", arch)

    def test_whose(self):
        report = self._report()
        self.assertEqual(len(report.search([])), 5)
        self.assertFalse(self._report(self.stranger).search([]))
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self._report(self.salesperson).search([])
        action = report.search([], limit=1).action_open_customer()
        self.assertEqual(action["res_model"], "ecrm.profile")


class TestTierReport(ReportCase):
    """A move counts at the tier that was entered and, once more, at the one that was left."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bronze, cls.silver, cls.gold = (
            cls.env.ref(f"ecrm_addon.tier_{name}") for name in ("bronze", "silver", "gold")
        )
        for when, before, after, move in (
            ("2026-01-05", cls.bronze, cls.silver, "up"),
            ("2026-01-09", cls.bronze, cls.gold, "up"),
            ("2026-01-31", cls.gold, cls.silver, "down"),
            ("2026-02-01", cls.silver[:0], cls.gold, "up"),
            ("2026-02-02", cls.silver, cls.silver[:0], "down"),
        ):
            cls._move(when, before, after, move)

    @classmethod
    def _move(cls, when, before, after, move):
        cls.env["ecrm.tier.change"].create(
            {
                "company_id": cls.company.id,
                "partner_id": cls.customer.id,
                "date": f"{when} 12:00:00",
                "from_tier_id": before.id,
                "to_tier_id": after.id,
                "move": move,
            }
        )

    def _by_tier(self, month):
        names = ("risen", "fallen", "left_count", "net")
        rows = self._as(self.user, "ecrm.tier.report")._read_group(
            [], ["date:month", "tier_id"], [f"{name}:sum" for name in names]
        )
        return {
            tier.name: values for when, tier, *values in rows if (when.year, when.month) == month
        }

    def test_up_down_and_net_of_each_tier(self):
        self.assertEqual(
            self._by_tier((2026, 1)),
            {"Bronze": [0, 0, 2, -2], "Silver": [1, 1, 0, 2], "Gold": [1, 0, 1, 0]},
        )
        february = self._by_tier((2026, 2))
        self.assertEqual(february["Gold"], [1, 0, 0, 1])
        self.assertEqual(february["Silver"], [0, 0, 1, -1])

    def test_each_move_once(self):
        rows = self._as(self.user, "ecrm.tier.report")._read_group(
            [], ["date:month", "move"], ["move_count:sum"]
        )
        self.assertEqual(
            {(when.month, move): count for when, move, count in rows},
            {(1, "up"): 2, (1, "down"): 1, (2, "up"): 1, (2, "down"): 1},
        )

    def test_ids_are_unique(self):
        rows = self._as(self.user, "ecrm.tier.report").search([])
        self.assertEqual(len(rows), 9)
        self.assertEqual(len(rows.read(["tier_id", "partner_id"])), 9)

    def test_whose(self):
        self.assertFalse(self._as(self.stranger, "ecrm.tier.report").search([]))
        with mute_logger("odoo.models"), self.assertRaises(AccessError):
            self._as(self.salesperson, "ecrm.tier.report").search([])


class TestReportMenus(ReportCase):
    def test_who_has_no_rights_sees_no_report(self):
        menus = [
            self.env.ref(f"ecrm_addon.{name}").id
            for name in (
                "ecrm_rfm_report_menu",
                "ecrm_customer_report_menu",
                "ecrm_customer_report_menu_scores",
                "ecrm_cohort_report_menu",
                "ecrm_tier_report_menu",
            )
        ]
        seen = self.env["ir.ui.menu"].with_user(self.user)._visible_menu_ids()
        self.assertLessEqual(set(menus), set(seen))
        seen = self.env["ir.ui.menu"].with_user(self.salesperson)._visible_menu_ids()
        self.assertFalse(set(menus) & set(seen))
