import re
from email.utils import make_msgid

from odoo.http import Request

from odoo.addons.mail.tests.common import MockEmail

from .test_portal import PortalCase

MAIL = """\
Message-ID: {message_id}
From: {sender}
To: {to}
Subject: {subject}
{more}Content-Type: text/plain; charset=utf-8

{body}
"""


class SupportCase(MockEmail, PortalCase):
    """Rosa and Tim of one company, Zed of nobody's, and Erin, an agent who answers them.

    The team is reached by ``help@`` the company's domain.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.requests = cls.env["ecrm.request"]
        cls.form = cls.env["ecrm.support.form"]
        cls.erin = cls._agent("erin")
        cls.team = cls.env["ecrm.request.team"].create(
            {"name": "Helpers", "sequence": 1, "alias_name": "help"}
        )
        cls.to = cls.team.alias_email
        cls.website = cls.env["website"].get_current_website()
        cls.website.company_id = cls.env.company
        # an address that is one contact's alone, and one that is two contacts'
        cls.rosa.email, cls.zed.email = "rosa@customers.example", "zed@customers.example"
        cls.env["res.partner"].create(
            [{"name": name, "email": "both@customers.example"} for name in ("Pat", "Kim")]
        )

    def setUp(self):
        super().setUp()
        # limits outlive a rollback, and the next test's customers have the same ids
        self.env["ecrm.limits"].forget()
        self.addCleanup(self.env["ecrm.limits"].forget)

    @classmethod
    def _agent(cls, login):
        return (
            cls.env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                {
                    "name": login.capitalize(),
                    "login": login,
                    "password": f"{login}-password",
                    "email": f"{login}@shop.example",
                    "group_ids": [
                        (6, 0, [cls.env.ref("ecrm_addon.group_ecrm_support").id,
                                cls.env.ref("base.group_user").id])
                    ],
                }
            )
        )  # fmt: skip

    @classmethod
    def _ask(cls, partner=None, subject="Where is my tea?", **values):
        """Return a request that somebody made in their account."""
        partner = partner or cls.rosa
        return cls.requests.create(
            {
                "name": subject,
                "description": "<p>It did not come.</p>",
                "partner_id": partner.id,
                "email": partner.email,
                "source": "portal",
                "team_id": cls.team.id,
                **values,
            }
        )

    def _answer(self, request, text="It comes tomorrow.", **values):
        """Let the agent answer; return the message."""
        return request.with_user(self.erin).message_post(
            body=text,
            message_type="comment",
            subtype_xmlid=values.pop("subtype_xmlid", "mail.mt_comment"),
            **values,
        )

    def _process(self, sender, subject="Where is my tea?", body="It did not come.", **values):
        """Let a mail come in; return the request that it became or went to."""
        text = MAIL.format(
            sender=sender,
            subject=subject,
            body=body,
            to=values.get("to") or self.to,
            message_id=values.get("message_id") or make_msgid(domain="x.example"),
            more=values.get("more", ""),
        )
        with self.mock_mail_gateway():
            thread = self.env["mail.thread"].message_process(False, text)
            self._send_queue()
        return self.requests.browse(thread or [])

    def _count(self):
        return self.requests.with_context(active_test=False).search_count([])

    def _send_queue(self):
        """Send the receipts that wait."""
        domain = [("state", "=", "outgoing"), ("model", "=", "ecrm.request")]
        self.env["mail.mail"].search(domain).send()

    def _made_by(self, call):
        """Return what a call returned, and the requests that it made; their receipts are sent."""
        before = self.requests.search([], order="id desc", limit=1).id or 0
        with self.mock_mail_gateway():
            result = call()
            self._send_queue()
        return result, self.requests.search([("id", ">", before)])

    def _thread(self, request):
        """Return the texts of what customers may read of a request."""
        return [re.sub("<[^>]+>", "", m.body or "").strip() for m in request._portal_messages()]

    def _form(self, path, data=None, files=None, **values):
        """Send a form as a browser does; the session's token goes with it."""
        data = {"csrf_token": Request.csrf_token(self), **(data or {}), **values}
        return self.url_open(path, data=data, files=files or None, allow_redirects=False)
