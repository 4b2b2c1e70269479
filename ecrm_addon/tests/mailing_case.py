from datetime import timedelta

from odoo import fields

from odoo.addons.mail.tests.common import MockEmail

from .common import EcrmCase


class MailingCase(EcrmCase, MockEmail):
    """A company that sends mailings, with topics, and three people who get them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.suppressions = cls.env["ecrm.suppression"]
        cls.preferences = cls.env["ecrm.email.preference"]
        cls.news = cls.env.ref("ecrm_addon.ecrm_topic_news")
        cls.tips = cls.env.ref("ecrm_addon.ecrm_topic_tips")
        # other modules bring their own
        cls.env["ecrm.topic"].search([]).filtered(
            lambda topic: topic not in cls.news | cls.tips
        ).active = False
        cls.company = cls.env.company
        names = ("Bea", "Cem", "Dana")
        cls.bea, cls.cem, cls.dana = cls.people = cls.env["res.partner"].create(
            [{"name": name, "email": f"{name.lower()}@ecrm.example"} for name in names]
        )

    @classmethod
    def _mailing(cls, people=None, **values):
        people = people or cls.people
        return cls.env["mailing.mailing"].create(
            {
                "name": "Spring",
                "subject": "Spring is here",
                "body_html": "<p>Buy tea</p>",
                "mailing_model_id": cls.env["ir.model"]._get_id(people._name),
                "mailing_domain": [("id", "in", people.ids)],
                "ecrm_topic_id": cls.news.id,
                **values,
            }
        )

    def _send(self, mailing):
        """Send a mailing as its button does; nothing leaves the machine."""
        with self.mock_mail_gateway():
            mailing.action_send_mail()
        return {trace.email: trace for trace in mailing.mailing_trace_ids}

    def _statuses(self, mailing):
        """Return the status of each trace, by the first name in its address."""
        return {
            email.split("@")[0]: trace.trace_status for email, trace in self._send(mailing).items()
        }

    def _suppress(self, partner, reason="unsubscribed", **values):
        return self.suppressions.create(
            {
                "email_normalized": partner.email_normalized,
                "reason": reason,
                "company_id": self.company.id,
                "scope": "topic" if values.get("topic_id") else "marketing",
                **values,
            }
        )

    def _refused(self, partner, topic=None, **options):
        topic = topic or self.news
        return self.suppressions.refusals([partner.email_normalized], topic, **options).get(
            partner.email_normalized
        )

    def _fact(self, partner, kind, days_ago=0, **values):
        """Return an e-mail event as the digest hands it over."""
        return {
            "type": kind,
            "recipient": partner.email_normalized,
            "occurred_at": self._ago(days_ago),
            "bounce_kind": None,
            "email_message_id": None,
            "topic_id": None,
            "company_id": self.company.id,
            "source": "webhook.example",
            **values,
        }

    @staticmethod
    def _ago(days):
        return fields.Datetime.now() - timedelta(days=days)

    def _lines(self, partner, purpose="email"):
        """Return what the ledger says of an address, oldest first: state and topic."""
        lines = self.env["ecrm.consent"].search(
            [("identity_id.key", "=", partner.email_normalized), ("purpose", "=", purpose)],
            order="id",
        )
        return [(line.state, line.topic_id.name or None) for line in lines]
