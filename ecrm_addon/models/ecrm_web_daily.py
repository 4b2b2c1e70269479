from datetime import timedelta

from odoo import api, fields, models

from ..queries import roll_up_days

DEVICES = [("desktop", "Desktop"), ("mobile", "Mobile"), ("tablet", "Tablet")]


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

    @api.model
    @api.private
    def _digest(self, limit=7):
        """Count the days anew that are noted.

        A day is counted once, however often it is noted: so a backfill is cheap.

        :param int limit: how many days of UTC to take at most
        :return int: notes taken, each day of a website once
        """
        notes = self.env["ecrm.change"].take_keys("ecrm.web.day", limit)
        if notes:
            zones = self._zones()
            websites, days, since, until = self.env.execute_query(roll_up_days.span(notes, zones))[
                0
            ]
            events = self.env["ecrm.log"].web_events(since, until)
            count = roll_up_days.build(websites, days, (since, until), events, zones)
            self.env.cr.execute(count)
            self.invalidate_model()
        return len(notes)

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
            self.invalidate_model()
            self.env["ecrm.log"].note_all("ecrm.web.day")
