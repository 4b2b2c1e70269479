from datetime import timedelta

from odoo import api, fields, models

from ..queries import roll_up_days, roll_up_visitors, tune_batch

DEVICES = [("desktop", "Desktop"), ("mobile", "Mobile"), ("tablet", "Tablet")]


#: Days before today for which it is kept what each visitor adds to them.
KEPT_DAYS = 1
#: For more visitors than this, counting a day anew is faster.
VISITORS_AT_ONCE = 5000


class EcrmWebDaily(models.Model):
    """What happened on the website on one day: how often, by how many, of what.

    A day is one in the company's time zone. Rows of a mode without identifiers
    (``anonymous``) are counted by the doors; all others are derived from the log by
    ``queries/roll_up_days.py`` and can be rebuilt. Acts of machines are counted apart.
    """

    _name = "ecrm.web.daily"
    _inherit = "ecrm.website.help.mixin"
    _description = "Website Day"
    _order = "day desc, count desc, id"
    _rec_name = "label"
    _log_access = False

    day = fields.Date(required=True, readonly=True)
    website_id = fields.Many2one("website", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    kind = fields.Char("Technical Kind", required=True, readonly=True)
    kind_id = fields.Many2one("ecrm.touchpoint.kind", "What", readonly=True, ondelete="set null")
    label = fields.Char(
        "Page, Search or Product",
        readonly=True,
        help="The page without its parameters, the words searched for, the name of the product.",
    )
    res_model = fields.Char("Record's Model", readonly=True)
    res_id = fields.Many2oneReference("Record", model_field="res_model", readonly=True)
    source = fields.Char(readonly=True, help="Where the visit came from.")
    device = fields.Selection(DEVICES, readonly=True)
    count = fields.Integer("Times", readonly=True, help="Without those of machines.")
    visitors = fields.Integer(
        readonly=True,
        help="Different visitors on that day. Added up over days or rows, somebody who came "
        "twice counts twice. Unknown (0) where visitors are not identified.",
    )
    zero_results = fields.Integer(
        "Without Results", readonly=True, help="Searches that found nothing."
    )
    seconds = fields.Integer(
        "Visible Time (s)", readonly=True, help="How long the pages were looked at, in seconds."
    )
    machine_count = fields.Integer("Times by Machines", readonly=True)
    anonymous = fields.Boolean(
        "Anonymous Count",
        readonly=True,
        help="Counted without any identifier of the visitor.",
    )
    key = fields.Char(required=True, readonly=True, help="What makes the row the only one.")

    # also the rows of a day or a period
    _day_key_unique = models.Constraint("unique(day, key)", "This row exists already.")

    def init(self):
        self.env.cr.execute(roll_up_visitors.create())

    @api.model
    @api.private
    def _digest(self, limit=7):
        """Count the days that are noted: on, where that is possible, else anew.

        A day is counted once, however often it is noted: so a backfill is cheap.

        :param int limit: how many days of UTC to take at most
        :return int: notes taken, each once
        """
        notes = self.env["ecrm.change"].take_days("ecrm.web.day", limit)
        if notes:
            keep_from = fields.Date.today() - timedelta(days=KEPT_DAYS)
            self.env.cr.execute(roll_up_visitors.forget([], keep_from))
            visitors, periods = self._touched(notes)
            self.env.execute_query(tune_batch.by_hash(True))
            anew = {day: periods[day] for day, ids in visitors.items() if not ids}
            self._count_anew(anew, keep_from)
            self._count_on(
                {day: ids for day, ids in visitors.items() if ids},
                {day: periods[day] for day in visitors.keys() - anew.keys()},
            )
            self.env.execute_query(tune_batch.by_hash(False))
            self.invalidate_model()
        return len(notes)

    def _touched(self, notes):
        """Return which days of which website are to be counted.

        :param list[tuple[int, str]] notes: website, and day of UTC with or without a visitor
        :return tuple[dict, dict]: both by (website, local day): the visitors to count on for,
            none to count anew; and the first instant and the one after the last
        """
        noted = {}
        for website_id, key in notes:
            day, _space, identity_id = key.partition(" ")
            noted.setdefault((website_id, day), set()).add(int(identity_id or 0))
        visitors, periods = {}, {}
        span = roll_up_days.span(list(noted), self._zones())
        for website_id, utc_day, day, since, until in self.env.execute_query(span):
            visitors.setdefault((website_id, day), set()).update(noted[website_id, utc_day])
            periods[website_id, day] = (since, until)
        known = set(self.env.execute_query(roll_up_visitors.known(list(visitors))))
        for day, ids in visitors.items():
            if day not in known or 0 in ids or len(ids) > VISITORS_AT_ONCE:
                visitors[day] = set()
        return visitors, periods

    def _count_anew(self, periods, keep_from):
        if periods:
            self.env.cr.execute(roll_up_visitors.forget(list(periods), keep_from))
            spans = self._joined(periods.values())
            events = self.env["ecrm.log"].web_events(spans)
            self.env.cr.execute(
                roll_up_days.build(list(periods), spans, events, self._zones(), keep_from)
            )

    def _count_on(self, visitors, periods):
        if not visitors:
            return
        firsts, lasts = zip(*periods.values(), strict=True)
        ids = set().union(*visitors.values())
        events = self.env["ecrm.log"].web_events_of(ids, (min(firsts), max(lasts)))
        wanted = [(*day, identity_id) for day, ids in visitors.items() for identity_id in ids]
        count_on = roll_up_visitors.build(wanted, events, self._zones())
        if self.env.execute_query(count_on)[0][0]:
            days = {day for _website_id, day in visitors}
            self.env.cr.execute(roll_up_visitors.drop_empty(days))

    @staticmethod
    def _joined(periods):
        """Return periods with those made one that touch or overlap.

        >>> EcrmWebDaily._joined([(4, 5), (1, 3), (2, 4), (7, 9)])
        [(1, 5), (7, 9)]
        """
        joined = []
        for since, until in sorted(periods):
            if joined and since <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(until, joined[-1][1]))
            else:
                joined.append((since, until))
        return joined

    def _zones(self):
        # sudo: days are those of each company, whoever runs the pipeline
        companies_sudo = self.env["res.company"].sudo().with_context(active_test=False).search([])
        return {company.id: company._ecrm_zone() for company in companies_sudo}

    @api.model
    @api.private
    def _rebuild(self):
        """Drop what the log can tell anew and note its days, so that the digest counts them.

        Needed when a company moves to another time zone. Days before the first event that
        the log still holds stay as they were counted, and so do anonymous counts.
        """
        first = self.env["ecrm.log"].first_instant()
        if first:
            # no time zone is further from UTC than a day
            self.env.cr.execute(roll_up_days.drop_since(first.date() - timedelta(days=1)))
            self.env.cr.execute(
                roll_up_visitors.forget([], fields.Date.today() + timedelta(days=9))
            )
            self.invalidate_model()
            self.env["ecrm.log"].note_all("ecrm.web.day")
