from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user
from odoo.tools import SQL, mute_logger

from .recommend_case import RecommendCase

LOGGER = "odoo.addons.ecrm_addon_website_sale.models.ecrm_recommender_build"


class TestNight(RecommendCase):
    """The nightly job: that it comes to an end, and what it leaves behind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.results = cls.env["ecrm.recommender.result"]
        cls.cron = cls.env.ref("ecrm_addon_website_sale.ir_cron_recommend")
        cls.other = cls.website.create({"name": "Other shop", "company_id": cls.env.company.id})
        for website in (cls.website, cls.other):
            for _order in range(2):
                cls._order(cls.tea, cls.cup, website_id=website.id)
        products = cls.tea | cls.cup
        products.website_id = False

    def _call(self):
        """Run the job once as Odoo does when its time is up at once; return what is left."""
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            cron = self.cron.with_env(self.env(cr=cr))
            cron, progress = cron.with_context(cron_id=cron.id, cron_end_time=0)._add_progress()
            cron.env["ecrm.recommender"]._cron_build()
            return progress.remaining

    def test_ends_even_if_its_time_is_up(self):
        self.results.search([]).unlink()
        count = self.env["website"].search_count([])
        self.assertEqual([self._call() for _website in range(count)], [*range(count)][::-1])
        for website in (self.website, self.other):
            self.assertEqual(self._pairs(website), {("Tea", "Cup"): 2, ("Cup", "Tea"): 2})
            sellers = self.env["ecrm.product.seller"].search([("website_id", "=", website.id)])
            self.assertEqual(len(sellers), 2)
        self.assertEqual(self.results.search([]).website_id, self.env["website"].search([]))
        self.assertFalse(self.results._due())

    def test_due(self):
        now = fields.Datetime.now()
        for website in self.env["website"].search([]) - self.other:
            self.results._renew(website, now)
        self.assertEqual(self.results._due(), self.other)  # never counted
        self.results._renew(self.other, now - timedelta(hours=20))
        self.results._renew(self.website, now - timedelta(hours=24))
        self.assertEqual(self.results._due().ids, [self.website.id, self.other.id])

    def test_asked_for(self):
        """Who reads the comparison may ask for a new one; no scan runs meanwhile."""
        self.results._renew(self.other)
        result = self.results._renew(self.website, fields.Datetime.now() - timedelta(hours=1))
        reader = new_test_user(
            self.env, "night_reader", groups="base.group_user,ecrm_addon.group_ecrm_user"
        )
        computed_at = result.computed_at
        mine = [("cron_id", "=", self.cron.id)]
        triggers = self.env["ir.cron.trigger"].search_count(mine)
        result.with_user(reader).action_renew()
        result.with_user(reader).action_renew()
        self.assertEqual(self.env["ir.cron.trigger"].search_count(mine), triggers + 1)
        self.assertEqual(result.computed_at, computed_at)
        due = self.results._due()
        self.assertIn(self.website, due)
        self.assertNotIn(self.other, due)
        self.results._renew(self.website)
        self.assertNotIn(self.website, self.results._due())

    def test_leaves_nothing_in_the_connection_when_it_fails(self):
        self.results.search([]).unlink()
        # the pairs are committed, then the best sellers of one shop cannot be written
        self.cr.execute(
            SQL(
                "ALTER TABLE ecrm_product_seller ADD CONSTRAINT ecrm_test"
                " CHECK (website_id <> %s) NOT VALID",
                self.website.id,
            )
        )
        count = self.env["website"].search_count([])
        with mute_logger("odoo.sql_db"), self.assertLogs(LOGGER, "ERROR") as log:
            for _website in range(count):
                self._call()
        self.assertEqual(len(log.records), 1)
        self.cr.execute("SELECT to_regclass('pg_temp.ecrm_item')")
        self.assertFalse(self.cr.fetchone()[0])
        # the others had their turn, and it waits for the next night
        sellers = self.env["ecrm.product.seller"].search([("website_id", "=", self.other.id)])
        self.assertEqual(len(sellers), 2)
        self.assertFalse(self.results._due())
        failed = self.results.search([("failed_at", "!=", False)])
        self.assertEqual(failed.website_id, self.website)
        self.assertFalse(failed.computed_at)
        self.results._renew(self.website)
        self.assertFalse(failed.failed_at)

    def test_a_product_is_deleted_meanwhile(self):
        shop = self.recommender._shop(self.website, fields.Datetime.now())
        self.recommender._count(self.website, shop)
        template_ids = [product.product_tmpl_id.id for product in (self.tea, self.cup)]
        gone = self.env["product.template"].create({"name": "Gone"})
        self.cr.execute(
            "UPDATE pg_temp.ecrm_pair SET other = %s WHERE other = %s", (gone.id, template_ids[1])
        )
        gone.unlink()
        self.recommender._replace(shop, "ecrm.product.pair", template_ids)
        self.assertEqual(self._pairs(), {("Cup", "Tea"): 2})
