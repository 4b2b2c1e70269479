from datetime import timedelta

from odoo import fields, models

DEFAULT_DAYS = 30
MAX_DAYS = 3660


class EcrmWebPeriodMixin(models.AbstractModel):
    """Reports on the website over the last so many days, as the context says.

    Filters of a search view carry such a context: ``{"ecrm_days": 7}``. A period is part of
    the figures themselves ("viewed 12 times, never bought"), so it cannot be a domain.
    """

    _name = "ecrm.web.period.mixin"
    _inherit = "ecrm.website.help.mixin"
    _description = "Website Report over a Period"

    website_id = fields.Many2one("website", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    last_day = fields.Date("Last Time", readonly=True)

    def _since(self):
        """Return the first day of the period."""
        days = self.env.context.get("ecrm_days")
        if not isinstance(days, int) or not 0 < days <= MAX_DAYS:
            days = DEFAULT_DAYS
        return fields.Date.context_today(self) - timedelta(days=days - 1)
