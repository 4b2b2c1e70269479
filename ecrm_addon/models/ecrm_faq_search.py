from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..lib.help import terms
from ..queries import fold_searches

KEPT_MONTHS = 25
#: What was asked fewer times than this, and not since so many weeks, says nothing of what is
#: missing: it is a slip, somebody's own matter, or a program's.
LEAST, KEPT_WEEKS = 3, 8
BATCH = 1000


class EcrmFaqSearch(models.Model):
    """What was looked for in the help pages on a day, and whether anything was found.

    No person, no browser, no time of day. A search appends a row and waits for nobody; those of
    past days that say the same are added up at night.
    """

    _name = "ecrm.faq.search"
    _description = "Search in the Help Pages"
    _order = "day desc, id desc"
    _rec_name = "term"
    _log_access = False  # the user who created a row would be the customer who searched

    day = fields.Date(required=True, readonly=True, index=True)
    website_id = fields.Many2one("website", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, index=True, ondelete="cascade")
    lang = fields.Char("Language", readonly=True)
    term = fields.Char("Searched For", required=True, readonly=True)
    is_found = fields.Boolean("Answered", readonly=True)
    count = fields.Integer("Searches", required=True, readonly=True, default=1)

    @api.model
    @api.private
    def _note(self, website, text, is_found):
        """Note a search, without what may tell of a person."""
        term = terms.clean(text)
        if term:
            self.create(
                {
                    "day": fields.Date.context_today(self),
                    "website_id": website.id,
                    "company_id": website._ecrm_settings()["company_id"],
                    "lang": self.env.lang,
                    "term": term,
                    "is_found": is_found,
                }
            )

    @api.autovacuum
    def _fold(self):
        """Add up the searches of past days."""
        return self._purge(fold_searches.build(fields.Date.context_today(self), BATCH))

    @api.autovacuum
    def _forget_old(self):
        """Forget the searches of years ago."""
        oldest = fields.Date.context_today(self) - relativedelta(months=KEPT_MONTHS)
        return self._purge(fold_searches.forget_old(oldest, BATCH))

    @api.autovacuum
    def _forget_rare(self):
        """Forget words that hardly anybody asked for."""
        latest = fields.Date.context_today(self) - relativedelta(weeks=KEPT_WEEKS)
        return self._purge(fold_searches.forget_rare(latest, LEAST, BATCH))

    def _purge(self, query):
        """Run a statement; return, as an autovacuum does, how many rows, and if there are more."""
        self.flush_model()
        self.env.cr.execute(query)
        self.invalidate_model()
        return self.env.cr.rowcount, self.env.cr.rowcount == BATCH
