from odoo import fields, models
from odoo.fields import Domain
from odoo.tools.misc import format_date

from .ecrm_activity_source import PRIVACY_MAILS, PRIVACY_TRACKING

PRIVACY_DATA = "/my/privacy#data"
#: What people did by themselves in writing to us.
SAID = ("chat", "forum", "support", "feedback")
MEASURED = ("email.opened", "email.clicked")


class EcrmActivityGround(models.AbstractModel):
    """Tells customers why we know what their history shows, and on which consent it rests."""

    _name = "ecrm.activity.ground"
    _description = "Why an Activity is Recorded"

    def _resolve(self, events, kinds, partner, identities_sudo):
        """Return why events are there, with one query for all consents and one for all mails.

        :param list[dict] events: the columns of the log
        :param dict kinds: code -> values of the kind
        :param res.partner partner: whose events these are
        :param ecrm.identity identities_sudo: by what keys that person is known
        :return dict: event id -> ``text``, ``url`` and ``link``: its words
        """
        consents = self._consents(events, identities_sudo)
        measured = self._measured_mails(events)
        return {
            event["id"]: self._ground(event, kinds[event["kind"]], consents, measured)
            for event in events
        }

    def _ground(self, event, kind, consents, measured):
        sentences, url, link = self._reason(event, consents, measured)
        kept = self._kept(event, kind)
        return {"text": " ".join(filter(None, (*sentences, kept))), "url": url, "link": link}

    def _reason(self, event, consents, measured):
        """Return why an event is there: sentences, and what one can do about it."""
        channel = event["channel"]
        if event["consent_id"] in consents:
            return consents[event["consent_id"]], PRIVACY_TRACKING, self.env._("Your choice")
        if channel == "email":
            choices = self.env._("Choose what we may send you")
            return self._mail_reason(event, measured), PRIVACY_MAILS, choices
        return self._plain_reason(event), PRIVACY_DATA, self.env._("Your data and rights")

    def _plain_reason(self, event):
        channel = event["channel"]
        if channel == "order":
            return [self.env._("Part of your order: we need it for our contract with you.")]
        if channel in SAID or event["kind"] == "web.form":
            return [self.env._("You wrote it to us, and we keep it to answer you.")]
        if channel == "loyalty":
            return [self.env._("It follows from your orders and is part of your loyalty level.")]
        if channel == "consent":
            return [self.env._("We have to be able to prove what you decided.")]
        return [
            self.env._(
                "Noted by our website itself, which counts page views of its own. It does not "
                "rest on a consent that we know of."
            )
        ]

    def _mail_reason(self, event, measured):
        if event["kind"] in MEASURED:
            return [
                self.env._(
                    "We measure what becomes of this e-mail. You can object: we then measure "
                    "no more of them."
                )
            ]
        if event["kind"] != "email.sent":
            return [self.env._("It is your wish about our e-mails, or your answer to one.")]
        sent = self.env._("We note which e-mails we sent you.")
        is_measured = measured.get((event["props"] or {}).get("mail"))
        if is_measured is None:
            return [sent]
        if is_measured:
            return [sent, self.env._("Whether you open it and follow its links is measured.")]
        return [sent, self.env._("Whether you open it or follow its links is not measured.")]

    def _kept(self, event, kind):
        """Return how long an event is kept."""
        if kind["keep_months"]:
            return self.env._("It is removed after %s months.", kind["keep_months"])
        if event["channel"] == "order":
            return self.env._("Accounting and tax law tell us how long to keep it.")
        return ""

    # ------------------------------------------------------------
    # CONSENT
    # ------------------------------------------------------------

    def _consents(self, events, identities_sudo):
        """Return consent id -> sentences about it and what became of it since."""
        ids = {event["consent_id"] for event in events if event["consent_id"]}
        if not ids:
            return {}
        # sudo: customers have no right on the ledger; these are what their own acts rest on,
        # and what they said in their account, which holds for each browser
        consents_sudo = self.env["ecrm.consent"].sudo()
        account_sudo = identities_sudo.filtered(lambda identity: identity.kind == "partner")
        domain = Domain("id", "in", list(ids)) | Domain("previous_id", "in", list(ids))
        domain |= (
            Domain("identity_id", "in", account_sudo.ids)
            & Domain("purpose", "=", "measure")
            & Domain("state", "!=", "granted")
        )
        names = ["state", "identity_id", "website_id", "previous_id", "create_date"]
        lines_sudo = consents_sudo.search_fetch(domain, names, order="id")
        return {
            line.id: [
                self._agreed(line, line.identity_id in identities_sudo),
                self._became(self._next_word(line, lines_sudo, account_sudo)),
            ]
            for line in lines_sudo
            if line.id in ids
        }

    @staticmethod
    def _next_word(line_sudo, lines_sudo, account_sudo):
        """Return what was said next about a consent, in its browser or in the account."""
        return lines_sudo.filtered(
            lambda other: (
                other.id > line_sudo.id
                and (other.previous_id == line_sudo or other.identity_id in account_sudo)
            )
        )[:1]

    def _agreed(self, line_sudo, is_own):
        """Return who agreed when and where. On a shared browser it may have been another."""
        values = {"day": self._day(line_sudo), "website": line_sudo.website_id.name}
        if is_own and line_sudo.website_id:
            return self.env._(
                "Recorded because you agreed to measuring visits on %(day)s on %(website)s.",
                **values,
            )
        if is_own:
            return self.env._(
                "Recorded because you agreed to measuring visits on %s.", values["day"]
            )
        return self.env._(
            "Recorded because measuring visits was agreed to in this browser on %s.",
            values["day"],
        )

    def _became(self, line_sudo):
        """Return what was said later about the same consent."""
        if not line_sudo:
            return self.env._("That holds until you take it back.")
        if line_sudo.state == "granted":
            return self.env._("It was agreed to again on %s.", self._day(line_sudo))
        return self.env._(
            "It was taken back on %s: from then on nothing was recorded.", self._day(line_sudo)
        )

    def _day(self, line_sudo):
        day = fields.Datetime.context_timestamp(self, line_sudo.create_date).date()
        return format_date(self.env, day, date_format="long")

    # ------------------------------------------------------------
    # MAILS
    # ------------------------------------------------------------

    def _measured_mails(self, events):
        """Return mail id -> whether its opens and clicks are measured."""
        ids = {
            number
            for event in events
            if event["kind"] == "email.sent"
            and isinstance(number := (event["props"] or {}).get("mail"), int)
        }
        if not ids:
            return {}
        # sudo: customers have no right on mails; it is told of those in their history alone
        mails_sudo = self.env["ecrm.email.message"].sudo()
        found = mails_sudo.search_fetch([("id", "in", list(ids))], ["is_tracked"])
        return {mail.id: mail.is_tracked for mail in found}
