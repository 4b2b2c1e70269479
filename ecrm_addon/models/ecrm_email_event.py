import json
from datetime import datetime, timezone

from odoo import api, fields, models

from ..lib.email import event as event_lib
from ..lib.email.clients import client
from ..queries import append_email_events
from .ecrm_touchpoint import VERDICTS

TYPES = [
    ("queued", "Queued"),
    ("sent", "Sent"),
    ("delivered", "Delivered"),
    ("deferred", "Delayed"),
    ("bounced", "Bounced"),
    ("rejected", "Rejected"),
    ("failed", "Failed"),
    ("opened", "Opened"),
    ("clicked", "Clicked"),
    ("complained", "Reported as Spam"),
    ("unsubscribed", "Unsubscribed"),
    ("subscribed", "Subscribed"),
    ("replied", "Replied"),
    ("autoreplied", "Automatic Reply"),
    ("unknown", "Unknown"),
]
BOUNCE_KINDS = [("hard", "For Good"), ("soft", "For Now")]


class EcrmEmailEvent(models.Model):
    """One thing that happened to a mail, as it was told: the raw log of the e-mail doors.

    Append-only. What it means - whose mail it was, whether a person or a machine opened it -
    is found out by the digest (``ecrm.email.digest``), which writes verdicts and becomes
    touchpoints of it. Nothing here is a foreign key: a door appends while others write the
    rows that it tells of, and mails are deleted.
    """

    _name = "ecrm.email.event"
    _description = "E-mail Event"
    _log_access = False
    _order = "id desc"

    type = fields.Selection(TYPES, required=True, readonly=True)
    occurred_at = fields.Datetime("When", required=True, readonly=True)
    received_at = fields.Datetime("Received", readonly=True)
    source = fields.Char(readonly=True, help="Who told: a pixel, a link, a provider ...")
    external_id = fields.Char(
        "Known by", readonly=True, help="What tells it from all other events of its source."
    )
    provider = fields.Char(readonly=True)
    event_id = fields.Char("Id at the Provider", readonly=True)
    email_message_ref = fields.Integer("E-mail", readonly=True)
    mailing_ref = fields.Integer("Mailing", readonly=True)
    link_ref = fields.Integer("Link", readonly=True)
    company_ref = fields.Integer("Company", readonly=True)
    message_id = fields.Char("Message-Id", readonly=True)
    recipient = fields.Char(readonly=True)
    url = fields.Char(readonly=True, help="Without its secrets.")
    method = fields.Char(readonly=True)
    user_agent = fields.Char(readonly=True)
    ip_cut = fields.Char("Network", readonly=True, help="The first part of the address only.")
    purpose = fields.Char(readonly=True, help="Why it was asked for, such as to look ahead.")
    is_machine = fields.Boolean(readonly=True, help="The provider says that it was a machine.")
    bounce_kind = fields.Selection(BOUNCE_KINDS, readonly=True)
    reject_reason = fields.Char(readonly=True)
    smtp_status = fields.Char("Status (RFC 3463)", readonly=True)
    description = fields.Char(readonly=True)
    verdict = fields.Selection(VERDICTS, readonly=True)
    verdict_reasons = fields.Char(readonly=True)
    is_digested = fields.Boolean(readonly=True)
    what = fields.Char(compute="_compute_words", help="What happened, and who did it.")
    why = fields.Char(compute="_compute_words", help="What the verdict rests on.")
    by_what = fields.Char(compute="_compute_words", help="Program or provider.")

    # the same event told twice is one row
    _source_id_unique = models.UniqueIndex(
        "(source, external_id) WHERE external_id IS NOT NULL",
        "This event is known already.",
    )
    # the history of one mail, for its verdicts
    _message_idx = models.Index("(email_message_ref) WHERE email_message_ref IS NOT NULL")
    # the hits of one mailing, for its report; of sent and delivered mails their rows tell
    _mailing_idx = models.Index("(mailing_ref) WHERE type IN ('opened', 'clicked')")
    # clicks by hand of a period, for the best hour to send
    _click_idx = models.Index("(occurred_at) WHERE type = 'clicked' AND verdict = 'human'")
    # who bounces again and again
    _soft_idx = models.Index(
        "(recipient, occurred_at) WHERE type = 'bounced' AND bounce_kind = 'soft'"
    )
    # what the digest has to look at next
    _new_idx = models.Index("(id) WHERE is_digested IS NOT TRUE")

    @api.model
    @api.private
    def record(self, rows):
        """Append events; durable when the transaction commits, each once by its id.

        :param list[dict] rows: ``type`` (see ``lib.email.event.TYPES``), ``source`` and any
            of occurred_at (UTC, now by default), external_id (what tells it from others of the
            source; None: never told twice), event_id (the provider's own), message_id,
            recipient, email_message_ref, link_ref, company_ref, url, user_agent, ip_cut,
            method, purpose, bounce_kind, reject_reason, smtp_status, description, provider,
            is_machine
        :return int: rows stored; those known already and those that tell nothing are not
        """
        # to the microsecond, which tells machines from people
        now = datetime.now(timezone.utc).replace(tzinfo=None)
        cleaned = [event_lib.clean(row, now) for row in rows]
        kept = [row for row in cleaned if row]
        if not kept:
            return 0
        self.env.cr.execute(append_email_events.build(json.dumps(kept)))
        return self.env.cr.rowcount

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    @api.depends("type", "verdict", "verdict_reasons", "link_ref", "description")
    @api.depends_context("lang")
    def _compute_words(self):
        words = self.env["ecrm.email.words"]
        types = dict(self._fields["type"]._description_selection(self.env))
        # sudo: who may read the event may read which link it is about
        links_sudo = (
            self.env["ecrm.email.link"]
            .sudo()
            .browse({event.link_ref for event in self if event.link_ref})
            .exists()
        )
        labels = {link.id: link.label or link.url for link in links_sudo}
        for event in self:
            told = words.act(event.type, event.verdict) or types.get(event.type, "")
            label = labels.get(event.link_ref) or event.url
            said = [told, f"“{label}”" if event.type == "clicked" and label else ""]
            event.what = " ".join(filter(None, said))
            event.why = words.reasons(event.verdict_reasons) or self._told(event)
            family = client(event.user_agent).family if event.user_agent else ""
            event.by_what = family or words.teller(event.provider, event.source)

    @staticmethod
    def _told(event):
        """Return what a mail server said."""
        return " ".join(filter(None, (event.smtp_status, event.description)))
