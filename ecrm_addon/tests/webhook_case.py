import time
from datetime import datetime, timezone

from odoo.tests import HttpCase

from ..lib.email import esp
from ..models import ecrm_webhook_door
from . import webhook_senders as senders
from .common import EcrmCase


class WebhookCase(EcrmCase, HttpCase):
    """Webhooks of a company, and the providers that call them."""

    def setUp(self):
        super().setUp()
        self.env["ecrm.limits"].forget()
        self.addCleanup(self.env["ecrm.limits"].forget)
        self.now = datetime.now(timezone.utc).replace(microsecond=0)
        # as if it had been fetched: only Amazon's own certificates can be
        remembered = senders.certificate(self.now), time.monotonic() + 3600
        ecrm_webhook_door._certificates[senders.CERTIFICATE_URL] = remembered
        self.addCleanup(ecrm_webhook_door._certificates.clear)

    def _account(self, code, **values):
        """Return a webhook whose secrets the provider knows."""
        secret = senders.secret_of(code)
        proof = {"new_signing_key": secret} if secret else {}
        if code == "amazon_ses":
            proof = {"topics": f"{senders.TOPIC}\n"}
        elif not secret:
            user, password = senders.LOGIN.split(":")
            proof = {"username": user, "new_password": password}
        return self.env["ecrm.webhook.account"].create(
            {"name": code, "provider": code, **proof, **values}
        )

    def _url(self, account):
        return f"{self.base_url()}/ecrm/webhook/{account.provider}/{account.key}"

    def _send(self, account, payload, now=None, **changes):
        """Let a provider send a payload; ``changes`` are of its headers."""
        url = self._url(account)
        headers, body = senders.send(account.provider, payload, now or self.now, url)
        headers |= {name.replace("_", "-"): value for name, value in changes.items()}
        return self._post(account, body, headers)

    def _post(self, account, body, headers):
        self.env.flush_all()
        answer = self.url_open(self._url(account), data=body, headers=headers, method="POST")
        self.env.invalidate_all()
        return answer

    def _events(self, account):
        source = f"webhook.{account.provider}"
        return self.env["ecrm.email.event"].search([("source", "=", source)])

    def _deliveries(self, account):
        return self.env["ecrm.webhook.delivery"].search([("account_id", "=", account.id)])

    def assertRefused(self, answer, status):
        self.assertEqual(answer.status_code, status, answer.text[:300])
        self.assertRegex(answer.json()["reason"], r"^[a-z_]+$")
        self.assertNotIn("Set-Cookie", answer.headers)

    @staticmethod
    def _signing():
        return sorted({*esp.SIGNING, "amazon_ses"})
