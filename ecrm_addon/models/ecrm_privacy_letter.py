from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools.urls import urljoin

#: After so many days a mail that could not be sent goes: nobody's address stays in a queue.
DAYS = 3
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF"}


class EcrmPrivacyLetter(models.AbstractModel):
    """Mails about a person's data: nothing in them is measured, and nothing stays of them.

    A mail goes once it is sent, with its message and its files; it is not written down among
    the e-mails of the customer. One that cannot be sent goes after some days.
    """

    _name = "ecrm.privacy.letter"
    _description = "Mail about Privacy"

    @api.model
    @api.private
    def send(self, email, company, template, subject, lang=None, files=(), **values):
        """Put a mail into Odoo's queue.

        :param str email: to whom
        :param res.company company: that writes
        :param str template: name of the QWeb template in this addon
        :param str subject: in that language
        :param files: pairs of a name and bytes
        :param values: for the template
        """
        if not email:
            return
        # sudo: visitors have no rights here; the mail says what it says, and goes
        env = self.with_user(SUPERUSER_ID).with_context(lang=lang).with_company(company).env
        body = env["ir.qweb"]._render(
            f"ecrm_addon.{template}",
            {"company": company.with_env(env), **values},
            lang=lang,
            minimal_qcontext=True,
        )
        mail = env["mail.mail"].create(
            {
                "subject": subject,
                "body_html": body,
                "email_from": company.email_formatted or env.user.email_formatted,
                "email_to": email,
                "auto_delete": True,
                "ecrm_is_private": True,
                "headers": HEADERS,
            }
        )
        message = mail.mail_message_id
        # of the message, so that they go with it
        message.attachment_ids = env["ir.attachment"].create(
            [
                {"name": name, "raw": raw, "res_model": message._name, "res_id": message.id}
                for name, raw in files
            ]
        )
        env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    @api.model
    @api.private
    def url(self, path, website=None):
        """Return the whole address of a page, on the website where it was asked for."""
        base = website.get_base_url() if website else self.env.company.get_base_url()
        return urljoin(base, path)

    @api.autovacuum
    def _gc_unsent(self):
        """Remove mails that could not be sent."""
        before = fields.Datetime.now() - timedelta(days=DAYS)
        mails = self.env["mail.mail"].search(
            [("ecrm_is_private", "=", True), ("create_date", "<", before)], limit=1000
        )
        count = len(mails)
        mails.unlink()
        return count, count == 1000
