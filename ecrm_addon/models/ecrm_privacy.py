from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..lib.tracking import visit as visit_lib
from ..lib.tracking.event import identity_of, jsonable
from ..queries import erase_person
from .ecrm_identity_evidence import NOTES

#: Events on a page of an export.
PAGE = 5_000
#: Batches of events removed at once; the pipeline removes what is left.
AT_ONCE = 10
#: Columns that say nothing about a person.
TECHNICAL = {"create_uid", "write_uid", "write_date", "display_name", "id"}


class EcrmPrivacy(models.AbstractModel):
    """What a person may ask for: everything we hold about her, and to be forgotten.

    A person here is one contact, not her company and not her colleagues; or an address that
    is no contact's. What hangs on identities is dealt with here. All other tables, ours and
    Odoo's, are declared, see ``_personal_tables``; ``forget`` erases those, too.
    """

    _name = "ecrm.privacy"
    _description = "Access and Erasure"

    # ------------------------------------------------------------
    # ACCESS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def export(self, partner, email=None):
        """Return everything we hold about a person, ready for JSON.

        :param res.partner partner: one contact, or empty
        :param str email: an address, normalized; needed where there is no contact
        :return dict: per table a list of rows, ``touchpoints`` newest first
        """
        told, pages = self.export_pages(partner, email)
        return {**told, "touchpoints": [event for page in pages for event in page]}

    @api.model
    @api.private
    def export_pages(self, partner, email=None):
        """Return the same for writing it bit by bit: all but the touchpoints, and their pages.

        :return tuple[dict, Iterator[list[dict]]]: a history may be larger than memory
        """
        return self._tell(partner, email), self._touchpoint_pages(partner, email)

    def _tell(self, partner, email=None):
        self = self._of_all_companies()
        self._check_may(partner)
        identities = self._identities(partner, email)
        consents = self.env["ecrm.consent"].search([("identity_id", "in", identities.ids)])
        visits = self._of_either("ecrm.session", identities, partner)
        ledger = self._of_either("ecrm.identity.link", identities, partner)
        return {
            "format": "ecrm.export.1",
            "exported_at": fields.Datetime.now().isoformat(),
            "contact": {
                "id": partner.id or None,
                "name": partner.name or None,
                "email": partner.email or email or None,
            },
            "identities": self._rows(identities, {"link_ids"}),
            "identity_ledger": self._rows(ledger, {"user_id"}),
            "claimed_addresses": self._claims(identities, partner, email),
            "consents": self._rows(consents, {"next_ids", "details"}),
            "visits": self._rows(visits),
            "refused_events": self._rows(self._refused(identities, partner, email), {"body_text"}),
            "orders": self._orders(partner),
        }

    def _touchpoint_pages(self, partner, email=None):
        """Give the touchpoints of a person page by page, newest first."""
        self._check_may(partner)
        log, identity_ids = self.env["ecrm.log"], self._identities(partner, email).ids
        company_ids = None if self.env.su else self.env.user.company_ids.ids
        before = None
        while True:
            page = log.timeline(identity_ids, before, PAGE, company_ids=company_ids)
            if not page:
                return
            yield [jsonable(event) for event in page]
            before = page[-1]["occurred_at"], page[-1]["id"]

    def _rows(self, records, without=()):
        """Return records as dicts; what they refer to is told by id and name."""
        names = [
            name
            for name, field in records._fields.items()
            if name not in TECHNICAL and name not in without and field.type != "one2many"
        ]
        return [
            {name: jsonable(value) for name, value in row.items()}
            for row in records.read([*names, "id"])
        ]

    def _of_either(self, model, identities, partner):
        """Return rows of identities, and of the contact if there is one."""
        domain = Domain("identity_id", "in", identities.ids)
        return self.env[model].search(domain | Domain("partner_id", "in", partner.ids))

    def _claims(self, identities, partner, email=None):
        """Return what was typed on her browsers, and where else somebody typed her address.

        Which browser that was is not hers to know, nor whose address another contact's is
        that was typed on hers: the right of access ends at the rights of others.
        """
        own = identities | self._addresses(self._own_emails(partner, email))
        # sudo: nobody may read claims; these are of identities that may be read
        claims_sudo = self.env["ecrm.identity.claim"].sudo()
        claims_sudo = claims_sudo.search(
            ["|", ("browser_id", "in", identities.ids), ("address_id", "in", own.ids)]
        )
        others = self._addresses_of_others((claims_sudo.address_id - own).mapped("key"), partner)
        return [
            {
                "address": None if claim.address_id.key in others else claim.address_id.key,
                "typed_on": "own browser" if claim.browser_id in identities else "another browser",
                "at": jsonable(claim.claimed_at),
                "confirmed_at": jsonable(claim.confirmed_at or None),
            }
            for claim in claims_sudo
        ]

    def _addresses_of_others(self, emails, partner):
        # sudo: that somebody has an address counts, whoever may see that contact
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        found = partners_sudo.search([("email_normalized", "in", emails)])
        return set((found - partner).mapped("email_normalized"))

    def _orders(self, partner):
        """Return what of ours is on orders: their visits, and how the customer stood."""
        return [
            {
                "order": order.name,
                "visit": order.ecrm_session_key,
                "tier": order.ecrm_tier_id.name or None,
                "segment": order.ecrm_segment_id.name or None,
                "loyalty_score": jsonable(order.ecrm_loyalty_score),
            }
            for order in self._own_orders(partner)
        ]

    def _own_orders(self, partner):
        orders_sudo = self.env["sale.order"].sudo()  # the export was allowed before
        domain = Domain("ecrm_session_key", "!=", False) | orders_sudo._ecrm_with_standing()
        domain &= Domain("partner_id", "=", partner.id)
        if not self.env.su:
            domain &= Domain("company_id", "in", self.env.user.company_ids.ids)
        return orders_sudo.search(domain)

    # ------------------------------------------------------------
    # ERASURE
    # ------------------------------------------------------------

    @api.model
    @api.private
    def erase(self, partner, email=None):
        """Forget a person's history: all that our tables hold, except that she was forgotten.

        Consents are taken back, so that nothing new comes; the ledger of consent stays, as
        it is the proof, but leads to no person any more. Many events are removed by the
        pipeline, batch by batch; nobody can find them from now on.

        :param res.partner partner: one contact, or empty
        :param str email: an address, normalized; needed where there is no contact
        """
        self = self._of_all_companies()
        self._check_may(partner)
        self._check_all_companies(partner)
        # sudo: checked above; nobody may delete any of this by hand
        self = self.sudo()
        self.env.flush_all()
        self.env["ecrm.identity"]._link_logins()
        emails = self._own_emails(partner, email)
        identities = self._identities(partner, email) | self._addresses(emails)
        self._refused(identities, partner, email).unlink()
        self._forget_mails(partner, emails)
        keys = [("partner", str(own_id)) for own_id in partner.ids]
        keys += [("email", own_email) for own_email in emails]
        self._forget(identities, partner.id or None, keys)
        self._forget_own_rows(partner)
        orders = self._own_orders(partner)
        orders._ecrm_forget_standing()
        orders.ecrm_session_key = False
        self.env["ecrm.change"].note("res.partner", partner.commercial_partner_id.ids)

    @api.model
    @api.private
    def _erase_browser(self, vid, partner_id, consent):
        """Forget what was recorded of a browser, asked for on that very browser.

        That is what it did before anybody logged in, and what the person who is logged in
        now did on it. Another person's part of it stays: who sits at a shared computer
        cannot speak for her. She asks for it when she is logged in, or by ``erase``.

        :param str vid: the browser's random id
        :param int partner_id: of the customer who is logged in, or None
        :param ecrm.consent consent: on which all of it rests
        """
        tokens = {visit_lib.token(vid), visit_lib.token(vid, partner_id)}
        keys = [identity_of("device", token)[1] for token in tokens]
        identities = self.env["ecrm.identity"].search(
            [("kind", "=", "device"), ("key", "in", keys)]
        )
        first = consent.identity_id  # before a logout gave the browser a new id
        if not first.partner_id or first.partner_id.id == partner_id:
            identities |= first
        self._refused(identities).unlink()
        self._forget(identities, None, [])

    def _forget(self, identities, partner_id, keys):
        """Forget identities: what hangs on them, their ledger, themselves.

        Browsers stay as a hash that belongs to nobody: on it rests that they were told no.

        :param int partner_id: the contact, or None for a browser alone
        :param list[tuple] keys: further kinds and keys by which the person may come back
        """
        ids = identities.ids
        own = [(identity.kind, identity.key) for identity in identities]
        devices = [key for kind, key in own if kind == "device"]
        told = [key for kind, key in {*own, *keys} if kind in ("device", "email")]
        self._withdraw(identities)
        others = [key for key in keys if key not in own]
        self.env["ecrm.log"].forget(devices, partner_id)
        self.env["ecrm.erasure"].order(own + others, ids + [None] * len(others))
        for statement in (
            erase_person.forget_visits(ids),
            erase_person.forget_ledger(ids, partner_id),
            erase_person.forget_visitors(devices, partner_id),
            erase_person.forget_claims(ids),
            erase_person.forget_notes(NOTES, partner_id, told),
        ):
            self.env.cr.execute(statement)
        self.env.invalidate_all()
        browsers = identities.filtered(lambda identity: identity.kind == "device")
        browsers.write({"partner_id": False, "first_seen": False, "last_seen": False})
        (identities - browsers).unlink()
        self.env.flush_all()
        for _batch in range(AT_ONCE):
            if not self.env["ecrm.erasure"].work_off():
                return
        self.env.ref("ecrm_addon.ir_cron_pipeline")._trigger()

    def _withdraw(self, identities):
        consents = self.env["ecrm.consent"].search([("identity_id", "in", identities.ids)])
        consents.withdraw("erasure")

    def _emails(self, partner, email=None):
        emails = {partner.email_normalized, (partner.email or "").strip().lower(), email}
        emails |= {
            identity.key for identity in self._identities(partner) if identity.kind == "email"
        }
        return sorted(email for email in emails if email)

    def _own_emails(self, partner, email=None):
        return [own for own in self._emails(partner, email) if not self._is_anothers(own, partner)]

    def _is_anothers(self, email, partner):
        domain = [("kind", "=", "email"), ("key", "=", email)]
        return self.env["ecrm.identity"].search(domain).partner_id not in (
            partner.browse(),
            partner,
        )

    def _addresses(self, emails):
        """Return identities of addresses that nobody was found for yet, or this person."""
        return self.env["ecrm.identity"].search(
            [("kind", "=", "email"), ("key", "in", emails), ("partner_id", "=", False)]
        )

    # ------------------------------------------------------------
    # WHO, AND WHO MAY
    # ------------------------------------------------------------

    def _identities(self, partner, email=None):
        identities = self.env["ecrm.identity"].search([("partner_id", "in", partner.ids)])
        return identities | self._addresses([email]) if email else identities

    def _refused(self, identities, partner=None, email=None):
        keys = [(identity.kind, identity.key) for identity in identities]
        emails = self._emails(partner, email) if partner or email else ()
        partner_id = partner.id if partner else None
        rows = self.env.execute_query(erase_person.find_refused(keys, partner_id, emails))
        return self.env["ecrm.quarantine"].search([("id", "in", [row[0] for row in rows])])

    def _of_all_companies(self):
        """Look into all companies of the user, not only those picked in the menu bar."""
        company_ids = self.env.user.company_ids.ids
        return self if self.env.su else self.with_context(allowed_company_ids=company_ids)

    def _check_may(self, partner):
        if self.env.su:
            return
        partner.ensure_one()
        if not self.env.user.has_group("ecrm_addon.group_ecrm_manager"):
            raise AccessError(
                self.env._("Only an eCRM manager can export or erase a person's history.")
            )
        partner.with_env(self.env).check_access("read")

    def _check_all_companies(self, partner):
        """Refuse to erase what the user may not even see: another company answers for it."""
        if self.env.su:
            return
        identities_sudo = self.sudo()._identities(partner)
        touched = set(self.env["ecrm.log"].companies(identities_sudo.ids))
        touched |= set(
            self.env["ecrm.profile"]
            .sudo()
            .search([("partner_id", "in", partner.ids)])
            .company_id.ids
        )
        if not touched <= {*self.env.user.company_ids.ids, None, False}:
            raise UserError(self._words_for_other_companies())

    def _words_for_other_companies(self):
        return self.env._(
            "Other companies hold a part of this person's history, too. Ask somebody who has "
            "access to all of them to erase it."
        )
