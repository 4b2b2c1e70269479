from odoo import api, fields, models

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
    _depends = {"ecrm.identity": ["partner_id"]}

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

    # ------------------------------------------------------------
    # TIMELINE
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def get_timeline(self, partner_id, before=None, channels=None, limit=30):
        """Return a page of the history of the customer to which a contact belongs.

        :param int partner_id: any contact of the customer
        :return dict: see ``ecrm.timeline.page``
        """
        customer = self._readable_customer(partner_id)
        return self.env["ecrm.timeline"].page(customer, before, channels, limit)

    def _readable_customer(self, partner_id):
        """Return the commercial partner of a contact, if the user may see its history."""
        self.check_access("read")
        partner = self.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        return partner.commercial_partner_id

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _action_of_customer(self, customer, name=None, domain=None):
        """Return the action that lists what a customer did.

        :param res.partner customer: a commercial partner
        :param str name: title, or the customer's name
        :param Domain domain: instead of all that the customer did
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ecrm_addon.ecrm_touchpoint_action"
        )
        identities = self.env["ecrm.timeline"]._identities(customer)
        return {
            **action,
            "name": name or self.env._("History of %s", customer.display_name),
            # by identity, not by contact: the log is indexed by it
            "domain": domain or [("identity_id", "in", identities.ids)],
            "context": {"create": False},
        }
