from odoo import api, fields, models

from ..lib.feedback import scale
from .nullable import NullableInteger

ACTIVITY_TYPE = "ecrm_addon.mail_activity_type_feedback"
KINDS = [("csat", "CSAT"), ("nps", "NPS")]
BANDS = [
    ("good", "Happy"),
    ("neutral", "Neutral"),
    ("bad", "Unhappy"),
]
#: Models of which somebody may be asked, and of whom an answer may be given in the portal.
ABOUT = {"sale.order": "order", "ecrm.request": "request"}


class EcrmFeedback(models.Model):
    """One question to one customer, and the answer to it, if there is one.

    ==== ==================================== ============== =====================
    kind asked of                             scale          is bad
    ==== ==================================== ============== =====================
    csat an order or a support request, once  1 to 5         1, 2
    nps  the company, every so many days      0 to 10        0 to 6 (a detractor)
    ==== ==================================== ============== =====================

    An answer is given by the link in a mail or in the portal, and by nobody else: in the back
    office nobody writes here. Who asks, whom, and when: ``ecrm_feedback_ask.py``.
    """

    _name = "ecrm.feedback"
    _description = "Feedback"
    _order = "answered_at desc nulls last, asked_at desc, id desc"

    kind = fields.Selection(
        KINDS,
        required=True,
        readonly=True,
        default="csat",
        help="CSAT: satisfied with an order or a request, 1 to 5. NPS: recommends us, 0 to 10.",
    )
    score = NullableInteger(readonly=True, aggregator="avg", help="Empty until it is answered.")
    band = fields.Selection(
        BANDS,
        "Customer is",
        compute="_compute_band",
        store=True,
        index=True,
        help="Happy: 4 or 5, or 9 or 10 (promoters). Unhappy: 1 or 2, or 0 to 6 (detractors).",
    )
    comment = fields.Text(readonly=True)
    # no cascade and no unique key: a contact merge moves these rows and loses none
    partner_id = fields.Many2one(
        "res.partner", "Customer", ondelete="set null", index="btree_not_null", readonly=True
    )
    email = fields.Char(
        "Address", index="btree_not_null", readonly=True, help="That was asked, normalized."
    )
    lang = fields.Char("Language", readonly=True, help="Of the customer, such as fr_FR.")
    res_model = fields.Char("About (Model)", readonly=True)
    res_id = fields.Many2oneReference("About (Id)", model_field="res_model", readonly=True)
    about = fields.Char(compute="_compute_about")
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Served by",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        help="Who looked after the customer, the order or the request.",
    )
    asked_at = fields.Datetime(
        "Asked", readonly=True, index=True, help="Empty: nobody asked, the customer came."
    )
    answered_at = fields.Datetime("Answered", readonly=True, index=True)
    changed_at = fields.Datetime("Last Change", readonly=True, help="Of the answer.")
    source = fields.Selection(
        [("mail", "Mail"), ("portal", "Customer portal")], "Answered by", readonly=True
    )
    # the index is for the deletion of activities, which is everybody's
    activity_id = fields.Many2one(
        "mail.activity", "To-do", ondelete="set null", index="btree_not_null", readonly=True
    )

    # of an order or a request nobody is asked twice, not by two jobs at once either
    _about_unique = models.UniqueIndex(
        "(res_model, res_id, kind) WHERE res_id IS NOT NULL",
        "Feedback on this was asked for already.",
    )
    # what the pages of answers and the dashboard read
    _answered_index = models.Index("(company_id, kind, answered_at) WHERE answered_at IS NOT NULL")

    @api.depends("kind", "score")
    def _compute_band(self):
        for row in self:
            row.band = scale.band(row.kind, row.score) if row.score is not False else False

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_about(self):
        for model, rows in self.grouped("res_model").items():
            records = rows._about_records(model)
            names = {record.id: record.display_name for record in records}
            for row in rows:
                row.about = names.get(row.res_id, False)

    def _about_records(self, model):
        """Return what the user may read of what rows of one model are about."""
        if not model or model not in self.env:
            return self.browse()
        records = self.env[model].browse(list(filter(None, self.mapped("res_id")))).exists()
        return records._filtered_access("read")

    @api.depends("kind", "score", "partner_id", "email")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for row in self:
            # sudo: who reads an answer may know whose it is
            row.display_name = row.sudo().partner_id.name or row.email or self.env._("Nobody")

    def action_open_about(self):
        """Button: the order or the request that the answer is about, or the customer."""
        self.ensure_one()
        self.check_access("read")
        record = self._about_records(self.res_model) or self.partner_id
        return {
            "type": "ir.actions.act_window",
            "res_model": record._name,
            "res_id": record.id,
            "view_mode": "form",
        }

    @api.private
    def _in_words(self):
        """Return the score as people say it, such as "2 of 5"."""
        self.ensure_one()
        highest = scale.SCALES[self.kind][1]
        return self.env._("%(score)s of %(highest)s", score=self.score, highest=highest)

    @api.model
    @api.private
    def _scores_about(self, records):
        """Return what customers said of records, with one query, for lists and forms beside.

        :param recordset records: of one model
        :return dict[int, int]: id of a record -> its score, of those that were rated
        """
        domain = [("res_model", "=", records._name), ("res_id", "in", records.ids)]
        rows = self.search_fetch(
            [*domain, ("kind", "=", "csat"), ("answered_at", "!=", False)], ["res_id", "score"]
        )
        return {row.res_id: row.score for row in rows}
