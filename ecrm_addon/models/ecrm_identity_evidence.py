from datetime import datetime, timedelta, timezone
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import email_normalize

from ..lib.tracking.event import identity_of
from ..lib.tracking.evidence import WEAK, Owner, judge, read_key, write_key
from ..queries import read_owners
from .ecrm_identity import LOGIN

#: An identity that is this contact's from its first event on: a browser with its login.
OWN = "ecrm.own"
#: Somebody typed an address on a browser; somebody confirmed that an address is theirs.
CLAIM, CONFIRM = "ecrm.claim", "ecrm.confirm"
#: An address that was typed on the browser is confirmed.
FORM = "ecrm.form"
#: Under these names it is noted that a browser is a contact's, and on what evidence.
EVIDENCE_OF = {
    OWN: "login",
    LOGIN: "login",
    "ecrm.checkout": "checkout",
    FORM: "form",
    "ecrm.click": "click",
}
NOTES = (*EVIDENCE_OF, CLAIM, CONFIRM)
#: Days in which an address may be confirmed after it was typed.
CONFIRM_DAYS = 7


class Note(NamedTuple):
    """What was noted of one browser."""

    model: str
    partner_id: int
    key: str
    at: datetime
    address: str


class Browser(NamedTuple):
    """A browser's identity, whose it is, and on which line of the ledger that rests."""

    identity_id: int
    owner: Owner
    line_id: int | None


class Step(NamedTuple):
    """What a note makes of a browser."""

    note: Note
    verdict: str
    evidence: str
    partner: models.Model
    browser: Browser


