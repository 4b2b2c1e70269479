import json
import re
from datetime import timedelta

from odoo.exceptions import ValidationError
from odoo.tests import new_test_user

from .recommend_case import NOW, RecommendCase
from .shop_case import ShopCase


class TestHoldout(RecommendCase):
    """Who is held out, and what is said of the difference."""

    def _told(self, browser, group="shown", minutes=600, visit=1):
        self._event(
            "web.custom",
            browser,
            minutes,
            session_key=f"{browser}-{visit}",
            props={"name": "recommended", "place": "cart", "group": group},
        )

    def _clicked(self, browser, product, minutes=590, visit=1, place="cart"):
        self._event(
            "web.custom",
            browser,
            minutes,
            session_key=f"{browser}-{visit}",
            props={"name": "recommended_click", "place": place, "product": product.id},
            res_model="product.product",
            res_id=product.id,
        )

    def _is(self, browser, partner):
        """Let a browser be a contact's."""
        identity = self.env["ecrm.identity"].search([], order="id desc", limit=1)
        self.assertFalse(identity.partner_id)
        identity.partner_id = partner

    def _agree(self, partners):
        """Let contacts agree to be measured, on the website to which mails lead."""
        self.website.ecrm_tracking = "identified"
        self.env.company.website_id = self.website
        for partner in partners:
            identity = self.env["ecrm.identity"].create(
                {"kind": "partner", "key": str(partner.id), "partner_id": partner.id}
            )
            self.env["ecrm.consent"].record(identity, "granted", "measure", source="portal")

    def _key(self, partner):
        """Return the key of a contact who agreed and is written to."""
        self._agree(partner)
        return self.recommender._experiment_key(partner)

    def _result(self):
        self.website.ecrm_holdout_since = NOW - timedelta(days=30)
        return self.env["ecrm.recommender.result"]._renew(self.website, NOW)

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def test_always_the_same_and_about_the_share(self):
        keys = [f"customer:{n}" for n in range(5000)]
        held_out = {key for key in keys if self.recommender._is_held_out(key, self.website)}
        # 10 % of 5,000: 500, three standard deviations are 64
        self.assertAlmostEqual(len(held_out), 500, delta=64)
        again = {key for key in keys if self.recommender._is_held_out(key, self.website)}
        self.assertEqual(again, held_out)
        self.website.ecrm_holdout_share = 20
        more = {key for key in keys if self.recommender._is_held_out(key, self.website)}
        self.assertLess(held_out, more)
        self.website.ecrm_holdout_share = 0
        self.assertFalse(any(self.recommender._is_held_out(key, self.website) for key in keys))

    def test_nobody_is_not_held_out(self):
        self.website.ecrm_holdout_share = 50
        self.assertEqual(self.recommender._experiment_key(), "")
        self.assertFalse(self.recommender._is_held_out("", self.website))
        public = self.website.user_id.partner_id
        self.assertEqual(self.recommender._experiment_key(public), "")

    def test_a_company_is_one(self):
        people = self.ann.create([{"name": n, "parent_id": self.bob.id} for n in ("A", "B")])
        keys = {self._key(person) for person in people}
        self.assertEqual(keys, {f"customer:{self.bob.id}"})

    def test_who_is_not_measured_is_in_no_group(self):
        clerk = new_test_user(self.env, "holdout_clerk", groups="base.group_user").partner_id
        self.assertEqual(self._key(self.ann), f"customer:{self.ann.id}")
        self.assertEqual(self._key(clerk), "")  # an employee
        self.assertEqual(self.recommender._experiment_key(self.bob), "")  # said nothing
        self.website.ecrm_holdout_share = 50
        people = self.ann.create([{"name": f"P{n}"} for n in range(40)])
        self._agree(people[:20])
        some = self.recommender._held_out(people | clerk, self.website)
        self.assertTrue(some)
        self.assertLess(some, people[:20])  # one case in a million is another one
        self.website.ecrm_tracking = "anonymous"
        self.assertEqual(self.recommender._experiment_key(self.ann), "")
        self.assertFalse(self.recommender._held_out(people, self.website))

    def test_offer(self):
        for _order in range(2):
            self._order(self.tea, self.cup)
        self.recommender._build(self.website)
        self.website.ecrm_holdout_share = 50
        people = self.ann.create([{"name": f"Person {n}"} for n in range(20)])
        self._agree(people)
        seen = set()
        for person in people:
            key = self.recommender._experiment_key(person)
            is_held_out = self.recommender._is_held_out(key, self.website)
            offer = self.recommender._offer(self.website, person, "cart", product_ids=[self.tea.id])
            self.assertEqual(not offer["picks"], is_held_out)
            self.assertEqual(offer["shown"]["group"], "held_out" if is_held_out else "shown")
            seen.add(is_held_out)
        self.assertEqual(seen, {True, False})  # one case in a million is of one group
        empty = self.env["website"].create({"name": "Empty"})
        offer = self.recommender._offer(empty, people[0], "cart", product_ids=[self.tea.id])
        self.assertEqual(offer, {"picks": [], "shown": None})

    def test_share_begins_anew(self):
        before = NOW - timedelta(days=50)
        self.website.ecrm_holdout_since = before
        self.website.ecrm_holdout_share = 10
        self.assertEqual(self.website.ecrm_holdout_since, before)
        self.website.ecrm_holdout_share = 12
        self.assertGreater(self.website.ecrm_holdout_since, before)
        for values in ({"ecrm_holdout_share": 51}, {"ecrm_pair_months": 0},
                       {"ecrm_click_days": 0}, {"ecrm_pair_order_size": 1}):  # fmt: skip
            with self.assertRaises(ValidationError):
                self.website.write(values)

    # ------------------------------------------------------------
    # WHAT IT BROUGHT
    # ------------------------------------------------------------

    def test_attribution(self):
        self._told("ann")
        self._clicked("ann", self.cup)
        self._is("ann", self.ann)
        self._told("bob", "held_out")
        self._is("bob", self.bob)
        self._told("guest")
        self._order(self.cup, self.tea, partner=self.ann, days=0.2)  # 20, of which cup 10
        self._order(self.cup, partner=self.ann, days=1)  # before the click and the first page
        self._order(self.tea, partner=self.ann, days=0.1)  # not what was clicked
        self._order(self.cup, partner=self.bob, days=0.2)
        result = self._result()
        self.assertEqual((result.customers, result.held_out_customers), (2, 1))
        self.assertEqual((result.pages, result.clicks, result.clickers), (2, 1, 1))
        self.assertEqual(result.click_rate, 0.5)
        self.assertEqual((result.clicked_orders, result.clicked_revenue), (1, 10))
        self.assertEqual((result.orders, result.all_revenue), (4, 50))
        self.assertEqual(result.clicked_share, 0.2)
        # Ann 30, the guest nothing; Bob 10
        self.assertEqual((result.revenue, result.held_out_revenue), (15, 10))
        self.assertEqual((result.buyers, result.held_out_buyers), (1, 1))
        # honest: of three people nothing is said
        self.assertEqual(result.revenue_verdict, "too_little")
        self.assertIn("Too little data", result.summary)
        self.assertFalse(result.revenue_low or result.revenue_high or result.revenue_difference)

    def test_in_both_groups_stays_in_the_first(self):
        """Ann and Bob bought; leaving those out who logged in would tell of strangers only."""
        for browser, partner, first, then in (
            ("ann", self.ann, "shown", "held_out"),
            ("bob", self.bob, "held_out", "shown"),
        ):
            self._told(browser, first)
            self._is(browser, partner)
            self._told(f"{browser}-phone", then, minutes=500)
            self._is(f"{browser}-phone", partner)
        self._told("guest")
        self._order(self.cup, partner=self.ann, days=0.2)
        self._order(self.cup, self.tea, partner=self.bob, days=0.2)
        result = self._result()
        self.assertEqual((result.customers, result.held_out_customers), (2, 1))
        self.assertEqual(result.mixed_customers, 2)
        self.assertEqual((result.revenue, result.held_out_revenue), (5, 20))

    def test_a_click_is_counted_once_and_where_something_was_shown(self):
        self._told("ann")
        for minutes in (590, 580):  # followed, and loaded again
            self._clicked("ann", self.cup, minutes)
        self._clicked("ann", self.cup, 300, visit=2)  # by a bookmark
        self._clicked("ann", self.jam, 599, place="product")  # no such place was seen
        self._clicked("ann", self.pot, 610)  # before anything was shown
        self._clicked("ann", self.rug, 200, visit=3, place="mail")
        self._is("ann", self.ann)
        self._told("bob", "held_out")
        self._clicked("bob", self.cup)  # typed in
        self._is("bob", self.bob)
        for partner in (self.ann, self.bob):
            self._order(self.cup, self.jam, self.pot, partner=partner, days=0.1)
        self._order(self.rug, partner=self.ann, days=0.1)
        result = self._result()
        self.assertEqual((result.pages, result.clicks, result.clickers), (1, 1, 1))
        # Ann's cup, and her rug by a mail
        self.assertEqual((result.clicked_orders, result.clicked_revenue), (2, 20))

    def test_after_the_days_a_click_brought_nothing(self):
        self.website.ecrm_click_days = 1
        self._told("ann", minutes=60 * 80)
        self._clicked("ann", self.cup, minutes=60 * 79)
        self._is("ann", self.ann)
        self._order(self.cup, partner=self.ann, days=1)
        self.assertEqual(self._result().clicked_orders, 0)
        self.website.ecrm_click_days = 3
        self.assertEqual(self._result().clicked_orders, 1)

    def test_machines_and_other_websites_do_not_count(self):
        self._event("web.custom", "bot", verdict="machine",
                    props={"name": "recommended", "group": "shown"})  # fmt: skip
        other = self.env["website"].create({"name": "Other"})
        self._event("web.custom", "far", website_id=other.id,
                    props={"name": "recommended", "group": "shown"})  # fmt: skip
        self._event("web.custom", "near", props={"name": "something", "group": "shown"})
        self.assertEqual(self._result().customers, 0)

    def test_nobody_held_out_is_said(self):
        self.website.ecrm_holdout_share = 0
        result = self._result()
        self.assertEqual(result.revenue_verdict, "off")
        self.assertIn("Nobody is held out", result.summary)

    def test_summary_of_each_verdict(self):
        result = self._result()
        texts = set()
        for verdict in ("better", "worse", "open", "too_little", "off"):
            result.write({"revenue_verdict": verdict, "revenue_low": -1, "revenue_high": 3})
            texts.add(result.summary)
        self.assertEqual(len(texts), 5)


