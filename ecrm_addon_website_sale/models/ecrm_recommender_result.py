from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools.misc import formatLang

from ..lib.lift import MIN_BUYERS, MIN_CUSTOMERS, Group, compare, mean
from ..queries import attribute_clicks, compare_groups
from .ecrm_recommender_holdout import CLICKED, SHOWN

#: Days that are looked back on, if the share of who is held out is that old.
DAYS = 90
#: Hours after which a website is due again: one night's calls are nearer together, two nights
#: are further apart.
DUE_HOURS = 12
VERDICTS = [
    ("off", "Nobody Is Held Out"),
    ("too_little", "Too Little Data"),
    ("open", "May Be Chance"),
    ("better", "More"),
    ("worse", "Less"),
]


class EcrmRecommenderResult(models.Model):
    """What recommendations bring on a website, against those who see none.

    One row per website, computed by the night. An interval holds the true difference in 95 of
    100 cases; of too few customers nothing is said.
    """

    _name = "ecrm.recommender.result"
    _description = "What Recommendations Bring"
    _order = "website_id"
    _rec_name = "website_id"

    website_id = fields.Many2one("website", required=True, readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    currency_id = fields.Many2one(related="company_id.currency_id")
    computed_at = fields.Datetime("As of", readonly=True)
    failed_at = fields.Datetime(
        "Failed on", readonly=True, help="The last night ended in an error, which is in the log."
    )
    since = fields.Datetime("From", readonly=True)
    share = fields.Integer("Held Out (%)", readonly=True)

    customers = fields.Integer("Customers Shown", readonly=True)
    held_out_customers = fields.Integer("Customers Held Out", readonly=True)
    mixed_customers = fields.Integer(
        "In Both Groups",
        readonly=True,
        help="By a browser before a login; they count in the group they were in first.",
    )
    buyers = fields.Integer("Buyers Shown", readonly=True)
    held_out_buyers = fields.Integer("Buyers Held Out", readonly=True)
    pages = fields.Integer(readonly=True, help="Pages that showed recommendations.")
    clicks = fields.Integer(
        readonly=True, help="Recommendations on pages that were followed, each once in a visit."
    )
    clickers = fields.Integer("Customers Who Clicked", readonly=True)
    click_rate = fields.Float("Clicks per Page", readonly=True, digits=(16, 4), aggregator="avg")

    revenue = fields.Monetary("Revenue per Customer Shown", readonly=True)
    held_out_revenue = fields.Monetary("Revenue per Customer Held Out", readonly=True)
    revenue_difference = fields.Monetary("More per Customer", readonly=True)
    revenue_low = fields.Monetary("More, at Least", readonly=True)
    revenue_high = fields.Monetary("More, at Most", readonly=True)
    revenue_lift = fields.Float("Lift of Revenue", readonly=True, digits=(16, 4))
    revenue_verdict = fields.Selection(VERDICTS, "Revenue", readonly=True)

    views = fields.Float("Products Viewed per Customer Shown", readonly=True, digits=(16, 2))
    held_out_views = fields.Float(
        "Products Viewed per Customer Held Out", readonly=True, digits=(16, 2)
    )
    views_difference = fields.Float("More Viewed", readonly=True, digits=(16, 2))
    views_low = fields.Float("More Viewed, at Least", readonly=True, digits=(16, 2))
    views_high = fields.Float("More Viewed, at Most", readonly=True, digits=(16, 2))
    views_verdict = fields.Selection(VERDICTS, "Views", readonly=True)

    click_days = fields.Integer("Days after a Click", readonly=True)
    clicked_orders = fields.Integer("Orders after a Click", readonly=True)
    clicked_revenue = fields.Monetary("Revenue after a Click", readonly=True)
    orders = fields.Integer("Orders of the Website", readonly=True)
    all_revenue = fields.Monetary("Revenue of the Website", readonly=True)
    clicked_share = fields.Float("Share of Revenue after a Click", readonly=True, digits=(16, 4))
    summary = fields.Text(compute="_compute_summary")
    is_asked = fields.Boolean(readonly=True, help="Somebody asked for it before the night.")

    _website = models.UniqueIndex("(website_id)")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("revenue_verdict", "customers", "held_out_customers", "revenue_difference")
    @api.depends_context("lang")
    def _compute_summary(self):
        for result in self:
            result.summary = result._say()

    def _say(self):
        """Return the result in a sentence or two, without more than the figures allow."""
        if self.revenue_verdict == "off":
            return self.env._(
                "Nobody is held out, so that nothing says what would have been bought anyway."
            )
        if self.revenue_verdict == "too_little" or not self.revenue_verdict:
            return self.env._(
                "Too little data: %(shown)s customers saw recommendations and %(held_out)s were "
                "held out, of whom %(buyers)s and %(held_out_buyers)s bought. Each group needs "
                "%(customers)s customers and %(least)s buyers.",
                shown=self.customers,
                held_out=self.held_out_customers,
                buyers=self.buyers,
                held_out_buyers=self.held_out_buyers,
                customers=MIN_CUSTOMERS,
                least=MIN_BUYERS,
            )
        interval = {
            "low": formatLang(self.env, self.revenue_low, currency_obj=self.currency_id),
            "high": formatLang(self.env, self.revenue_high, currency_obj=self.currency_id),
        }
        if self.revenue_verdict == "open":
            return self.env._(
                "No difference is proved: who saw recommendations spent between %(low)s and "
                "%(high)s more than who did not, which may be nothing.",
                **interval,
            )
        if self.revenue_verdict == "worse":
            return self.env._(
                "Who saw recommendations spent less than who did not: the difference is between "
                "%(low)s and %(high)s per customer.",
                **interval,
            )
        return self.env._(
            "Who saw recommendations spent more than who did not: between %(low)s and %(high)s "
            "per customer.",
            **interval,
        )

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _due(self):
        """Return the websites that are to be counted, those that never were come first.

        What an earlier call of this night counted, or failed to count, is not due.
        """
        latest = fields.Datetime.now() - relativedelta(hours=DUE_HOURS)
        results = self.search([])
        never = self.env["website"].search([("id", "not in", results.website_id.ids)])
        due = results.filtered(lambda one: one.is_asked or one._tried_at() <= latest)
        return never | due.sorted(lambda one: one._tried_at()).website_id

    def _tried_at(self):
        return self.failed_at or self.computed_at

    @api.model
    @api.private
    def _fail(self, website):
        """Note that a website could not be counted, so that the others get their turn."""
        self._store(website, {"failed_at": fields.Datetime.now(), "is_asked": False})

    def _store(self, website, values):
        """Write the row of a website; there is none before its first night."""
        # sudo: whoever may read it, it is written by the night alone
        result_sudo = self.sudo().search([("website_id", "=", website.id)])
        values = {"company_id": website.sudo().company_id.id, **values}
        if result_sudo:
            result_sudo.write(values)
            return result_sudo
        return result_sudo.create({"website_id": website.id, **values})

    @api.model
    @api.private
    def _renew(self, website, now=None):
        """Compare the groups of a website anew.

        :param website website: of which
        :param datetime now: end of the period (UTC), None for now
        :return ecrm.recommender.result: the row
        """
        # sudo: sums over all customers; who may read them is said by the rights on this model
        website_sudo, results_sudo = website.sudo(), self.sudo()
        now = now or fields.Datetime.now()
        since = max(
            now - relativedelta(days=DAYS),
            website_sudo.ecrm_holdout_since or now - relativedelta(days=DAYS),
        )
        values = {
            "computed_at": now,
            "failed_at": False,
            "is_asked": False,
            "since": since,
            "share": website_sudo.ecrm_holdout_share,
            **results_sudo._compared(website_sudo, since, now),
            **results_sudo._brought(website_sudo, since, now),
        }
        return self._store(website, values)

    def _compared(self, website, since, before):
        """Return the values of both groups, and of how they differ."""
        self.env.flush_all()
        events = self.env["ecrm.log"].web_events([(since, before)])
        statement = compare_groups.build(website.id, events, (SHOWN, CLICKED), before)
        rows = [
            dict(zip(compare_groups.COLUMNS, row, strict=True))
            for row in self.env.execute_query(statement)
        ]
        groups = {row["held_out"]: row for row in rows}
        nobody = dict.fromkeys(compare_groups.COLUMNS, 0)
        shown, held_out = groups.get(False, nobody), groups.get(True, nobody)
        return {
            "customers": shown["customers"],
            "held_out_customers": held_out["customers"],
            "mixed_customers": shown["mixed"] + held_out["mixed"],
            "buyers": shown["buyers"],
            "held_out_buyers": held_out["buyers"],
            "pages": shown["pages"],
            "clicks": shown["clicks"],
            "clickers": shown["clickers"],
            "click_rate": shown["clicks"] / shown["pages"] if shown["pages"] else 0,
            **self._difference(website, "revenue", *map(self._revenue, (shown, held_out))),
            **self._difference(website, "views", *map(self._views, (shown, held_out))),
        }

    @staticmethod
    def _revenue(row):
        return Group(row["customers"], row["buyers"], row["revenue"], row["revenue_squares"])

    @staticmethod
    def _views(row):
        return Group(row["customers"], row["viewers"], row["views"], row["view_squares"])

    @staticmethod
    def _difference(website, name, shown, held_out):
        lift = compare(shown, held_out)
        values = {
            name: mean(shown) or 0,
            f"held_out_{name}": mean(held_out) or 0,
            f"{name}_difference": lift.difference or 0,
            f"{name}_low": lift.low or 0,
            f"{name}_high": lift.high or 0,
            f"{name}_verdict": lift.verdict if website.ecrm_holdout_share else "off",
        }
        return {**values, "revenue_lift": lift.lift or 0} if name == "revenue" else values

    def _brought(self, website, since, before):
        """Return the values of what was bought after clicks, beside all that was."""
        days = website.ecrm_click_days
        events = self.env["ecrm.log"].web_events([(since, before)])
        names = (SHOWN, CLICKED)
        statement = attribute_clicks.build(website.id, events, names, days, since, before)
        ((clicked_orders, clicked, orders, revenue),) = self.env.execute_query(statement)
        return {
            "click_days": days,
            "clicked_orders": clicked_orders,
            "clicked_revenue": clicked,
            "orders": orders,
            "all_revenue": revenue,
            "clicked_share": clicked / revenue if revenue else 0,
        }

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_renew(self):
        """Button: count and compare as soon as a job can, instead of waiting for the night.

        :return dict: a notification that says so; all orders and events are read, which is
            nothing to wait for
        """
        self.check_access("read")
        # sudo: whoever may read it may ask for it, and writes nothing else
        asked_sudo = self.sudo().filtered(lambda result: not result.is_asked)
        asked_sudo.is_asked = True
        if asked_sudo:
            self.env.ref("ecrm_addon_website_sale.ir_cron_recommend").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "Recommendations are compared in the background. Look again in some minutes."
                ),
            },
        }
