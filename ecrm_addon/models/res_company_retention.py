from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """For how long law wants documents to be kept, and which law."""

    _inherit = "res.company"

    ecrm_legal_retention_years = fields.Integer(
        "Documents are Kept for (Years)",
        default=10,
        required=True,
        help="Confirmed orders, invoices and payments of somebody who wants to be erased are kept "
        "for so many years after the end of their fiscal year.",
        groups="base.group_user",
    )
    ecrm_legal_retention_reason = fields.Char(
        "Law that Wants It",
        translate=True,
        help="Told to the customer who wants to be erased. Empty: accounting and tax law.",
        groups="base.group_user",
    )

    @api.constrains("ecrm_legal_retention_years")
    def _check_ecrm_legal_retention_years(self):
        if any(company.ecrm_legal_retention_years < 0 for company in self):
            raise ValidationError(self.env._("Documents are kept for 0 years or more."))

    @api.private
    def _ecrm_retention_reason(self):
        """Return in words why documents of these companies are kept."""
        law = {
            company.ecrm_legal_retention_reason or self.env._("accounting and tax law")
            for company in self or self.env.company
        }
        return self.env._("Has to be kept: %s.", ", ".join(sorted(law)))

    @api.private
    def _ecrm_kept_until(self, day):
        """Return until when a document has to be kept.

        :param date day: of the document
        :return date: the last day
        """
        self.ensure_one()
        year_ends = self.compute_fiscalyear_dates(day)["date_to"]
        # the end of a year is the end of a year in leap years, too
        first = year_ends + timedelta(days=1)
        return first + relativedelta(years=self.ecrm_legal_retention_years, days=-1)

    @api.private
    def _ecrm_kept_since(self):
        """Return the day of the oldest documents that have to be kept today."""
        self.ensure_one()
        today = self._ecrm_today()
        year = self.compute_fiscalyear_dates(today)["date_from"]
        return year - relativedelta(years=self.ecrm_legal_retention_years)
