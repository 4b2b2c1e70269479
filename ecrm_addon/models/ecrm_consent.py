from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..queries import check_account, find_consents, find_objections

PURPOSES = [
    ("measure", "Measure visits"),
    ("personalise", "Personalise"),
    ("profile", "Profile and scores"),
    ("email", "E-mails"),
    ("email_frequency", "How often e-mails come"),
    ("email_measure", "Measure opens and clicks in e-mails"),
]
STATES = [
    ("granted", "Granted"),
    ("refused", "Refused"),
    ("withdrawn", "Withdrawn"),
]


class EcrmConsent(models.Model):
    """Ledger of consent: who agreed to what, when, to which words, and who took it back.

    ========= ============================== =====================
    state     what happened                  previous_id
    ========= ============================== =====================
    granted   agreed                         the line before, if any
    refused   said no although asked         the line before, if any
    withdrawn took back what was granted     the granted line
    ========= ============================== =====================

    E-mails may be those of one topic; without a topic, all that advertise.

    Lines are never edited: the last line of an identity and a purpose is what holds, and
    without a line nothing is granted. A door needs one look at the index to know that what
    a browser's cookie rests on was taken back.
    """

    _name = "ecrm.consent"
    _inherit = "ecrm.website.help.mixin"
    _description = "Consent"
    _order = "id desc"
    _rec_name = "purpose"
    _needs_identity = True

    purpose = fields.Selection(PURPOSES, required=True, readonly=True)
    state = fields.Selection(STATES, required=True, readonly=True)
    # what somebody agreed to cannot be deleted, only archived
    topic_id = fields.Many2one("ecrm.topic", ondelete="restrict", readonly=True)
    # erasing the identity erases what ties the line to a person
    identity_id = fields.Many2one(
        "ecrm.identity", ondelete="set null", index="btree_not_null", readonly=True
    )
    partner_id = fields.Many2one(related="identity_id.partner_id", string="Contact")
    website_id = fields.Many2one("website", ondelete="set null", readonly=True)
    company_id = fields.Many2one("res.company", index="btree_not_null", readonly=True)
    source = fields.Char(readonly=True, help="Where it was said: the cookie bar, a form, a site.")
    text_version = fields.Char(readonly=True, help="Which words the person was shown.")
    text = fields.Text(
        "Words",
        compute="_compute_text",
        help="What the person was shown. Of words from before they were kept only the version "
        "is known.",
    )
    proof = fields.Json(readonly=True, help="What the browser said, without any address.")
    previous_id = fields.Many2one(
        "ecrm.consent", "Line Before", ondelete="set null", index="btree_not_null", readonly=True
    )
    create_date = fields.Datetime("When", readonly=True)
    next_ids = fields.One2many("ecrm.consent", "previous_id", "Lines After")
    is_current = fields.Boolean(
        "Holds",
        compute="_compute_is_current",
        search="_search_is_current",
        help="Nothing was said later about the same purpose.",
    )
    details = fields.Text(
        "Told by the Browser", compute="_compute_details", help="The proof, one item a line."
    )

    @api.depends("next_ids")
    def _compute_is_current(self):
        for consent in self:
            consent.is_current = not consent.next_ids

    def _search_is_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        # a sub-select: there are as many lines as browsers
        followed = self.sudo()._search([("previous_id", "!=", False)])
        earlier = followed.subselect("previous_id")
        return [("id", "not in" if True in value else "in", earlier)]

    @api.depends("proof")
    def _compute_details(self):
        for consent in self:
            consent.details = "\n".join(
                f"{name}: {value}" for name, value in (consent.proof or {}).items()
            )

    @api.depends("text_version")
    def _compute_text(self):
        texts = self.env["ecrm.consent.text"].of_versions(self.mapped("text_version"))
        for consent in self:
            consent.text = texts.get(consent.text_version)

    @api.depends("purpose", "state", "topic_id")
    def _compute_display_name(self):
        for consent in self:
            labels = [
                dict(self._fields[name]._description_selection(self.env)).get(consent[name], "")
                for name in ("purpose", "state")
            ]
            labels.insert(1, consent.sudo().topic_id.name)  # a name is no secret
            consent.display_name = ": ".join(filter(None, labels))

    @api.model
    @api.private
    def record(self, identity, state, purpose="measure", text=None, **values):
        """Append a line.

        :param ecrm.identity identity: who said it
        :param str state: granted, refused or withdrawn
        :param str text: the words that the person was shown, of the given ``text_version``
        :param values: topic_id, website_id, company_id, source, text_version, proof
        :return ecrm.consent: the new line
        """
        # sudo: whoever says it, visitors too, may write lines by saying it, and no other way
        consents_sudo = self.sudo()
        about = values.get("topic_id"), values.get("company_id")
        last = consents_sudo.current(identity, purpose, *about)
        if purpose in find_objections.PURPOSES and state != "granted":
            self.env["ecrm.email.message"].sudo().stop_measuring(identity.sudo())
        if text:
            lang = (values.get("proof") or {}).get("language") or self.env.lang
            self.env["ecrm.consent.text"].keep(values["text_version"], text, lang)
        line_sudo = consents_sudo.create(
            {
                "identity_id": identity.id,
                "purpose": purpose,
                "state": state,
                "previous_id": last.id,
                "website_id": last.website_id.id,
                "company_id": last.company_id.id,
                "text_version": last.text_version,
                **values,
            }
        )
        if purpose == "profile":
            self._renew_profiles(identity)
        return line_sudo

    def _renew_profiles(self, identity):
        """Remove the profiles of who objects, or make them anew."""
        # sudo: whoever objects need not see any profile
        identity_sudo = identity.sudo()
        partners_sudo = identity_sudo.partner_id
        if identity_sudo.kind == "email":
            partners_sudo |= partners_sudo.search([("email_normalized", "=", identity_sudo.key)])
        self.env["ecrm.profile"]._recompute(partners_sudo)
        self.env["ecrm.profile"]._forget_unprofiled(partners_sudo)

    @api.model
    @api.private
    def _objectors(self):
        """Return the contacts who object to profiles, however they said so."""
        query = SQL("SELECT unnest(%s)", find_objections.to_profiles())
        return self.env["res.partner"].browse(id_ for (id_,) in self.env.execute_query(query))

    @api.model
    @api.private
    def _refuse_profiles(self, partners):
        """Return those of some contacts who object to profiles, without asking for all."""
        self.flush_model()
        self.env["ecrm.identity"].flush_model()
        query = find_objections.of_partners(partners.ids, ["profile"])
        return partners.browse(id_ for (id_,) in self.env.execute_query(query))

    @api.model
    @api.private
    def current(self, identity, purpose="measure", topic_id=False, company_id=None):
        """Return the line that holds for an identity, empty if there is none.

        :param int company_id: to whom e-mails were allowed or not: what one company is told
            is no word to another
        """
        domain = [
            ("identity_id", "=", identity.id),
            ("purpose", "=", purpose),
            ("topic_id", "=", topic_id),
        ]
        if purpose == "email" and company_id:
            domain.append(("company_id", "in", [company_id, False]))
        return self.search(domain, limit=1)

    @api.private
    def withdraw(self, source, **values):
        """Take granted lines back, each once."""
        withdrawn = self.browse()
        for consent in self.filtered(lambda line: line.state == "granted"):
            if self.search_count([("previous_id", "=", consent.id)], limit=1):
                continue
            withdrawn |= self.record(
                consent.identity_id,
                "withdrawn",
                consent.purpose,
                source=source,
                topic_id=consent.topic_id.id,
                previous_id=consent.id,
                website_id=consent.website_id.id,
                company_id=consent.company_id.id,
                text_version=consent.text_version,
                **values,
            )
        return withdrawn

    @api.private
    def holds(self):
        """Return whether this line was granted and is the last one said."""
        return bool(
            self.state == "granted" and not self.search_count([("previous_id", "=", self.id)])
        )

    @api.model
    @api.private
    def allows(self, who, purpose):
        """Return those of some who said yes to a purpose and did not take it back.

        Nobody who was not asked is among them. What may be done until somebody objects, as
        profiles are, is asked by ``_objectors``.

        :param res.partner | ecrm.identity who: any number; of a contact the last word counts,
            by whichever identity it was said
        :param str purpose: such as ``personalise``
        :return: those of them, so that nobody is falsy
        """
        self.flush_model()
        if who._name == "ecrm.identity":
            said = [self.sudo().current(identity, purpose) for identity in who]
            granted = [line.identity_id.id for line in said if line.state == "granted"]
            return who.filtered(lambda identity: identity.id in granted)
        self.env["ecrm.identity"].flush_model()
        who.flush_model(["email_normalized"])
        rows = self.env.execute_query(find_consents.of_partners(who.ids, purpose))
        return who.browse(id_ for (id_,) in rows)

    @api.model
    @api.private
    def refused_after(self, partner_id, consent_id):
        """Return whether a customer, in the account, said no after a browser's consent."""
        self.flush_model()
        condition = check_account.refused_after(partner_id, consent_id)
        return self.env.execute_query(SQL("SELECT %s", condition))[0][0]

    @api.model
    @api.private
    def refused_at(self, partner_id):
        """Return when a customer, in the account, said no last: ms since 1970, 0 for never."""
        self.flush_model()
        return self.env.execute_query(check_account.refused_at(partner_id))[0][0] or 0

    @api.model
    @api.private
    def last_before(self, instant):
        """Return the id of the last line written before an instant, 0 where there is none.

        Ids rise with time, so that a door need not look up when a consent was given.
        """
        return self.search([("create_date", "<", instant)], limit=1).id or 0

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_withdraw(self):
        """Button: note that the person took it back, told by letter or on the phone."""
        if not self.env.user.has_group("ecrm_addon.group_ecrm_manager"):
            raise AccessError(self.env._("Only an eCRM manager can note a withdrawal."))
        self.check_access("read")
        self.withdraw("back office", proof={"user": self.env.uid})

    def write(self, vals):
        if vals:
            raise AccessError(self.env._("Consent is never edited: it is proof."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Consent is never deleted: it is proof."))
