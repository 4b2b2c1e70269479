from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import email_normalize, get_lang
from odoo.tools.urls import urljoin

from ..lib.email import reference

#: Tokens of this purpose confirm one request.
PURPOSE = "ecrm.optin"
#: Days in which a request can be confirmed; then it is forgotten.
DAYS = 7
#: One mail to an address in so many minutes: strangers must not fill anybody's mailbox.
MINUTES = 60


class EcrmEmailOptin(models.Model):
    """Somebody asked on the website for mails of some topics; the address has to confirm it.

    Anybody can type anybody's address. So nothing follows from a request but one mail, and
    what is answered does not tell whether the address is known. The link in the mail opens a
    page, and its button confirms: programs that look at mails follow links, but press nothing.
    """

    _name = "ecrm.email.optin"
    _description = "Request for E-mails"
    _order = "id desc"
    _rec_name = "email_normalized"

    email_normalized = fields.Char("Address", required=True, index=True, readonly=True)
    topic_ids = fields.Many2many("ecrm.topic", string="Topics", readonly=True)
    list_id = fields.Many2one("mailing.list", "Mailing List", ondelete="cascade", readonly=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade", readonly=True)
    website_id = fields.Many2one("website", ondelete="set null", readonly=True)
    lang = fields.Char(readonly=True)
    source = fields.Char(readonly=True, help="Which form it was.")
    create_date = fields.Datetime("Asked", readonly=True)
    confirmed_at = fields.Datetime("Confirmed", readonly=True)

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def allows_form(self, request):
        """Return whether one more form from the address of a request is taken."""
        return self.env["ecrm.limits"].allows("optin", request.httprequest.remote_addr or "")

    @api.model
    @api.private
    def ask(self, email, topics, source, mailing_list=None):
        """Send a mail with the link to confirm; at most one an hour to an address.

        The same is done, and takes the same time, whether or not the address is known.

        :param str email: as typed
        :param ecrm.topic topics: what was asked for
        :param str source: which form it was
        :param mailing.list mailing_list: to be put on when it is confirmed
        :return bool: whether it is an address at all
        """
        address = email_normalize(email or "")
        if not address or not topics:
            return False
        # sudo: visitors have no rights here; by this they get a mail and nothing else
        optins_sudo = self.sudo()
        if not optins_sudo._may_mail(address):
            return True
        website = self.env["website"].get_current_website(fallback=False)
        request = optins_sudo.create(
            {
                "email_normalized": address,
                "topic_ids": topics.ids,
                "list_id": mailing_list.id if mailing_list else False,
                "company_id": (website.company_id or self.env.company).id,
                "website_id": website.id,
                "lang": get_lang(self.env).code,
                "source": source,
            }
        )
        request._send()
        return True

    def _may_mail(self, address):
        since = fields.Datetime.now() - timedelta(minutes=MINUTES)
        domain = [("email_normalized", "=", address), ("create_date", ">", since)]
        if self.search_count(domain, limit=1):
            return False
        # two at once do not see each other's rows
        return self.env["ecrm.limits"].allows("optin_mail", address)

    def _send(self):
        self.ensure_one()
        request = self.with_user(SUPERUSER_ID).with_context(lang=self.lang)
        company = request.company_id
        body = request.env["ir.qweb"]._render(
            "ecrm_addon.mail_confirm_subscription",
            {"optin": request, "company": company, "url": request._url(), "days": DAYS},
            lang=self.lang,
            minimal_qcontext=True,
        )
        subject = request.env._("Please confirm: e-mails from %s", company.name)
        request.env["mail.mail"].create(
            {
                "subject": subject,
                "body_html": body,
                "email_from": company.email_formatted or request.env.user.email_formatted,
                "email_to": self.email_normalized,
                "auto_delete": True,
                "headers": {
                    "Auto-Submitted": "auto-generated",
                    "X-Auto-Response-Suppress": "OOF",
                },
            }
        )
        request.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()

    def _url(self):
        token = reference.write(self.env["ecrm.log"]._uid_secret(), PURPOSE, self.id)
        base = self.website_id.get_base_url() if self.website_id else self.get_base_url()
        return urljoin(base, f"/ecrm/confirm/{token}")

    # ------------------------------------------------------------
    # CONFIRMING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def read_token(self, token):
        """Return the request of a link, as superuser; empty where there is none (any more)."""
        numbers = reference.read(self.env["ecrm.log"]._uid_secret(), PURPOSE, token)
        # sudo: who holds the token may confirm this one request
        request = self.sudo().browse(numbers[:1] if numbers else ()).exists()
        oldest = fields.Datetime.now() - timedelta(days=DAYS)
        return request if request and request.create_date > oldest else self.sudo().browse()

    @api.private
    def confirm(self, **proof):
        """Switch on what was asked for; once. The ledger keeps when it was asked and confirmed.

        :param proof: what else is to be kept, such as the language
        """
        self.ensure_one()
        if self.confirmed_at:
            return
        self.confirmed_at = fields.Datetime.now()
        preference = self.env["ecrm.email.preference"].of_address(
            self.email_normalized, self.company_id
        )
        told = {
            "asked_at": self.create_date.isoformat(),
            "confirmed_at": self.confirmed_at.isoformat(),
            "form": self.source,
            "language": self.lang,
            **proof,
        }
        preference.subscribe(
            "double opt-in", self.topic_ids, website_id=self.website_id.id, proof=told
        )
        self._put_on_list()
        # the browser on which it was typed is the address's owner's
        self.env["ecrm.identity"].confirm_address(self.email_normalized, since=self.create_date)

    def _put_on_list(self):
        if not self.list_id:
            return
        contacts = self.env["mailing.contact"].with_context(ecrm_confirmed=True)
        address = self.email_normalized
        if not contacts.search_count([("email_normalized", "=", address)], limit=1):
            contacts.create({"email": address})
        self.list_id.with_context(ecrm_confirmed=True)._update_subscription_from_email(
            address, opt_out=False, force_message=False
        )

    @api.autovacuum
    def _gc_requests(self):
        """Forget requests that can be confirmed no longer: the address may be a stranger's."""
        oldest = fields.Datetime.now() - timedelta(days=DAYS)
        requests = self.search([("create_date", "<", oldest)], limit=1000)
        count = len(requests)
        requests.unlink()
        return count, count == 1000
