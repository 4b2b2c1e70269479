from collections import namedtuple
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_date

from ..lib.tracking.visit import MAX_AGE
from ..queries import meet_contact, read_consents
from .ecrm_door import PORTAL, SITE
from .res_partner_activity import SHOWN as EVIDENCE

#: Where somebody without an account says something.
SIGNED_LINK = "signed link"
#: What a person may switch on and off in the account, apart from browsers and e-mails.
SWITCHES = ("personalise", "profile")
#: Lines of the history on the page, and of all that is shown of it.
SHOWN = 10
MOST_SHOWN = 500

Line = namedtuple("Line", read_consents.COLUMNS)


class EcrmPrivacyChoices(models.AbstractModel):
    """What a person allows, in the portal: recording visits, personalisation, profiles.

    Each choice is that of a ``Person`` who was found out before; no id in a form decides
    whose it is. What browsers send and keep is for ``ecrm.door``.
    """

    _name = "ecrm.privacy.choices"
    _description = "Choices of Privacy"

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def page_values(self, person, show_all=False):
        """Return what the page says of a person's choices; one query for all of the ledger.

        :param Person person: see ``ecrm.privacy.person``
        :param bool show_all: the whole history, and not only what was said lately
        :return dict: ``browser`` (this one), ``browsers`` (others that are on),
            ``keeps_stock`` (Odoo itself notes pages), ``visits_text`` (to what one agrees
            there), ``switches``, ``history``, ``has_more``, ``is_all``
        """
        visit = self.env["ecrm.door"].portal_visit()
        n = MOST_SHOWN if show_all else SHOWN
        lines = self._lines(person, visit["consent_id"], n + 1)
        own = [line for line in lines if line.is_own]
        history = sorted(own, key=lambda line: -line.id)
        return {
            "browser": self._browser(visit, lines),
            "browsers": self._other_browsers(visit, own),
            "keeps_stock": visit["keeps_stock"],
            "visits_text": self._words(person, "measure"),
            "switches": [self._switch(person, purpose, own) for purpose in SWITCHES],
            "history": self._history(history[:n]),
            "has_more": len(history) > n,
            "is_all": show_all,
        }

    @api.model
    @api.private
    def is_recorded(self, person, visit):
        """Return whether visits are recorded on this or another browser of a person.

        :param Person person: see ``ecrm.privacy.person``
        :param dict visit: the browser at hand, as ``ecrm.door`` tells it
        """
        lines = self._lines(person, visit["consent_id"], 1)
        own = [line for line in lines if line.is_own]
        is_on = self._browser(visit, lines)["state"] == "on"
        return is_on or bool(self._other_browsers(visit, own))

    @api.model
    @api.private
    def is_on(self, person, purpose):
        """Return whether a switch of a person is on."""
        return self._switch(person, purpose, self._lines(person, None, SHOWN))["is_on"]

    def _lines(self, person, consent_id, n):
        for model in ("ecrm.consent", "ecrm.identity", "ecrm.session"):
            self.env[model].flush_model()
        statement = read_consents.build(
            person.partner.id, person.email, consent_id, person.company.id, n, EVIDENCE
        )
        return [Line(*row) for row in self.env.execute_query(statement)]

    def _browser(self, visit, lines):
        """Return how this browser stands: ``state`` and, where it is on, ``since``."""
        if visit["state"] != "asked":
            return {"state": visit["state"], "since": None}
        consent = next((line for line in lines if line.id == visit["consent_id"]), None)
        if consent and consent.holds and consent.state == "granted":
            refused = self._account_refusal(lines)
            if not refused or refused < consent.id:
                return {"state": "on", "since": consent.at}
        return {"state": "off", "since": None}

    @staticmethod
    def _account_refusal(lines):
        """Return the id of the last line by which visits were refused on every browser."""
        return max(
            (line.id for line in lines if (line.kind, line.purpose) == ("partner", "measure")),
            default=0,
        )

    def _other_browsers(self, visit, lines):
        """Return the other browsers on which visits are recorded, the newest first."""
        refused = self._account_refusal(lines)
        # a cookie that is older is gone, whatever it was allowed
        since = fields.Datetime.now() - timedelta(seconds=MAX_AGE)
        return [
            {"id": line.id, "since": line.at, "used_at": line.used_at}
            for line in lines
            if (line.kind, line.purpose, line.state) == ("device", "measure", "granted")
            and line.holds
            and self._still_counts(line)
            and line.id > refused
            and line.at > since
            and line.id != visit["consent_id"]
        ]

    def _still_counts(self, line):
        """Return whether the website on which somebody agreed still records for that reason."""
        if not line.website_id or (line.source or "").startswith(SITE):
            return True  # a site outside Odoo asks by its own banner
        settings = self.env["website"].browse(line.website_id)._ecrm_settings()
        return settings["mode"] == "identified" and line.id > settings["outdated"]

    def _switch(self, person, purpose, lines):
        """Return how a switch stands: what nobody said is off, but for profiles.

        Profiles are made on a legitimate interest, until somebody objects; who objected by
        any address or browser objects until each of them says otherwise.
        """
        said = self._last_words(purpose, lines)
        newest = max(said.values(), key=lambda line: line.id, default=None)
        if purpose == "profile":
            is_on = all(line.state == "granted" for line in said.values())
        else:
            is_on = bool(newest) and newest.state == "granted"
        return {
            "purpose": purpose,
            "is_on": is_on,
            "since": newest.at if newest else None,
            "title": self._title(purpose),
            "text": self._words(person, purpose),
            "effect": self._effect(person, purpose),
        }

    @staticmethod
    def _last_words(purpose, lines):
        """Return the last line about a purpose by each identity: id of it -> line."""
        about = [line for line in lines if line.purpose == purpose and line.is_own]
        return {line.identity_id: line for line in sorted(about, key=lambda line: line.id)}

    # ------------------------------------------------------------
    # CHOOSING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def switch(self, person, purpose, is_on):
        """Write down that a person allows a purpose, or does not; what is the same is not.

        :param str purpose: of ``SWITCHES``
        """
        if purpose not in SWITCHES:
            return
        lines = self._lines(person, None, SHOWN)
        if self._switch(person, purpose, lines)["is_on"] == is_on:
            return
        own_sudo = self._identity(person)
        said = self._last_words(purpose, lines)
        if is_on:
            # a yes has to be said wherever a no was
            no = [identity_id for identity_id, line in said.items() if line.state != "granted"]
            for identity_sudo in own_sudo | own_sudo.browse(no):
                self._record(person, identity_sudo, "granted", purpose)
            return
        is_granted = own_sudo.id in said and said[own_sudo.id].state == "granted"
        self._record(person, own_sudo, "withdrawn" if is_granted else "refused", purpose)

    @api.model
    @api.private
    def refuse_visits(self, person):
        """Take back, on each browser of a person, that visits are recorded.

        The line of the contact itself counts where it is not known yet that a browser is hers:
        as soon as she logs in on it, see ``ecrm.visit``.
        """
        # sudo: nobody may read identities in the portal; these notes are of logins just now
        self.env["ecrm.identity"].sudo()._link_logins()
        self._granted_visits(person).withdraw(PORTAL, proof=self._proof())
        self._record(person, self._identity(person), "refused", "measure")

    @api.model
    @api.private
    def refuse_browser(self, person, consent_id):
        """Take back that visits are recorded on one browser of a person.

        :param int consent_id: as the form tells it; of nobody else's browser
        """
        domain = [
            ("id", "=", consent_id),
            ("identity_id.link_ids", "any", person.partner._ecrm_portal_links()),
        ]
        self._granted_visits(person, domain).withdraw(PORTAL, proof=self._proof())

    def _granted_visits(self, person, domain=()):
        # sudo: nobody may read the ledger in the portal; the lines are the person's own
        consents_sudo = self.env["ecrm.consent"].sudo()
        if not person.partner:
            return consents_sudo
        return consents_sudo.search(
            [
                ("identity_id.partner_id", "=", person.partner.id),
                ("purpose", "=", "measure"),
                ("state", "=", "granted"),
                ("is_current", "=", True),
                *domain,
            ]
        )

    def _record(self, person, identity_sudo, state, purpose):
        text = self._words(person, purpose)
        texts = self.env["ecrm.consent.text"]
        source = self._source()
        self.env["ecrm.consent"].sudo().record(  # sudo: as above; profiles are made anew
            identity_sudo,
            state,
            purpose,
            source=source,
            text=text,
            text_version=texts.version_of(source, text),
            proof=self._proof(),
        )

    def _identity(self, person):
        """Return the identity under which a person speaks: the contact, else the address."""
        identities_sudo = self.env["ecrm.identity"].sudo()  # as above
        if not person.partner:
            preferences = self.env["ecrm.email.preference"]
            return preferences.of_address(person.email, person.company)._identity()
        domain = [("kind", "=", "partner"), ("partner_id", "=", person.partner.id)]
        known_sudo = identities_sudo.search(domain, limit=1)
        if not known_sudo:
            identities_sudo.flush_model()
            self.env.cr.execute(meet_contact.build(person.partner.id))
            known_sudo = identities_sudo.search(domain, limit=1)
        return known_sudo

    def _source(self):
        return SIGNED_LINK if self.env.user._is_public() else PORTAL

    def _proof(self):
        proof = {"language": self.env.lang, "page": self._source()}
        # the public user is nobody
        return proof if self.env.user._is_public() else {**proof, "user": self.env.uid}

    # ------------------------------------------------------------
    # WORDS
    # ------------------------------------------------------------

    def _title(self, purpose):
        if purpose == "personalise":
            return self.env._("Personalisation")
        return self.env._("Profiling")

    def _words(self, person, purpose):
        """Return the words that the person agrees to or objects to."""
        if purpose == "measure":
            return self.env["ecrm.door"]._website()._ecrm_visits_text(self.env.lang)
        if purpose == "personalise":
            return self.env._(
                "We may choose what we show and offer you by what you looked at and ordered. "
                "We do so only if you switch it on."
            )
        return self.env._(
            "From your orders, your visits and what you do with our e-mails we work out figures: "
            "your level, and what you may need next. We do so because it is in our interest to "
            "know our customers; you may object at any time, without giving reasons."
        )

    def _effect(self, person, purpose):
        """Return what changes when it is off."""
        if purpose == "personalise":
            return self.env._("When it is off, you see what everybody sees.")
        if person.partner.commercial_partner_id != person.partner:
            return self.env._(
                "When it is off, what you do counts for no figures any more, and we do not "
                "measure whether you open our e-mails. Your company keeps its level."
            )
        return self.env._(
            "When it is off, there are no such figures: nobody sees any, you have no level, and "
            "we do not measure whether you open our e-mails. Orders and points stay yours. When "
            "you switch it on again, your level is worked out anew."
        )

    def _history(self, lines):
        """Return lines of the ledger in plain words."""
        # sudo: what a topic is called is said to everybody who may choose it
        topics_sudo = self.env["ecrm.topic"].sudo().with_context(active_test=False)
        topics_sudo = topics_sudo.browse(sorted({line.topic_id or 0 for line in lines} - {0}))
        names = {topic.id: topic.name for topic in topics_sudo}
        return [self._tell(line, names.get(line.topic_id)) for line in lines]

    def _tell(self, line, topic):
        return {
            "id": line.id,
            "at": line.at,
            "what": self._what(line, topic),
            "said": self._said(line),
            "where": self._where(line.source or ""),
            "is_yes": line.state == "granted",
            "text": line.text,
            "version": line.version,
        }

    def _what(self, line, topic):
        what = {
            "measure": self.env._("Recording my visits"),
            "personalise": self._title("personalise"),
            "profile": self._title("profile"),
            "email": self.env._("E-mails"),
            "email_frequency": self.env._("How often e-mails come"),
            "email_measure": self.env._("Measuring what I do with e-mails"),
        }[line.purpose]
        return f"{what}: {topic}" if topic else what

    def _said(self, line):
        if line.frequency:
            often = dict(self.env["ecrm.email.preference"].frequencies())
            return often.get(line.frequency, "")
        if line.purpose == "email_frequency":
            if not line.paused_until:
                return self.env._("No break")
            until = fields.Datetime.to_datetime(line.paused_until[:19].replace("T", " "))
            day = format_date(self.env, until, date_format="long")
            return self.env._("A break until %s", day)
        return {
            "granted": self.env._("Yes"),
            "refused": self.env._("No"),
            "withdrawn": self.env._("No more"),
        }[line.state]

    def _where(self, source):
        """Return where something was said; nothing where we have no words for it."""
        if source.startswith("site"):
            return self.env._("on another website of ours")
        return {
            "cookie bar": self.env._("in the cookie bar"),
            PORTAL: self.env._("in your account"),
            "preferences": self.env._("among your e-mail preferences"),
            "one-click": self.env._("in your mail program"),
            SIGNED_LINK: self.env._("by the link in our e-mail"),
            "double opt-in": self.env._("by the link in our e-mail"),
            "back office": self.env._("told to us, and noted by us"),
            "erasure": self.env._("when your data were erased"),
        }.get(source, "")