class EcrmIdentity(models.Model):
    """Whose a browser is, on what evidence: the rules of ``docs/identity.md``.

    Requests only append notes (``ecrm.change``); here the pipeline turns them into lines of
    the ledger, in the order in which they were noted.
    """

    _inherit = "ecrm.identity"

    @api.model
    @api.private
    def note_evidence(self, model, res_id, key, address="", at=None):
        """Append a note about a browser, and nothing else.

        :param str model: one of ``NOTES``
        :param int res_id: id of the contact; for an address any number but zero
        :param str key: key of the browser's identity
        :param datetime at: UTC, now by default
        """
        at = (at or fields.Datetime.now()).replace(tzinfo=timezone.utc)
        noted = write_key(key, at.timestamp(), address)
        self.env["ecrm.change"].note(model, [res_id], key=noted)

    @api.model
    @api.private
    def confirm_address(self, email, since=None):
        """Let browsers on which an address was typed be its owner's, who confirmed that.

        Called where somebody proved to read the mail of an address and to have typed it,
        such as by the link of a double opt-in. It appends a note; the pipeline does the rest.

        :param str email: the address
        :param datetime since: when the form was sent that is confirmed; forms before that
            stay what they are. By default those of the last days count
        """
        address = email_normalize(email)
        if not address:
            return
        since = since or fields.Datetime.now() - timedelta(days=CONFIRM_DAYS)
        _kind, key = identity_of("email", address)
        self.note_evidence(CONFIRM, 1, "", key, since)

    @api.model
    @api.private
    def _is_of_another(self, key, partner_id):
        """Return whether a browser belongs to another contact, or is about to.

        :param str key: key of the browser
        :param int partner_id: id of the contact who is there now
        """
        browser = self._browsers([key]).get(key)
        if browser and browser.owner.partner_id:
            others = browser.owner.partner_id != partner_id
            return others and browser.owner.evidence not in WEAK
        # logins of the last minute, which the pipeline has not read yet
        pending = [
            ("model", "=", LOGIN), ("key", "=like", f"{key}|%"), ("res_id", "!=", partner_id),
        ]  # fmt: skip
        return bool(self.env["ecrm.change"].search_count(pending, limit=1))

    # ------------------------------------------------------------
    # DIGEST
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _link_logins(self):
        """Turn what was noted of browsers, logins above all, into lines of the ledger."""
        claims = self.env["ecrm.identity.claim"]
        noted = self.env["ecrm.change"].take_in_order(NOTES)
        notes = [self._read_note(*row) for row in noted]
        claims._record([note for note in notes if note.model == CLAIM])
        claims._confirm([note for note in notes if note.model == CONFIRM])
        links = [note for note in notes if note.model in EVIDENCE_OF]
        links += [Note(FORM, *claim, "") for claim in claims._take_confirmed()]
        contacts = self._contacts({note.partner_id for note in links})
        links = [note for note in links if note.partner_id in contacts]
        while links:
            steps, links = self._judge(links, contacts)
            self._settle(steps)

    @staticmethod
    def _read_note(model, res_id, text):
        key, seconds, address = read_key(text)
        at = fields.Datetime.now()
        if seconds is not None:
            at = min(at, datetime.fromtimestamp(seconds, timezone.utc).replace(tzinfo=None))
        return Note(model, res_id, key, at, address)

    def _contacts(self, ids):
        """Return by id the contacts that may be behind a browser.

        A contact that was merged away still stands behind its old id. Employees are not
        tracked, and the public user is nobody.
        """
        known = self.env["res.partner"].browse(ids).exists()
        gone = ids - set(known.ids)
        merged = self.search(
            [
                ("kind", "=", "partner"),
                ("key", "in", [str(number) for number in gone]),
                ("partner_id", "!=", False),
            ]
        )
        contacts = {partner.id: partner for partner in known}
        contacts |= {int(identity.key): identity.partner_id for identity in merged}
        nobody = set(known._ecrm_public_ids())
        return {
            number: partner
            for number, partner in contacts.items()
            if partner.partner_share and partner.id not in nobody
        }

    def _contacts_by_address(self):
        """Return the contacts behind addresses: key of the address -> id of the contact.

        Of an address that several contacts share nobody knows whose it is.
        """
        addresses = self.filtered(lambda identity: identity.kind == "email")
        groups = self.env["res.partner"]._read_group(
            [("email_normalized", "in", addresses.mapped("key"))],
            ["email_normalized"],
            ["id:array_agg"],
        )
        contacts = {address: ids[0] for address, ids in groups if len(ids) == 1}
        known = addresses.filtered("partner_id")
        return contacts | {identity.key: identity.partner_id.id for identity in known}

    def _judge(self, notes, contacts):
        """Return the next step of each browser, and the notes that come after it."""
        browsers = self._browsers({note.key for note in notes})
        claims = self.env["ecrm.identity.claim"]._open(browsers)
        steps, later = {}, []
        for note in notes:
            browser = browsers.get(note.key)
            if not browser:
                continue
            if note.key in steps:
                later.append(note)
                continue
            partner = contacts[note.partner_id]
            evidence = EVIDENCE_OF[note.model]
            if evidence == "click" and (note.key, partner.email_normalized) in claims:
                evidence = "form"  # who typed the address reads its mail, on the same browser
            verdict = judge(browser.owner, partner.id, evidence)
            if verdict:
                steps[note.key] = Step(note, verdict, evidence, partner, browser)
        return list(steps.values()), later

    def _browsers(self, keys):
        """Return the browsers by their keys, with whose they are."""
        self.flush_model()
        self.env["ecrm.identity.link"].flush_model()
        return {
            key: Browser(identity_id, Owner(partner_id, evidence, is_refused), line_id)
            for identity_id, key, partner_id, line_id, evidence, is_refused in (
                self.env.execute_query(read_owners.build(keys))
            )
        }

    def _settle(self, steps):
        """Write one step of each browser into the ledger, and point it to its contact."""
        replaced = [step for step in steps if step.verdict == "replace"]
        links_sudo = self.env["ecrm.identity.link"].sudo()  # sudo: as in _move
        undone = links_sudo.create([self._line(step, "undone") for step in replaced])
        for step, line in zip(replaced, undone, strict=True):
            links_sudo.browse(step.browser.line_id).undone_by_id = line
        links_sudo.create([self._line(step, "linked") for step in steps])
        identities_sudo = self.sudo().browse(step.browser.identity_id for step in steps)
        for step, identity in zip(steps, identities_sudo, strict=True):
            if step.verdict != "confirm":
                identity._point_to(step.partner)
        self.env["ecrm.change"].note("ecrm.identity", identities_sudo.ids)
        self.env["ecrm.change"].note(
            "res.partner", list({step.browser.owner.partner_id for step in replaced})
        )

    @staticmethod
    def _line(step, action):
        owner = step.browser.owner
        linked = action == "linked"
        # what a replaced link said was taken back by the line before
        before = None if linked and step.verdict == "replace" else owner.partner_id
        return {
            "identity_id": step.browser.identity_id,
            "action": action,
            "partner_id": linked and step.partner.id,
            "previous_partner_ref": before or 0,
            "evidence": step.evidence,
            "occurred_at": step.note.at,
            "from_start": linked and step.note.model == OWN,
        }
