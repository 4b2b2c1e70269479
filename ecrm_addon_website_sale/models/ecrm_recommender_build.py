import logging

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..queries import count_pairs, count_sequences, gather_items, rank_sellers, replace_rows

_logger = logging.getLogger(__name__)

#: Products whose rows are written by one transaction.
BATCH = 1000
#: Days of visits that tell what is looked at next.
VISIT_DAYS = 90
#: Kilobytes that each sort and hash of the counting may use, if the server allows less.
WORK_MEM = 131072
#: What is counted: model -> (where to, columns and whether they are part of the key).
TABLES = {
    "ecrm.product.pair": (
        count_pairs.PAIRS,
        {"other_tmpl_id": True, "orders": False, "weight": False},
    ),
    "ecrm.product.sequence": (
        count_sequences.SEQUENCES,
        {"other_tmpl_id": True, "visits": False, "weight": False},
    ),
    "ecrm.product.seller": (
        rank_sellers.SELLERS,
        {"place": False, "orders": False, "all_orders": False},
    ),
}


class EcrmRecommender(models.AbstractModel):
    """The night: count what was ordered together and looked at next, write what differs."""

    _inherit = "ecrm.recommender"

    @api.model
    @api.private
    def _cron_build(self):
        """Every night: count the websites that are due, the one counted longest ago first.

        A website is written to its end even if the time of a job is up: counting it again would
        cost more than writing it. Whatever is left then is done by the next call.
        """
        websites = self.env["ecrm.recommender.result"]._due()
        for left, website in zip(reversed(range(len(websites))), websites, strict=True):
            self._count_and_compare(website, left + 1)
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                return

    def _count_and_compare(self, website, remaining):
        """Count a website, committing each batch, and compare its groups.

        If that fails, the others still get their turn.

        :param int remaining: websites that are not done yet, this one among them
        """
        results = self.env["ecrm.recommender.result"]
        try:
            for _batches_left in self._steps(website):
                self.env["ir.cron"]._commit_progress(remaining=remaining)
            results._renew(website)
        except Exception:
            _logger.exception("The recommendations of website %s cannot be counted", website.id)
            self.env.cr.rollback()
            self._forget()  # what was counted outlives the transaction
            results._fail(website)

    @api.model
    @api.private
    def _build_all(self):
        """Count all websites, and compare their groups, within this transaction."""
        for website in self.env["website"].search([]):
            self._build(website)
            self.env["ecrm.recommender.result"]._renew(website)

    @api.model
    @api.private
    def _build(self, website, as_of=None):
        """Count a website anew within this transaction; a second time changes nothing.

        :param website website: whose orders and visits
        :param datetime as_of: nothing from this instant (UTC) on is known; None for now
        :return dict: rows removed and written, by model
        """
        done = {model: [0, 0] for model in TABLES}
        for _remaining in self._steps(website, as_of, done):
            pass
        return done

    def _steps(self, website, as_of=None, done=None):
        """Count, and write batch by batch; whoever runs through it may commit after each.

        Two of them at once would undo each other's work: the second one does nothing.

        :return: generator of how many batches are left
        """
        website = website.sudo()
        if not self._take(website):
            return
        shop = self._shop(website, as_of or fields.Datetime.now())
        self._count(website, shop)
        yield from self._write(website, shop, done)
        self._forget()

    def _write(self, website, shop, done):
        batches = list(self._batches(website))
        for left, (model, template_ids) in zip(reversed(range(len(batches))), batches, strict=True):
            if not self._take(website):
                return
            removed, written = self._replace(shop, model, template_ids)
            if done is not None:
                done[model][0] += removed
                done[model][1] += written
            yield left

    def _take(self, website):
        """Take the counting of a website until the transaction ends, if nobody has it."""
        lock = SQL("SELECT pg_try_advisory_xact_lock(hashtext(%s), %s)", self._name, website.id)
        return self.env.execute_query(lock)[0][0]

    def _shop(self, website, before):
        """Return of which website orders are counted, and from when on."""
        since = before - relativedelta(months=website.ecrm_pair_months)
        return gather_items.Shop(
            website_id=website.id,
            company_id=website.company_id.id,
            since=since,
            before=before,
            landmark=since.date().replace(month=1, day=1),
            has_rewards="reward_id" in self.env["sale.order.line"]._fields,
        )

    def _count(self, website, shop):
        """Count into temporary tables, which outlive the commits of the batches."""
        self.env.flush_all()
        cr = self.env.cr
        cr.execute(
            """
            SELECT set_config(name, greatest(setting::int, %s)::text, TRUE)
              FROM pg_settings WHERE name = 'work_mem'
            """,
            (WORK_MEM,),
        )
        cr.execute("SET LOCAL jit = off")  # compiling takes longer than running
        cr.execute(gather_items.build(shop))
        cr.execute(count_pairs.build(website.ecrm_pair_order_size))
        cr.execute(rank_sellers.build(shop.before.date()))
        visits = shop.before - relativedelta(days=VISIT_DAYS)
        events = self.env["ecrm.log"].web_events([(visits, shop.before)])
        cr.execute(count_sequences.build(website.id, events))
        cr.execute("SET LOCAL work_mem = DEFAULT")
        cr.execute("SET LOCAL jit = DEFAULT")

    def _forget(self):
        """Drop what was counted, as the connection may serve somebody else next."""
        for table in (gather_items.ITEMS, *(source for source, _columns in TABLES.values())):
            self.env.cr.execute(SQL("DROP TABLE IF EXISTS %s", table))

    def _batches(self, website):
        """Return whose rows are written together: (model, ids of templates)."""
        for model, (source, _columns) in TABLES.items():
            query = replace_rows.templates(self.env[model]._table, source, website.id)
            template_ids = [row[0] for row in self.env.execute_query(query)]
            for part in split_every(BATCH, template_ids, list):
                yield model, part

    def _replace(self, shop, model, template_ids):
        """Make the rows of some products right; return how many were removed and written."""
        source, columns = TABLES[model]
        statement = replace_rows.build(self.env[model]._table, source, shop, template_ids, columns)
        ((removed, written),) = self.env.execute_query(statement)
        self.env[model].invalidate_model()
        return removed, written
