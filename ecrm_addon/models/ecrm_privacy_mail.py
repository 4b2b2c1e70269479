from odoo import models
from odoo.tools import formataddr, html2plaintext
from odoo.tools.mail import email_split_tuples

from ..lib.privacy.table import ANONYMISED, MASKED, UNNAMED, PersonalTable
from ..queries import erase_rows, find_personal_mail

#: Columns of messages in which addresses stand, of senders and recipients.
ADDRESSES = ("email_from", "reply_to", "incoming_email_to", "incoming_email_cc",
             "outgoing_email_to")  # fmt: skip
#: What of a message stays where its thread stays.
NAMELESS = {
    "author_id": None,
    **dict.fromkeys(ADDRESSES, UNNAMED),
    "subject": MASKED,
    "body": MASKED,
}


class EcrmPrivacy(models.AbstractModel):
    """What Odoo holds of a person's messages, mails and mailings.

    A message that she wrote goes, wherever she wrote it, and so does what is left of mails to
    her. In threads of documents that are kept, and of others, messages stay without her.
    """

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        tables = super()._personal_tables()
        return {**tables, **self._message_tables(), **self._delivery_tables(),
                **self._mailing_tables()}  # fmt: skip

    def _message_tables(self):
        return {
            "messages": PersonalTable(
                "mail.message",
                self.env._("Messages that you wrote, and mails to you alone"),
                find=lambda env, subject: env["ecrm.privacy"]._messages_of(subject),
                tell=self._tell_messages,
            ),
            "messages_of_others": PersonalTable(
                "mail.message",
                self.env._("Messages to you and about you, in documents that stay"),
                partners=("author_id",),
                find=lambda env, subject: env["ecrm.privacy"]._messages_to(subject),
                tell=self._tell_messages,
                action=ANONYMISED,
                values=NAMELESS,
            ),
            "message_changes": PersonalTable(
                "mail.tracking.value",
                self.env._("Changes of documents that name you"),
                texts=("old_value_char", "new_value_char", "old_value_text", "new_value_text"),
                action=ANONYMISED,
                values=dict.fromkeys(
                    ("old_value_char", "new_value_char", "old_value_text", "new_value_text"), MASKED
                ),
            ),
            "reactions": PersonalTable(
                "mail.message.reaction",
                self.env._("Reactions to messages"),
                partners=("partner_id",),
                told=("content", "message_id"),
                mass=True,
            ),
            "scheduled_messages": PersonalTable(
                "mail.scheduled.message",
                self.env._("Messages that wait to be sent"),
                partners=("author_id",),
                told=("subject", "body", "scheduled_date"),
            ),
        }

    def _delivery_tables(self):
        return {
            "mails": PersonalTable(
                "mail.mail",
                self.env._("Mails that were sent to you"),
                find=lambda env, subject: env["ecrm.privacy"]._mails_to(subject),
                tell=self._tell_mails,
                mass=True,
            ),
            "mails_to_others": PersonalTable(
                "mail.mail",
                self.env._("Mails that wait to be sent to others and name you"),
                find=lambda env, subject: env["ecrm.privacy"]._mails_to_others(subject),
                action=ANONYMISED,
                forget=self._leave_mails,
                values={"body_html": MASKED},
                strip=False,
            ),
            "notifications": PersonalTable(
                "mail.notification",
                self.env._("Notifications of messages"),
                partners=("res_partner_id",),
                emails=("mail_email_address",),
                told=("notification_type", "notification_status", "mail_email_address"),
                mass=True,
            ),
            "notifications_by": PersonalTable(
                "mail.notification",
                self.env._("Notifications of your messages"),
                partners=("author_id",),
                action=ANONYMISED,
                values={"author_id": None},
            ),
            "followed": PersonalTable(
                "mail.followers",
                self.env._("Documents of which you get news"),
                partners=("partner_id",),
                told=("res_model", "res_id"),
                mass=True,
            ),
            "text_messages": PersonalTable(
                "sms.sms",
                self.env._("Text messages to you"),
                partners=("partner_id",),
                told=("number", "body", "create_date"),
                mass=True,
            ),
            "letters": PersonalTable(
                "snailmail.letter",
                self.env._("Letters to you"),
                partners=("partner_id",),
                told=("street", "zip", "city", "state", "create_date"),
            ),
            "senders_allowed": PersonalTable(
                "mail.gateway.allowed",
                self.env._("That your mails are always accepted"),
                emails=("email", "email_normalized"),
                told=("email",),
            ),
        }

    def _mailing_tables(self):
        return {
            "mailing_lists": PersonalTable(
                "mailing.subscription",
                self.env._("Mailing lists"),
                find=lambda env, subject: env["mailing.subscription"]
                .sudo()
                .search([("contact_id.email_normalized", "in", subject.emails)])
                .ids,
                told=("list_id", "opt_out", "opt_out_datetime", "create_date"),
                mass=True,
            ),
            "mailing_contacts": PersonalTable(
                "mailing.contact",
                self.env._("Your entry in mailing lists"),
                emails=("email", "email_normalized"),
                told=("name", "first_name", "last_name", "company_name", "email", "country_id",
                      "create_date"),
            ),
            "mailing_traces": PersonalTable(
                "mailing.trace",
                self.env._("Which mailings you got, opened and clicked"),
                emails=("email",),
                find=lambda env, subject: env["ecrm.privacy"]._ids_of(
                    find_personal_mail.traces(subject.partner_ids)
                ),
                told=("mass_mailing_id", "email", "trace_status", "sent_datetime",
                      "open_datetime", "links_click_datetime", "reply_datetime"),
                action=ANONYMISED,
                # what the mailing counts stays; -1 is no record's id, and 0 is not allowed
                values={"email": None, "res_id": -1, "message_id": None, "failure_reason": None,
                        "mail_mail_id_int": None},
                batch=10_000,
            ),
            "clicks": PersonalTable(
                "link.tracker.click",
                self.env._("Links that you clicked"),
                find=lambda env, subject: env["ecrm.privacy"]._ids_of(
                    find_personal_mail.clicks(subject.partner_ids, subject.emails)
                ),
                told=("link_id", "create_date", "ip", "country_id"),
                action=ANONYMISED,
                values={"ip": None, "country_id": None},
                batch=10_000,
            ),
            # several people share an address of an office: these are told to nobody
            "clicks_of_nobody": PersonalTable(
                "link.tracker.click",
                self.env._("Clicks without a name, from where you logged in"),
                ips=("ip",),
                only=[("mailing_trace_id", "=", False)],
                action=ANONYMISED,
                values={"ip": None, "country_id": None},
                batch=10_000,
            ),
            "excluded": PersonalTable(
                "mail.blacklist",
                self.env._("That your address is excluded from mailings"),
                emails=("email",),
                told=("email", "active", "create_date"),
            ),
            "excluded_numbers": PersonalTable(
                "phone.blacklist",
                self.env._("That your number is excluded from text messages"),
                find=lambda env, subject: env["phone.blacklist"]
                .sudo()
                .with_context(active_test=False)
                .search([("number", "in", subject.words)])
                .ids,
                told=("number", "active", "create_date"),
            ),
        }  # fmt: skip

    # ------------------------------------------------------------
    # MESSAGES
    # ------------------------------------------------------------

    def _ids_of(self, query):
        return [row[0] for row in self.env.execute_query(query)]

    def _drop(self, records):
        """With messages go their files, on whichever document they were left."""
        if records._name == "mail.message":
            records = self._empty_restricted(records)
            files = self._ids_of(find_personal_mail.files_of(records.ids))
            self.env["ir.attachment"].browse(files).unlink()
        return super()._drop(records.exists())

    def _empty_restricted(self, messages):
        """Keep what an audit trail must not lose; nobody is named in it any more.

        Odoo refuses to delete it where the company asks for a restricted audit trail.

        :return mail.message: those that may be deleted
        """
        restricted = messages.filtered("account_audit_log_restricted")
        values = dict.fromkeys(("author_id", "body", "subject", *ADDRESSES))
        self.env.cr.execute(erase_rows.empty("mail_message", values, restricted.ids))
        return messages - restricted

    def _messages_of(self, subject):
        """Return her messages, and mails to her that are part of no document."""
        if "messages" not in subject.memory:
            query = find_personal_mail.messages(
                subject.partner_ids, subject.emails, self._guests(subject)
            )
            kept = set(self._messages_in(self._kept(subject)))
            kept |= {message_id for _mail_id, message_id in self._waiting(subject)}
            subject.memory["messages"] = sorted(set(self._ids_of(query)) - kept)
        return subject.memory["messages"]

    def _messages_to(self, subject):
        """Return messages that name her and stay: on documents that are kept, and others'."""
        if "messages_to" not in subject.memory:
            query = find_personal_mail.messages_to(subject.partner_ids, subject.emails)
            threads = {**self._kept(subject), "calendar.event": self._meetings(subject)}
            named = set(self._ids_of(query)) | set(self._messages_in(threads))
            subject.memory["messages_to"] = sorted(named - set(self._messages_of(subject)))
        return subject.memory["messages_to"]

    def _messages_in(self, threads):
        return [
            message_id
            for model, ids in threads.items()
            for message_id in self._ids_of(find_personal_mail.thread(model, ids))
        ]

    # ------------------------------------------------------------
    # MAILS
    # ------------------------------------------------------------

    def _waiting(self, subject):
        """Return mails that wait to be sent to her and to others: (mail, message)."""
        if "waiting" not in subject.memory:
            query = find_personal_mail.waiting(subject.partner_ids, subject.emails)
            subject.memory["waiting"] = self.env.execute_query(query)
        return subject.memory["waiting"]

    def _mails_to(self, subject):
        query = find_personal_mail.mails(subject.partner_ids, subject.emails)
        waiting = {mail_id for mail_id, _message_id in self._waiting(subject)}
        return sorted(set(self._ids_of(query)) - waiting)

    def _mails_to_others(self, subject):
        query = find_personal_mail.mails_of(self._messages_to(subject))
        return sorted(set(self._ids_of(query)) - set(self._mails_to(subject)))

    @staticmethod
    def _leave_mails(env, ids, subject):
        """Take her out of the recipients of mails; others get theirs."""
        for mail in env["mail.mail"].browse(ids).exists():
            for column in ("email_to", "email_cc"):
                pairs = email_split_tuples(mail[column] or "")
                others = [pair for pair in pairs if pair[1].lower() not in subject.emails]
                if len(others) < len(pairs):
                    mail[column] = ", ".join(formataddr(pair) for pair in others)
            mail.recipient_ids -= mail.recipient_ids.filtered(
                lambda partner: partner.id in subject.partner_ids
            )
        env.flush_all()

    # ------------------------------------------------------------
    # TELLING
    # ------------------------------------------------------------

    def _of_companies(self, records, subject):
        """Leave out messages and mails in documents of companies that are not asked about."""
        if subject.company_ids is None:
            return records
        foreign = {
            (model, document_id)
            for model, rows in records.grouped("model").items()
            if model in self.env and self._has_column(self.env[model], "company_id")
            # sudo: who may ask is checked before
            for document_id in self.env[model]
            .sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("id", "in", rows.mapped("res_id")),
                    ("company_id", "not in", [False, *subject.company_ids]),
                ]
            )
            .ids
        }
        return records.filtered(lambda record: (record.model, record.res_id) not in foreign)

    def _tell_mails(self, mails, subject):
        return self._of_companies(mails, subject).read(["subject", "date", "state"])

    def _tell_messages(self, messages, subject):
        """Tell what she wrote and was sent, and what is noted at her contact.

        Not what others wrote to each other in a document of hers, nor who they are.
        """
        if "told" not in subject.memory:
            query = find_personal_mail.addressed(subject.partner_ids, subject.emails)
            subject.memory["told"] = {*self._ids_of(query), *self._messages_of(subject)}
        own = set(subject.partner_ids)
        return [
            {
                "id": message.id,
                "date": message.date,
                "subject": message.subject or None,
                "text": html2plaintext(message.body or "").strip(),
                "by_you": message.author_id.id in own,
                "document": message.model and f"{message.model},{message.res_id}",
            }
            for message in self._of_companies(messages, subject)
            if message.author_id.id in own or message.id in subject.memory["told"]
        ]