class TestClick(ShopCase):
    """A product page says that a recommendation led to it."""

    def _marks(self, url):
        page = self.url_open(url).text
        found = re.findall(r'data-ecrm="web.custom"\s+data-ecrm-props="([^"]*)"', page)
        return [json.loads(mark.replace("&#34;", '"').replace("&quot;", '"')) for mark in found]

    def test_click(self):
        self.website.ecrm_tracking = "identified"
        url = self.tea.website_url
        self.assertEqual(
            self._marks(f"{url}?ecrm_rec=cart"),
            [{"name": "recommended_click", "place": "cart", "product": self.tea.id}],
        )
        self.assertEqual(self._marks(url), [])
        self.assertEqual(self._marks(f"{url}?ecrm_rec=%3Cscript%3E"), [])
        self._agree()
        self.assertEqual(
            self._beacon("web.custom", name="recommended_click", place="cart",
                         product=self.tea.id).status_code, 204,
        )  # fmt: skip

    def test_the_address_forgets_it(self):
        """Who loads the page again, or keeps it, tells of no second click."""
        self.website.ecrm_tracking = "identified"
        self.browser_js(
            f"{self.tea.website_url}?ecrm_rec=cart&x=1",
            """
            const wait = () => {
                if (location.search === "?x=1") {
                    console.log("test successful");
                } else {
                    setTimeout(wait, 50);
                }
            };
            wait();
            """,
        )
