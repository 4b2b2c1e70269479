from odoo import api, fields, models
from odoo.exceptions import UserError

from ..queries import receive_touchpoints, touchpoint_schema
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
    _depends = {
        "ecrm.identity": ["partner_id"],
        "ecrm.touchpoint.kind": ["code"],
        "ecrm.session": ["session_key", "verdict", "verdict_reasons"],
    }

    uid = fields.Char("Event Id", readonly=True)
    occurred_at = fields.Datetime("When", readonly=True)
    received_at = fields.Datetime("Received", readonly=True)
    kind = fields.Char("Technical Kind", readonly=True)
    kind_id = fields.Many2one("ecrm.touchpoint.kind", readonly=True)
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
    consent_id = fields.Integer(readonly=True)
    props = fields.Json("Raw Details", readonly=True)
    details = fields.Text(compute="_compute_details", help="The properties, one a line.")
    known_then = fields.Selection(
        [("anonymous", "Not Known Yet"), ("known", "Known")],
        compute="_compute_known_then",
        help="Whether it was known at that time who this was.",
    )
    about = fields.Char(compute="_compute_about", help="The record, the page or the link.")

    def init(self):
        self.env.cr.execute(touchpoint_schema.create())
        self.env.cr.execute(receive_touchpoints.create())

    @api.depends("kind", "kind_id")
    def _compute_display_name(self):
        for touchpoint in self:
            touchpoint.display_name = touchpoint.kind_id.name or touchpoint.kind

    @api.depends("kind", "res_model", "res_id", "path", "props", "utm_campaign")
    def _compute_about(self):
        sources = self.env["ecrm.timeline.source"].resolve(self._events())
        for touchpoint in self:
            source = sources[touchpoint.id]
            touchpoint.about = source["name"] or source["detail"]

    @api.depends("identity_id", "partner_id", "occurred_at")
    def _compute_known_then(self):
        """Compare with the ledger: what a browser did before was anonymous when it happened."""
        lines = self.env["ecrm.identity.link"]._read_group(
            [
                ("identity_id", "in", self.identity_id.ids),
                ("identity_id.kind", "=", "device"),
                ("action", "=", "linked"),
                ("from_start", "=", False),
                ("undone_by_id", "=", False),
            ],
            ["identity_id"],
            ["occurred_at:min"],
        )
        known_since = {identity.id: since for identity, since in lines}
        for touchpoint in self:
            since = known_since.get(touchpoint.identity_id.id)
            anonymous = not touchpoint.partner_id or (since and touchpoint.occurred_at < since)
            touchpoint.known_then = "anonymous" if anonymous else "known"

    @api.depends("props")
    def _compute_details(self):
        for touchpoint in self:
            touchpoint.details = "\n".join(
                f"{name}: {value}" for name, value in (touchpoint.props or {}).items()
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        # such as the privacy lookup, which deletes record by record
        raise UserError(
            self.env._(
                "Touchpoints are not deleted one by one. Open the contact and choose "
                "eCRM: Erase History in its Action menu."
            )
        )

    # ------------------------------------------------------------
    # TIMELINE
    # ------------------------------------------------------------

    @api.model
    @api.readonly
    def get_timeline(self, partner_id, before=None, channels=None, limit=30, machines=True):
        """Return a page of the history of the customer to which a contact belongs.

        :param int partner_id: any contact of the customer
        :param bool machines: also what machines did with mails
        :return dict: see ``ecrm.timeline.page``
        """
        customer = self._readable_customer(partner_id)
        return self.env["ecrm.timeline"].page(customer, before, channels, limit, machines)

    def _readable_customer(self, partner_id):
        """Return the commercial partner of a contact, if the user may see its history."""
        self.check_access("read")
        partner = self.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        return partner.commercial_partner_id

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_open_source(self):
        """Button: open the record that the touchpoint came from or is about."""
        self.ensure_one()
        source = self.env["ecrm.timeline.source"].resolve(self._events())[self.id]["source"]
        if not source:
            raise UserError(
                self.env._("The record behind this was deleted, or you may not see it.")
            )
        return self.env[source["model"]].browse(source["id"]).get_formview_action()

    @api.model
    @api.private
    def _action_list(self, name, domain):
        """Return the action that lists some touchpoints under a title of its own.

        Domains name identities, not contacts: the log is indexed by identity.
        """
        action = self.env["ir.actions.act_window"]._for_xml_id("ecrm_addon.ecrm_touchpoint_action")
        return {**action, "name": name, "display_name": name, "domain": list(domain), "context": {}}

    def _events(self):
        """Return these rows as the port gives them, as far as their sources go."""
        names = ("id", "kind", "res_model", "res_id", "path", "props", "utm_campaign")
        return [{name: touchpoint[name] for name in names} for touchpoint in self]
