from odoo import api, fields, models
from odoo.tools.mail import email_normalize_all

from .ecrm_email_sender_links import Batch


class MailMail(models.Model):
    _inherit = "mail.mail"

    ecrm_topic_id = fields.Many2one(
        "ecrm.topic",
        "Topic",
        ondelete="restrict",
        index="btree_not_null",
        readonly=True,
        help="Of a mail that advertises without being a mailing, such as a reminder of a cart.",
    )
    ecrm_is_private = fields.Boolean(
        "About Privacy",
        readonly=True,
        help="Is neither measured nor written down among the e-mails of the customer, and goes "
        "after some days even where it could not be sent.",
    )

    def _send(self, *args, **kwargs):
        """Send what may leave now, and remember from mail to mail which links a mailing has."""
        leaving = self.env["ecrm.email.limits"].let_out(self)
        batch = Batch(leaving.ids)
        return super(MailMail, leaving.with_context(ecrm_batch=batch))._send(*args, **kwargs)

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        """Write down to whom the mail goes, and make each copy measurable."""
        copies = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        return self.env["ecrm.email.sender"].prepare(self, copies)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Append which copies left, and why the others did not."""
        failure = (failure_reason or failure_type or None) if failure_type else None
        self.env["ecrm.email.sender"].note_sent(self, success_pids, success_emails, failure)
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason=failure_reason, failure_type=failure_type
        )

    # ------------------------------------------------------------
    # MAILS THAT ADVERTISE
    # ------------------------------------------------------------

    @api.private
    def _ecrm_sender(self):
        """Return what mails have in common to which the same rules apply."""
        return self.mailing_id, self.ecrm_topic_id, not self.mailing_id and self._ecrm_company()

    @api.private
    def _ecrm_topic(self):
        """Return the topic of a mailing, or of another mail that advertises."""
        return self.mailing_id._ecrm_topic() if self.mailing_id else self.ecrm_topic_id

    @api.private
    def _ecrm_company(self):
        """Return the company whose mail it is."""
        if self.mailing_id:
            return self.mailing_id._ecrm_company()
        document = self.env[self.model].browse(self.res_id).exists() if self.model else None
        own = document._mail_get_companies()[document.id] if document else None
        return own or self.record_company_id or self.env.company

    @api.private
    def _ecrm_addresses(self):
        """Return the normalized addresses to which the mail goes."""
        texts = [self.email_to, *self.recipient_ids.mapped("email")]
        return {address for text in texts if text for address in email_normalize_all(text)}

    @api.private
    def _ecrm_asks_blacklist(self):
        """Return whether the mail does not go to addresses on Odoo's blacklist."""
        return not self.mailing_id or self.mailing_id.use_exclusion_list

    @api.private
    def _ecrm_cancel(self, why):
        """Take a mail out of the queue, and tell why on its trace.

        :param str why: as of ``ecrm.email.limits.held_back``, or ``blocked``
        """
        told = self.env["ecrm.email.limits"].tell(why)
        self.write({"state": "cancel", "failure_reason": told})
        self.mailing_trace_ids.write(
            {
                "trace_status": "cancel",
                "failure_type": "mail_bl" if why == "blocked" else "mail_optout",
                "failure_reason": told,
            }
        )
