import re
from urllib.parse import urlsplit

from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MockEmail

from .common import EcrmCase

PEOPLE_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
PIXEL = re.compile(r'src="([^"]*/ecrm/o/[^"]+\.gif)"')
LINK = re.compile(r'href="([^"]*/ecrm/c/[^"]+)"([^>]*)>')


@tagged("post_install", "-at_install")
class EmailCase(HttpCase, MockEmail, EcrmCase):
    """Mails that leave, and readers who open them and follow their links."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bea = cls.env["res.partner"].create({"name": "Bea", "email": "bea@example.com"})

    @classmethod
    def _mailing(cls, records, body=None, **values):
        return cls.env["mailing.mailing"].create(
            {
                "subject": "New teas",
                "mailing_model_id": cls.env["ir.model"]._get_id(records._name),
                "mailing_domain": [("id", "in", records.ids)],
                "body_html": body
                or '<p><a href="https://shop.example/tea?a=1">Tea</a> '
                '<a href="https://shop.example/cups">Cups</a> '
                '<a href="/unsubscribe_from_list">Unsubscribe</a></p>',
                "keep_archives": True,
                "reply_to_mode": "new",
                "reply_to": "shop@shop.example",
                **values,
            }
        )

    def _send(self, mailing):
        """Send a mailing and return its mails as they left: address -> mail."""
        with self.mock_mail_gateway(mail_unlink_sent=False):
            mailing.action_send_mail()
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        return self._left()

    def _left(self):
        found = {}
        for mail in self._mails:
            for address in mail["email_to"]:
                found[address.partition("<")[2].strip(">") or address] = mail
        return found

    def _pixel(self, mail):
        (url,) = PIXEL.findall(mail["body"])
        return self._local(url)

    def _links(self, mail):
        """Return the links that people see, as local addresses."""
        return [
            self._local(url) for url, rest in LINK.findall(mail["body"]) if "hidden" not in rest
        ]

    def _bait(self, mail):
        (url,) = [url for url, rest in LINK.findall(mail["body"]) if "hidden" in rest]
        return self._local(url)

    @staticmethod
    def _local(url):
        parts = urlsplit(url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def _get(self, path, method="GET", agent=PEOPLE_AGENT, data=None, **headers):
        return self.url_open(
            path,
            data=data,
            method=method,
            allow_redirects=False,
            headers={"User-Agent": agent, **headers},
        )

    def _digest(self):
        self.env.flush_all()
        while self.pipeline._digest():
            pass
        self.env.invalidate_all()

    def _message(self, partner):
        return self.env["ecrm.email.message"].search([("partner_id", "=", partner.id)], limit=1)

    def _told(self, partner, kind, **domain):
        return self._touchpoints(partner, kind=f"email.{kind}", **domain)
