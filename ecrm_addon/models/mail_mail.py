from odoo import models

from .ecrm_email_sender_links import Batch


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _send(self, *args, **kwargs):
        """Remember from mail to mail which links a mailing has."""
        batch = Batch(self.ids)
        return super(MailMail, self.with_context(ecrm_batch=batch))._send(*args, **kwargs)

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
