import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..lib.feedback import sample
from ..queries import find_customers_to_ask, find_orders_to_ask

_logger = logging.getLogger(__name__)

#: Records looked at between two commits.
BATCH = 200
#: A batch is tried so often while others ask about the same, such as who closes requests.
TRIES = 3
#: Of what happened longer ago nobody is asked any more, such as when it is switched on.
LATEST_DAYS = 14
#: Who ordered nothing for longer is not asked whether they recommend us.
CUSTOMER_DAYS = 365


class EcrmFeedback(models.Model):
    """Every day: ask about the orders that are due, and the customers whose turn it is."""

    _inherit = "ecrm.feedback"

    @api.model
    @api.private
    def _cron_ask(self):
        for company in self.env["res.company"].search([]):
            asker = self.with_company(company)
            if company.ecrm_feedback_order and not asker._ask_in_batches(asker._due_orders):
                return
            if company.ecrm_feedback_nps and not asker._ask_in_batches(asker._due_customers):
                return

    def _ask_in_batches(self, find):
        """Ask whoever ``find`` finds, batch by batch, each committed by itself.

        :param Callable find: id of the last record -> records, the kind, id of the last one
        :return bool: whether there is time left
        """
        last_id = 0
        while last_id is not None:
            count, last_id = self._ask_next(find, last_id)
            remaining = 0 if last_id is None else BATCH
            if not self.env["ir.cron"]._commit_progress(count, remaining=remaining):
                return False
        return True

    def _ask_next(self, find, after_id):
        """Ask a batch; where somebody was quicker, look again at who is left.

        :return tuple: the number of records, and the id of the last one; see ``_ask_in_batches``
        """
        for left in reversed(range(TRIES)):
            try:
                records, kind, last_id = find(after_id)
                if records:
                    self._ask_about(records, kind)
                self.env.flush_all()
                return len(records), last_id
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                if not left:
                    raise
                _logger.info("Somebody asked about the same just now: once more")
                self.env.cr.rollback()

    def _due_orders(self, after_id):
        """Return some orders about which it is time to ask."""
        company = self.env.company
        until = fields.Datetime.now() - timedelta(days=company.ecrm_feedback_days)
        since = until - timedelta(days=LATEST_DAYS)
        orders = self.env["sale.order"]
        self.env.flush_all()
        query = find_orders_to_ask.build(
            company.id,
            company.ecrm_feedback_event,
            (since, until),
            company._ecrm_zone(),
            "delivery_status" in orders._fields,
            after_id,
            BATCH,
        )
        ids = [row[0] for row in self.env.execute_query(query)]
        return orders.browse(ids), "csat", ids[-1] if len(ids) == BATCH else None

    def _due_customers(self, after_id):
        """Return some customers whose turn it is to be asked for a recommendation."""
        company, now = self.env.company, fields.Datetime.now()
        self.env.flush_all()
        query = find_customers_to_ask.build(
            company.id,
            now - timedelta(days=CUSTOMER_DAYS),
            now - timedelta(days=company.ecrm_feedback_nps_days),
            after_id,
            BATCH,
        )
        ids = [row[0] for row in self.env.execute_query(query)]
        due = [partner_id for partner_id in ids if self._is_turn(partner_id)]
        last_id = ids[-1] if len(ids) == BATCH else None
        return self.env["res.partner"].browse(due), "nps", last_id

    def _is_turn(self, partner_id):
        """Return whether a customer was drawn for this period, and the day has come.

        Periods are as long as a customer is left in peace; each draws anew.
        """
        company = self.env.company
        share, days = company.ecrm_feedback_nps_share / 100, company.ecrm_feedback_nps_days
        period, day = divmod(fields.Date.today().toordinal(), days)
        secret = self.env["ecrm.log"]._uid_secret()
        drawn = sample.lot(secret, "nps", company.id, partner_id, period)
        first = sample.first_day(drawn, share, days)
        return first is not None and first <= day
