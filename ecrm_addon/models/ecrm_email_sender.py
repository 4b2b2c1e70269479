import json
import logging

import psycopg2

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import html2plaintext, mute_logger

from ..lib.email import reference
from ..lib.email.body import Body
from ..lib.email.event import address_of
from ..lib.email.smtp_reply import read_reply
from ..lib.email.text import relink
from ..queries import append_email_events, upsert_email_messages
from .ecrm_email_door import PURPOSE

_logger = logging.getLogger(__name__)

#: Documents whose mails have a name of their own.
KIND_OF_MODEL = {
    "account.move": "invoice",
    "portal.wizard.user": "invitation",
    "res.users": "invitation",
}


class EcrmEmailSender(models.AbstractModel):
    """What is done to a mail on its way out: it is written down, and made measurable.

    Nothing here may keep a mail from leaving. Employees are no customers: their mails are not
    written down. Who objects, and a mail that is not to be measured, gets links that lead
    straight to their pages, and no pixel, Odoo's own neither.
    """

    _name = "ecrm.email.sender"
    _description = "Outgoing E-mails"

    @api.model
    @api.private
    def prepare(self, mail, copies):
        """Write down to whom a mail goes, and rewrite the copy of each.

        :param mail.mail mail: about to be sent
        :param list[dict] copies: as ``mail.mail._prepare_outgoing_list`` returns them
        :return list[dict]: the copies, changed where they are measured
        """
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                return self._prepare(mail, copies)
        except psycopg2.Error as error:
            # two workers that meet the first mail of a mailing at once, for instance
            _logger.info("Mail %s is sent unmeasured: %s", mail.id, error)
        except Exception:  # noqa: BLE001  # a fault of ours must not keep a mail back
            _logger.exception("Mail %s is sent unmeasured", mail.id)
        return copies

    def _prepare(self, mail, copies):
        if mail.ecrm_is_private:
            return copies
        trace = mail.mailing_trace_ids[:1]
        if self.env.context.get("mailing_test_mail") or self._is_test(mail, trace):
            return copies
        return [
            self._prepare_copy(mail, trace, copy, self._recipients(trace, copy)) for copy in copies
        ]

    def _prepare_copy(self, mail, trace, copy, people):
        """Return one copy, with the links of its one recipient."""
        # one dict is shared by all copies
        copy = {**copy, "headers": dict(copy["headers"])}
        body, trackers = self._parse(copy["body"]) if trace or people else None, {}
        customers = [person for person in people if not person.is_staff]
        if body and trace:
            trackers = self._trackers(body)
            body.untrack({code: url for code, (url, _ref) in trackers.items()})
        # several people who get the same copy cannot be told apart
        is_tracked = bool(
            body
            and len(people) == 1
            and customers
            and self._is_measured(mail)
            and not self._objects(mail, people[0].address)
        )
        links = body.links() if is_tracked else []
        refs = self._write_down(
            mail, trace, customers, is_tracked, len({link.url for link in links})
        )
        is_marketing = trace or (mail.ecrm_topic_id and customers)
        if is_marketing and people:
            self._let_unsubscribe(mail, copy, body, people[0], refs)
        if is_tracked:
            link_refs = self._link_refs(mail, links, dict(trackers.values()))
            self._measure(mail, body, link_refs, refs[people[0].address])
        if body and (is_tracked or is_marketing):
            copy["body"] = copy["body"].__class__(body.html())
        return copy

    def _is_measured(self, mail):
        mailing = mail.mailing_id
        if mailing:
            return self._once(("measured", mailing.id), lambda: mailing.ecrm_is_measured)
        return self._company(mail).ecrm_measure_emails

    def _company(self, mail):
        return mail.record_company_id or self.env.company

    # ------------------------------------------------------------
    # WRITTEN DOWN
    # ------------------------------------------------------------

    def _write_down(self, mail, trace, people, is_tracked, link_count):
        """Return the ids of the rows of a mail, by address."""
        common = {
            "message_id": mail.message_id,
            "mail_id_int": mail.id,
            "kind": self._kind(mail),
            "mailing_id": mail.mailing_id.id or None,
            "topic_id": mail.ecrm_topic_id.id or None,
            "trace_id": trace.id or None,
            "model": mail.model or None,
            "res_id": mail.res_id or None,
            "subject": (mail.subject or "")[:500] or None,
            "is_tracked": is_tracked,
            "link_count": link_count,
        }
        rows = [
            {
                **common,
                "email_normalized": person.address,
                "partner_id": person.partner.id or None,
                # a mailing belongs to no company
                "company_id": (
                    person.partner.company_id if mail.mailing_id else self._company(mail)
                ).id
                or None,
            }
            for person in people
        ]
        if not rows:
            return {}
        if mail.mailing_id:
            self._take_over(mail, people)
        statement = upsert_email_messages.messages(json.dumps(rows))
        return dict(self.env.execute_query(statement))

    def _take_over(self, mail, people):
        """Let a mail that a mailing makes anew be the first one, if that never left."""
        mailing_id = mail.mailing_id.id
        left_over = self._once(
            ("left over", mailing_id), lambda: self._left_over(mailing_id, self._batch_ids(mail))
        )
        for person in people:
            if person.address in left_over:
                self.env.cr.execute(
                    upsert_email_messages.take_over(mail.message_id, mailing_id, person.address)
                )

    def _left_over(self, mailing_id, mail_ids):
        rows = self.env.execute_query(upsert_email_messages.left_over(mailing_id, mail_ids))
        return {address for (address,) in rows}

    def _kind(self, mail):
        if mail.mailing_id:
            return "mailing"
        if mail.model == "sale.order":
            order = self.env["sale.order"].browse(mail.res_id).exists()
            return "quotation" if order.state in ("draft", "sent") else "order"
        return KIND_OF_MODEL.get(mail.model, "message")

    # ------------------------------------------------------------
    # MEASURED
    # ------------------------------------------------------------

    def _measure(self, mail, body, link_refs, message_ref):
        """Lead the links of a copy to our redirect, add the pixel and, in mailings, the bait."""
        secret = self.env["ecrm.log"]._uid_secret()
        base_url = mail.get_base_url()

        def address(link_ref):
            return f"{base_url}/ecrm/c/{reference.write(secret, PURPOSE, message_ref, link_ref)}"

        body.exchange({url: address(ref) for url, ref in link_refs.items() if url})
        if None in link_refs:
            body.add_bait(address(link_refs[None]))
        pixel = reference.write(secret, PURPOSE, message_ref, 0)
        body.add_pixel(f"{base_url}/ecrm/o/{pixel}.gif")

    def _let_unsubscribe(self, mail, copy, body, person, refs):
        """Put the recipient's own way out into the header, the body and the text of a mail.

        It ends the topic of the mail, where Odoo's ends all mails (RFC 8058; RFC 2369). In a
        mail that is no mailing Odoo leaves no place for it.
        """
        links = self._own_links(mail, person.address, refs.get(person.address))
        if mail.ecrm_topic_id:
            copy["headers"]["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        if mail.ecrm_topic_id or "List-Unsubscribe" in copy["headers"]:
            copy["headers"]["List-Unsubscribe"] = f"<{links.one_click}>"
        if body:
            body.unsubscribe(links.unsubscribe)
            if mail.ecrm_topic_id:
                words = self.with_context(lang=person.partner.lang or self.env.lang)
                body.add_way_out(links.unsubscribe, words.env._("Unsubscribe"))
            text = relink(copy["body_alternative"], body.urls()) or html2plaintext(body.html())
            if links.unsubscribe not in text:
                text = self.env._(
                    "%(text)s\n\nUnsubscribe: %(url)s", text=text, url=links.unsubscribe
                )
            copy["body_alternative"] = text

    def _own_links(self, mail, address, message_ref):
        """Return the links to the preferences of an address."""
        preferences, terms = self.env["ecrm.email.preference"], self._terms(mail)
        row_id = self._preference_id(mail, address, terms.company_id)
        return preferences.links_on(terms, row_id, message_ref)

    def _terms(self, mail):
        """Return what the links to the preferences in all mails of a mailing have in common."""
        preferences, mailing = self.env["ecrm.email.preference"], mail.mailing_id
        if mailing:
            return self._once(("terms", mailing.id), lambda: preferences.terms(mailing))
        topic, company = mail._ecrm_topic(), mail._ecrm_company()
        return preferences.terms_alone(topic, company, mail.get_base_url())

    def _parse(self, body):
        """Return a body as it can be rewritten, None where it cannot be read."""
        try:
            return Body(body) if body else None
        except ValueError as error:
            _logger.info("The body of a mail cannot be read: %s", error)
            return None

    # ------------------------------------------------------------
    # SENT
    # ------------------------------------------------------------

    @api.model
    @api.private
    def note_sent(self, mails, partners, addresses, failure=None):
        """Append what became of mails that were handed to the mail server.

        :param mail.mail mails: one mail, or a batch that could not be sent at all
        :param Iterable partners: contacts whose copies were taken
        :param list[str] addresses: other recipients whose copies were taken
        :param str failure: why the other copies were not, None where all were
        """
        partner_ids = [partner.id for partner in partners]
        taken = [address_of(address) for address in addresses]
        self.env.cr.execute(append_email_events.sent(mails.ids, partner_ids, taken))
        if not failure:
            return
        # sudo: whoever sends a mail may note that it did not leave
        messages_sudo = self.env["ecrm.email.message"].sudo()
        left = messages_sudo.search(
            Domain("mail_id_int", "in", mails.ids)
            & Domain("partner_id", "not in", partner_ids)
            & Domain("email_normalized", "not in", taken)
        )
        self.env["ecrm.email.event"].record([self._failed(message, failure) for message in left])

    @staticmethod
    def _failed(message, failure):
        reply = read_reply(failure)
        refused = {}
        if reply:
            refused = {"smtp_status": reply.status, "reject_reason": reply.reason}
            if reply.bounce_kind:  # a mail that is not taken for now never left
                refused |= {"type": "bounced", "bounce_kind": reply.bounce_kind}
        return {
            "type": "failed",
            "source": "smtp",
            "email_message_ref": message.id,
            "company_ref": message.company_id.id,
            "recipient": message.email_normalized,
            "description": failure,
            **refused,
        }
