from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

from ..lib.help import terms
from ..queries import fold_searches

KEPT_MONTHS = 25
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
        """Add up the searches of past days; forget those of years ago."""
        today = fields.Date.context_today(self)
        too_old = today - relativedelta(months=KEPT_MONTHS)
        self.search([("day", "<", too_old)], limit=10 * BATCH).unlink()
        self.env.cr.execute(fold_searches.build(today, BATCH))
        self.invalidate_model()
        return self.env.cr.rowcount, self.env.cr.rowcount == BATCH
