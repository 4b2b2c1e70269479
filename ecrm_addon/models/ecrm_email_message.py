from odoo import api, fields, models
from odoo.fields import Domain

from .ecrm_email_event import BOUNCE_KINDS

KINDS = [
    ("mailing", "Mailing"),
    ("quotation", "Quotation"),
    ("order", "Order"),
    ("invoice", "Invoice"),
    ("invitation", "Invitation"),
    ("message", "Message"),
]
STATES = [
    ("queued", "Queued"),
    ("sent", "Sent"),
    ("deferred", "Delayed"),
    ("delivered", "Delivered"),
    ("opened", "Opened"),
    ("clicked", "Clicked"),
    ("replied", "Replied"),
    ("unsubscribed", "Unsubscribed"),
    ("complained", "Reported as Spam"),
    ("bounced", "Bounced"),
    ("rejected", "Rejected"),
    ("failed", "Failed"),
]


class EcrmEmailMessage(models.Model):
    """One outgoing mail to one recipient, and what became of it.

    Written when the mail is handed to the mail server; states, instants and counters are
    derived from its events (``ecrm.email.event``) and can be derived anew at any time.

    ============ ======================================================================
    state        the furthest that is known
    ============ ======================================================================
    queued       prepared; the mail server did not take it yet
    sent         our mail server took it
    deferred     the recipient's server asks to come again
    delivered    the recipient's server took it
    opened       a person opened it (a person's click implies it)
    clicked      a person followed a link in it
    replied      a person answered
    unsubscribed the recipient wants no more of it
    complained   the recipient called it spam
    bounced      it came back; ``bounce_kind`` tells whether for good
    rejected     the provider did not even try, such as for an address that bounced before
    failed       it could not be sent
    ============ ======================================================================
    """

    _name = "ecrm.email.message"
    _inherit = "ecrm.email.help.mixin"
    _description = "E-mail to a Customer"
    _order = "id desc"
    _rec_name = "subject"

    message_id = fields.Char("Message-Id", required=True, readonly=True)
    email_normalized = fields.Char("Recipient", required=True, readonly=True, index=True)
    # mails are deleted once they are sent
    mail_id_int = fields.Integer("Mail", readonly=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", "Contact", readonly=True, ondelete="set null", index="btree_not_null"
    )
    company_id = fields.Many2one("res.company", readonly=True, index="btree_not_null")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    mailing_id = fields.Many2one(
        "mailing.mailing", readonly=True, ondelete="set null", index="btree_not_null"
    )
    topic_id = fields.Many2one(
        "ecrm.topic",
        readonly=True,
        ondelete="set null",
        help="Of a mail that advertises and is no mailing, such as a reminder of a cart.",
    )
    trace_id = fields.Integer("Mailing Trace", readonly=True, index="btree_not_null")
    model = fields.Char("Document Model", readonly=True)
    res_id = fields.Many2oneReference("Document", model_field="model", readonly=True)
    subject = fields.Char(readonly=True)
    is_tracked = fields.Boolean(
        "Measured",
        readonly=True,
        help="Opens and clicks are noted; no more of them once the recipient objects.",
    )
    link_count = fields.Integer("Links", readonly=True, help="Links in it that are measured.")

    state = fields.Selection(STATES, default="queued", required=True, readonly=True)
    create_date = fields.Datetime("Prepared", readonly=True)
    sent_at = fields.Datetime("Sent", readonly=True)
    deferred_at = fields.Datetime("Delayed", readonly=True)
    delivered_at = fields.Datetime("Delivered", readonly=True)
    bounced_at = fields.Datetime("Bounced", readonly=True)
    bounce_kind = fields.Selection(BOUNCE_KINDS, readonly=True)
    bounce_reason = fields.Char(readonly=True)
    complained_at = fields.Datetime("Reported as Spam", readonly=True)
    unsubscribed_at = fields.Datetime("Unsubscribed", readonly=True)
    replied_at = fields.Datetime("Replied", readonly=True)
    autoreplied_at = fields.Datetime("Automatic Reply", readonly=True)
    first_human_open_at = fields.Datetime("Opened", readonly=True)
    first_human_click_at = fields.Datetime("Clicked", readonly=True)
    last_human_click_at = fields.Datetime("Last Click", readonly=True)
    human_open_count = fields.Integer("Opens by Hand", readonly=True)
    human_click_count = fields.Integer("Clicks by Hand", readonly=True)
    machine_open_count = fields.Integer("Opens by Machines", readonly=True)
    machine_click_count = fields.Integer("Clicks by Machines", readonly=True)
    open_count = fields.Integer("Opens (all)", readonly=True)
    click_count = fields.Integer("Clicks (all)", readonly=True)

    event_ids = fields.Many2many(
        "ecrm.email.event",
        string="What Happened",
        compute="_compute_event_ids",
        groups="ecrm_addon.group_ecrm_marketer",
    )

    # one mail is sent to several people under one Message-Id; a retry keeps it
    _recipient_unique = models.UniqueIndex(
        "(message_id, email_normalized)", "This mail is known already."
    )
    # attribution looks for the clicks of a customer before an order
    _click_idx = models.Index(
        "(partner_id, last_human_click_at) WHERE last_human_click_at IS NOT NULL"
    )
    # mails of a period: they are written in the order of time
    _created_idx = models.Index("USING brin (create_date)")

    def _compute_event_ids(self):
        found = self.env["ecrm.email.event"]._read_group(
            [("email_message_ref", "in", self.ids)], ["email_message_ref"], ["id:recordset"]
        )
        events = dict(found)
        for message in self:
            own = events.get(message.id, self.env["ecrm.email.event"])
            message.event_ids = own.sorted(lambda event: (event.occurred_at, event.id))

    @api.model
    @api.private
    def stop_measuring(self, identity):
        """Note no more opens and clicks of mails that somebody has got already.

        :param ecrm.identity identity: who objects
        """
        partner = identity.partner_id
        addresses = {partner.email_normalized, identity.kind == "email" and identity.key} - {False}
        theirs = Domain("email_normalized", "in", list(addresses))
        if partner:
            theirs |= Domain("partner_id", "=", partner.id)
        self.search(Domain("is_tracked", "=", True) & theirs).write({"is_tracked": False})

    def action_open_document(self):
        """What the mail is about: a mailing's report, or the order or invoice."""
        self.ensure_one()
        if self.mailing_id:
            return self.mailing_id.sudo()._ecrm_report_action()
        if self.model not in self.env or not self.res_id:
            return False
        # the document checks itself who may see it
        return self.env[self.model].browse(self.res_id).get_formview_action()
