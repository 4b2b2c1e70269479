import json

from odoo import api, fields, models

from ..queries import roll_up_days
from .ecrm_web_daily import DEVICES


class EcrmWebCount(models.Model):
    """Acts on a website whose visitors are not identified, until the digest adds them up.

    There is no identifier and no time of day, so that nothing leads back to anybody. A door
    appends rows and waits for nobody; the digest takes them off and adds them to
    ``ecrm.web.daily``.
    """

    _name = "ecrm.web.count"
    _description = "Anonymous Count"
    _log_access = False

    day = fields.Date(required=True, readonly=True)
    website_id = fields.Many2one("website", readonly=True, ondelete="cascade")
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    kind = fields.Char("Technical Kind", required=True, readonly=True)
    label = fields.Char(readonly=True)
    source = fields.Char(readonly=True)
    device = fields.Selection(DEVICES, readonly=True)
    count = fields.Integer(readonly=True, default=1)

    @api.model
    @api.private
    def _append(self, rows):
        """Append counts in one INSERT.

        :param list[dict] rows: ``website_id``, ``company_id``, ``kind``, ``label`` (path
            without parameters), ``source``, ``device``, ``count`` (1) and ``day`` (today in
            the time zone of the company)
        """
        # sudo: a door knows the company of its website, and asks for its day only
        companies_sudo = self.env["res.company"].sudo()
        today = {
            company_id: companies_sudo.browse(company_id)._ecrm_today()
            for company_id in {row.get("company_id") for row in rows}
        }
        dated = [
            {**row, "day": str(row.get("day") or today[row.get("company_id")])} for row in rows
        ]
        self.env.cr.execute(roll_up_days.append_counts(json.dumps(dated)))

    @api.model
    @api.private
    def _fold(self, limit):
        """Take counts off and add them to their days.

        :return int: counts taken
        """
        (taken,) = self.env.execute_query(roll_up_days.fold_counts(limit))[0]
        if taken:
            self.env["ecrm.web.daily"].invalidate_model()
        return taken
