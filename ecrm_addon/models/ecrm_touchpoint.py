from odoo import fields, models

from ..queries import touchpoint_schema
from .ecrm_touchpoint_kind import CHANNELS

VERDICTS = [
    ("human", "Human"),
    ("machine", "Machine"),
    ("proxy", "Privacy Proxy"),
    ("unknown", "Unknown"),
]


class EcrmTouchpoint(models.Model):
    """One thing that happened. Append-only; written through the port ``ecrm.log`` alone.

    The model reads a view over a table that is partitioned by month, see
    ``queries/touchpoint_schema.py``.
    """

    _name = "ecrm.touchpoint"
    _description = "Touchpoint"
    _auto = False
    _log_access = False
    _order = "occurred_at desc, id desc"
    _rec_name = "kind"

    uid = fields.Char("Event Id", readonly=True)
    occurred_at = fields.Datetime("When", readonly=True)
    received_at = fields.Datetime("Received", readonly=True)
    kind = fields.Char(readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    # no cascade from here: the log refers to these rows by number alone
    identity_id = fields.Many2one("ecrm.identity", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    website_id = fields.Many2one("website", readonly=True)
    session_key = fields.Char("Visit", readonly=True)
    res_model = fields.Char("Source Model", readonly=True)
    res_id = fields.Many2oneReference("Source", model_field="res_model", readonly=True)
    path = fields.Char(readonly=True)
    referrer_host = fields.Char("Referrer", readonly=True)
    utm_source = fields.Char("Source (UTM)", readonly=True)
    utm_medium = fields.Char("Medium (UTM)", readonly=True)
    utm_campaign = fields.Char("Campaign (UTM)", readonly=True)
    value = fields.Monetary(readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    verdict_reasons = fields.Char(readonly=True)
    consent_id = fields.Integer("Consent", readonly=True)
    props = fields.Json("Details", readonly=True)

    def init(self):
        self.env.cr.execute(touchpoint_schema.create())
        self.env.cr.execute(touchpoint_schema.create_view())
