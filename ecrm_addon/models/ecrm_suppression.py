import hmac
import json

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import email_normalize

from ..queries import find_refusals, learn_suppressions

SCOPES = [
    ("topic", "One topic"),
    ("marketing", "All marketing"),
    ("everything", "Everything, reminders too"),
]
REASONS = [
    ("unsubscribed", "Unsubscribed"),
    ("objection", "Objected"),
    ("complained", "Reported as spam"),
    ("hard_bounce", "Address does not work"),
    ("soft_bounces", "Bounces again and again"),
    ("paused", "Paused by the customer"),
    ("sunset", "No sign of interest"),
    ("manual", "Entered by hand"),
]
#: What a customer can take back; that an address does not work is no choice of anybody.
BY_CUSTOMER = ("unsubscribed", "objection", "complained", "paused", "sunset")
LIFT_FIELDS = {"lifted_at", "lifted_by_id", "lift_source"}
#: What our own pages tell was written here before it was told.
OWN_SOURCES = ("one-click", "preferences")
#: In place of an address stands this and a digest, after its owner was erased.
ERASED = "erased:"


class EcrmSuppression(models.Model):
    """Who must not be mailed: which address, in which scope, why, since and until when.

    ============ ============ ======================= ==============================
    reason       scope        ends                    learned from
    ============ ============ ======================= ==============================
    unsubscribed topic or all when the customer says  a click, the preferences, ESP
    objection    marketing    when the customer says  the privacy pages
    complained   marketing    when the customer says  ARF report, ESP
    hard_bounce  marketing    when lifted by hand     the gateway, ESP
    soft_bounces marketing    after 30 days           5 in 30 days, over 7 at least
    paused       marketing    after 30, 60 or 90 days the preferences
    sunset       marketing    a click or an order     every night, if switched on
    manual       as entered   as entered, or lifted   a person in the back office
    ============ ============ ======================= ==============================

    Rows are never deleted or changed, only lifted: who did it and when stays. Mail that
    belongs to an order or an account (quotation, invoice, password) is not held back.
    """

    _name = "ecrm.suppression"
    _description = "Suppression"
    _order = "since desc, id desc"
    _rec_name = "email_normalized"

    email_normalized = fields.Char("Address", required=True, index=True)
    scope = fields.Selection(SCOPES, required=True, default="marketing")
    topic_id = fields.Many2one("ecrm.topic", ondelete="restrict", index="btree_not_null")
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: the mails of all companies."
    )
    reason = fields.Selection(REASONS, required=True, default="manual", readonly=True)
    note = fields.Char(help="What else one should know.")
    source = fields.Char(readonly=True, help="Who told it.")
    email_message_ref = fields.Integer("E-mail (Id)", readonly=True)
    since = fields.Datetime(required=True, default=fields.Datetime.now, readonly=True)
    expires_at = fields.Datetime("Until", help="Empty: until it is lifted.")
    lifted_at = fields.Datetime("Lifted", readonly=True)
    lifted_by_id = fields.Many2one("res.users", "Lifted by", ondelete="set null", readonly=True)
    lift_source = fields.Selection(
        [("customer", "The customer"), ("staff", "By hand"), ("rule", "A rule")],
        "Lifted how",
        readonly=True,
    )
    state = fields.Selection(
        [("active", "Holds"), ("expired", "Expired"), ("lifted", "Lifted")],
        compute="_compute_state",
        search="_search_state",
    )

    # the same fact told twice is one row; a customer may change her mind within a second
    _fact_unique = models.UniqueIndex(
        "(email_normalized, reason, scope, coalesce(topic_id, 0), coalesce(company_id, 0), since)"
        " WHERE coalesce(source, '') NOT IN ('one-click', 'preferences')",
        "This is known already.",
    )
    _topic_scope = models.Constraint(
        "check((scope = 'topic') = (topic_id IS NOT NULL))",
        "Choose a topic, or another scope than one topic.",
    )

    @api.depends("lifted_at", "expires_at")
    def _compute_state(self):
        now = fields.Datetime.now()
        for row in self:
            expired = row.expires_at and row.expires_at <= now
            row.state = "lifted" if row.lifted_at else "expired" if expired else "active"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        running = ["|", ("expires_at", "=", False), ("expires_at", ">", now)]
        domains = {
            "lifted": [("lifted_at", "!=", False)],
            "expired": [("lifted_at", "=", False), ("expires_at", "<=", now)],
            "active": [("lifted_at", "=", False), *running],
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    @api.constrains("email_normalized")
    def _check_address(self):
        for row in self:
            address = row.email_normalized
            if not address.startswith(ERASED) and email_normalize(address) != address:
                raise ValidationError(self.env._("%s is no e-mail address.", address))

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            address = vals.get("email_normalized") or ""
            vals["email_normalized"] = email_normalize(address) or address
            if not self.env.su:
                # who adds one in the back office cannot say that somebody else did
                vals.update(reason="manual", source="back office", since=fields.Datetime.now())
                for name in (*LIFT_FIELDS, "email_message_ref"):
                    vals.pop(name, None)
        rows = super().create(vals_list)
        rows._cancel_queued(set(rows.mapped("email_normalized")))
        return rows

    def write(self, vals):
        if vals and not (self.env.su and vals.keys() <= LIFT_FIELDS):
            raise AccessError(self.env._("A suppression is never changed: lift it, or add one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("A suppression is never deleted: lift it."))

    def action_lift(self):
        """Button: mail this address again, as far as nothing else holds it back."""
        if not self.env.user.has_group("ecrm_addon.group_ecrm_manager"):
            raise AccessError(self.env._("Only an eCRM manager can lift a suppression."))
        self.check_access("read")
        if any(row.state != "active" for row in self):
            raise UserError(self.env._("Only what holds can be lifted."))
        self._lift("staff", self.env.user)

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def refusals(self, addresses, topic=None, company=None, at=None):
        """Return which of some addresses must not get a marketing mail, and why.

        One query, for any number of addresses.

        :param Iterable[str] addresses: normalized
        :param ecrm.topic topic: of the mail; None: of none
        :param res.company company: that sends it, the current one by default
        :param datetime at: naive UTC, now by default
        :return dict[str, str]: address -> a reason of ``REASONS``, or ``unconfirmed`` where the
            topic asks for a confirmation that never came
        """
        addresses = {address for address in addresses if address}
        if not addresses:
            return {}
        self.env["ecrm.consent"].flush_model()
        self.flush_model()
        # those who were erased are still not to be mailed
        keys = [(address, key) for address in addresses for key in self._keys(address)]
        # sudo: which topics ask for confirmation is no secret
        topic_sudo = topic.sudo() if topic else self.env["ecrm.topic"]
        statement = find_refusals.build(
            keys,
            topic_sudo.id or None,
            (company or self.env.company).id,
            at or fields.Datetime.now(),
            topic_sudo.double_opt_in,
        )
        return dict(self.env.execute_query(statement))

    @api.private
    def _keys(self, address):
        """Return under what an address stands here: itself, or its digest after an erasure."""
        return [address, self._digest(address)]

    @api.model
    def _digest(self, address):
        secret = self.env["ecrm.log"]._uid_secret().encode()
        text = f"ecrm.suppression:{address}".encode()
        return ERASED + hmac.digest(secret, text, "sha256").hex()[:32]

    # ------------------------------------------------------------
    # LEARNING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def learn(self, events):
        """Write down what e-mail events say; told twice or in any order, the result is one.

        :param list[dict] events: type, recipient, bounce_kind, occurred_at, email_message_id,
            topic_id and company_id (of mailing_id where they are missing), source; what says
            nothing about whom to mail is passed over
        """
        known = self._of_mailings({event.get("mailing_id") for event in events})
        facts = [
            self._fact({**known.get(event.get("mailing_id"), {}), **self._given(event)})
            for event in events
        ]
        rows = list(filter(None, facts))
        soft = [
            (event["recipient"], event["occurred_at"], event.get("message_id"))
            for event in events
            if event["type"] == "bounced" and event.get("bounce_kind") == "soft"
        ]
        self.flush_model()
        self.env["ecrm.email.event"].flush_model()
        rows += [self._pause(*row) for row in self._bounced_often(soft)]
        if rows:
            self.env.cr.execute(learn_suppressions.build(json.dumps(rows, default=str)))
            self.invalidate_model()
            self._cancel_queued({row["email_normalized"] for row in rows})

    def _of_mailings(self, mailing_ids):
        """Return topic and company of mailings, by their id."""
        mailings = self.env["mailing.mailing"].browse(filter(None, mailing_ids)).exists()
        return {
            mailing.id: {
                "topic_id": mailing._ecrm_topic().id,
                "company_id": mailing._ecrm_company().id,
            }
            for mailing in mailings
        }

    @staticmethod
    def _given(event):
        return {name: value for name, value in event.items() if value}

    @staticmethod
    def _fact(event):
        """Return the row that an event is reason for, or None."""
        topic_id = None
        if event["type"] == "complained":
            reason = "complained"
        elif event["type"] == "bounced" and event.get("bounce_kind") == "hard":
            reason = "hard_bounce"
        elif event["type"] == "unsubscribed" and event.get("source") not in OWN_SOURCES:
            reason, topic_id = "unsubscribed", event.get("topic_id") or None
        else:
            return None
        address = email_normalize(event.get("recipient") or "")
        return address and {
            "email_normalized": address,
            "scope": "topic" if topic_id else "marketing",
            "topic_id": topic_id,
            # an address that does not work does so for nobody
            "company_id": None if reason == "hard_bounce" else event.get("company_id") or None,
            "reason": reason,
            "source": event.get("source"),
            "email_message_ref": event.get("email_message_id"),
            "since": fields.Datetime.to_string(event["occurred_at"]),
            "expires_at": None,
        }

    def _bounced_often(self, soft):
        """Return when addresses of soft bounces are to be left alone: address, since, until."""
        told = [(email_normalize(recipient or ""), *rest) for recipient, *rest in soft]
        told = [row for row in told if row[0]]
        return self.env.execute_query(learn_suppressions.count_soft(told)) if told else []

    @staticmethod
    def _pause(address, since, until):
        return {
            "email_normalized": address,
            "scope": "marketing",
            "reason": "soft_bounces",
            "source": "bounces",
            "since": fields.Datetime.to_string(since),
            "expires_at": fields.Datetime.to_string(until),
        }

    # ------------------------------------------------------------
    # LIFTING, AND WHAT WAITS
    # ------------------------------------------------------------

    def _lift(self, how, user=None):
        # sudo: the only way to change a row; who may is checked before
        self.filtered(lambda row: not row.lifted_at).sudo().write(
            {
                "lifted_at": fields.Datetime.now(),
                "lifted_by_id": user.id if user else False,
                "lift_source": how,
            }
        )

    def _cancel_queued(self, addresses):
        """Take mailings to addresses out of the queue, as far as these refuse them now."""
        # sudo: the queue is nobody's to read; what is refused is only taken out of it
        traces_sudo = self.env["mailing.trace"].sudo()
        waiting = traces_sudo.search(
            [("email", "in", list(addresses)), ("trace_status", "=", "outgoing")]
        )
        for mailing, traces in waiting.grouped("mass_mailing_id").items():
            if not mailing:
                continue
            refused = self.refusals(
                traces.mapped("email"), mailing._ecrm_topic(), mailing._ecrm_company()
            )
            for trace in traces:
                if trace.email in refused:
                    trace.mail_mail_id.filtered_domain([("state", "=", "outgoing")]).cancel()
                    trace.write(self._cancelled(refused[trace.email]))

    def _cancelled(self, reason):
        return {
            "trace_status": "cancel",
            "failure_type": "mail_optout",
            "failure_reason": self._tell(reason),
        }

    @api.model
    @api.private
    def _tell(self, reason):
        """Return in words why an address is not mailed."""
        if reason == "unconfirmed":
            return self.env._("The address was never confirmed for this topic.")
        return dict(self._fields["reason"]._description_selection(self.env)).get(reason, reason)
