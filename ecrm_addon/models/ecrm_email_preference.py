from collections import namedtuple

from odoo import api, fields, models
from odoo.tools import email_normalize
from odoo.tools.urls import urljoin

from ..lib.email import reference
from ..queries import find_objections, meet_addresses

#: Tokens of this purpose open the preferences of one address.
PURPOSE = "ecrm.preference"
FREQUENCIES = [
    ("all", "Whenever there is something new"),
    ("weekly", "At most one a week"),
    ("monthly", "At most one a month"),
]

#: What may be asked for of one topic; without it the choice for all of them alone counts.
TOPIC_FREQUENCIES = ("weekly", "monthly")

#: Links for one recipient of a mailing, and what a token stands for.
Links = namedtuple("Links", "unsubscribe one_click preferences")
#: What the links of all recipients of a mailing have in common.
Terms = namedtuple("Terms", "base_url mailing_id topic_id company_id")
Told = namedtuple("Told", "preference topic mailing_id email_message_ref")


class EcrmEmailPreference(models.Model):
    """What an address wants of a company's mails, and the signed links by which it says so.

    A row is made for each address that was ever mailed; links carry its id, so that they
    tell nobody the address, and work for as long as the row is there. What was chosen stands
    in ``ecrm.suppression`` and ``ecrm.consent``; only frequencies are kept here.
    """

    _name = "ecrm.email.preference"
    _description = "E-mail Preferences"
    _rec_name = "email_normalized"
    _log_access = False

    # after an erasure a digest: the links of old mails still unsubscribe
    email_normalized = fields.Char("Address", required=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, ondelete="cascade")
    frequency = fields.Selection(FREQUENCIES, default="all", required=True, readonly=True)
    topic_frequencies = fields.Json(
        readonly=True, help="Id of a topic, as text: how often mails of it may come at most."
    )

    _address_unique = models.UniqueIndex(
        "(email_normalized, company_id)", "This address has its preferences already."
    )

    # ------------------------------------------------------------
    # LINKS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def links(self, addresses, mailing, email_message_refs=None):
        """Return the links for recipients of a mailing, in one or two queries for all.

        :param Iterable[str] addresses: of the recipients
        :param mailing.mailing mailing: of which the mail is
        :param dict email_message_refs: address -> id of its ``ecrm.email.message``, if known
        :return dict[str, Links]: address as given -> URLs; ``unsubscribe`` and ``one_click``
            are the same one, of which GET asks and POST does it (RFC 8058)
        """
        terms, refs = self.terms(mailing), email_message_refs or {}
        normalized = {address: email_normalize(address) or address for address in addresses}
        rows = self._meet(normalized.values(), self.env["res.company"].browse(terms.company_id))
        return {
            address: self.links_on(terms, rows[key], refs.get(address))
            for address, key in normalized.items()
        }

    @api.model
    @api.private
    def terms(self, mailing):
        """Return what the links of all recipients of a mailing have in common."""
        topic, company = mailing._ecrm_topic(), mailing._ecrm_company()
        return Terms(mailing.get_base_url(), mailing.id, topic.id, company.id)

    @api.model
    @api.private
    def terms_alone(self, topic, company, base_url):
        """Return the ``terms`` of a mail that is no mailing."""
        return Terms(base_url, 0, topic.id, company.id)

    @api.model
    @api.private
    def links_on(self, terms, row_id, email_message_ref):
        """Return the ``links`` of one address, by the id of its preferences."""
        token = self._write_token(row_id, terms.topic_id, terms.mailing_id, email_message_ref)
        unsubscribe = urljoin(terms.base_url, f"/ecrm/u/{token}")
        return Links(
            unsubscribe, unsubscribe, urljoin(terms.base_url, f"/ecrm/preferences/{token}")
        )

    @api.model
    @api.private
    def unsubscribe_url(self, address, mailing, email_message_ref=None):
        """Return the page on which a recipient unsubscribes from a mailing's topic."""
        return self.links([address], mailing, {address: email_message_ref})[address].unsubscribe

    @api.model
    @api.private
    def one_click_url(self, address, mailing, email_message_ref=None):
        """Return what stands in ``List-Unsubscribe`` (RFC 8058)."""
        return self.links([address], mailing, {address: email_message_ref})[address].one_click

    @api.model
    @api.private
    def preferences_url(self, address, mailing, email_message_ref=None):
        """Return the page on which a recipient chooses topics and frequency."""
        return self.links([address], mailing, {address: email_message_ref})[address].preferences

    @api.model
    @api.private
    def token_for(self, address, company, topic=None, email_message_ref=None):
        """Return the signed reference to an address's preferences.

        :param str address: any spelling
        :param res.company company: whose mails
        :param ecrm.topic topic: what a single click unsubscribes from; None: all marketing
        :param int email_message_ref: id of the ``ecrm.email.message`` in which it stands
        """
        address = email_normalize(address) or address
        row_id = self._meet([address], company)[address]
        return self._write_token(row_id, topic.id if topic else 0, 0, email_message_ref)

    @api.model
    @api.private
    def read_token(self, token):
        """Return what a token stands for; None where it is none of ours or its row is gone.

        :return Told | None: records in superuser mode, as the token is the right to them
        """
        # sudo: who holds the token may see and change this one row
        self_sudo = self.sudo()
        numbers = reference.read(self.env["ecrm.log"]._uid_secret(), PURPOSE, token)
        if not numbers or len(numbers) != 4:
            return None
        row_id, topic_id, mailing_id, email_message_ref = numbers
        preference = self_sudo.browse(row_id).exists()
        topic = self_sudo.env["ecrm.topic"].browse(topic_id or None).exists()
        return Told(preference, topic, mailing_id, email_message_ref) if preference else None

    @api.model
    @api.private
    def of_mailing(self, email, mailing):
        """Return what a link in a mailing stands for, for the one it was sent to, as superuser.

        :return Told | None: None where that is no address
        """
        address = email_normalize(email or "")
        if not address:
            return None
        preference = self.of_address(address, mailing._ecrm_company())
        return Told(preference, mailing._ecrm_topic().sudo(), mailing.id, 0)

    def _write_token(self, row_id, topic_id, mailing_id, email_message_ref):
        secret = self.env["ecrm.log"]._uid_secret()
        numbers = (row_id, topic_id or 0, mailing_id or 0, email_message_ref or 0)
        return reference.write(secret, PURPOSE, *numbers)

    @api.model
    @api.private
    def known(self, addresses, company):
        """Return the ids of the rows of those of some addresses that have one.

        :return dict[str, int]: address -> id
        """
        return dict(self.env.execute_query(meet_addresses.find(addresses, company.id)))

    @api.model
    @api.private
    def _meet(self, addresses, company):
        """Return the ids of the rows of addresses, made where there were none.

        :return dict[str, int]: address -> id
        """
        addresses = list(dict.fromkeys(addresses))
        known = self.known(addresses, company)
        missing = [address for address in addresses if address not in known]
        if missing:
            self.env.cr.execute(meet_addresses.add(missing, company.id))
            known |= self.known(missing, company)
        return known

    @api.model
    @api.private
    def of_address(self, address, company):
        """Return the preferences of an address, made where there were none, as superuser."""
        # sudo: whoever asks was found to be the address's owner
        return self.sudo().browse(self._meet([address], company)[address])

    @api.model
    @api.private
    def peek(self, address, company):
        """Return the same for a page that only shows them: where there is no row, none is made.

        :param str address: normalized; without one the result is empty
        """
        # sudo: as in ``of_address``
        self_sudo = self.sudo()
        if not address:
            return self_sudo
        domain = [("email_normalized", "=", address), ("company_id", "=", company.id)]
        fnames = ["email_normalized", "company_id", "frequency", "topic_frequencies"]
        known_sudo = self_sudo.search_fetch(domain, fnames)
        return known_sudo or self_sudo.new({"email_normalized": address, "company_id": company.id})

    # ------------------------------------------------------------
    # OBJECTIONS
    # ------------------------------------------------------------

    @api.model
    @api.private
    def objects(self, who, purposes=find_objections.PURPOSES):
        """Return those whose opens and clicks must not be measured, in one query.

        That is who said so of e-mails, or objected to a profile, by whichever identity.

        :param Iterable[str] | res.partner who: normalized addresses, or contacts
        :param Iterable[str] purposes: only who objected to one of these
        :return set[str] | res.partner: those of them who object
        """
        self.env["ecrm.consent"].flush_model()
        self.env["ecrm.identity"].flush_model()
        if isinstance(who, models.BaseModel):
            rows = self.env.execute_query(find_objections.of_partners(who.ids, purposes))
            return who.browse(row[0] for row in rows)
        query = find_objections.of_addresses(who, purposes)
        return {row[0] for row in self.env.execute_query(query)}
