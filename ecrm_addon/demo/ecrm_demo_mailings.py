from datetime import timedelta

from odoo import models
from odoo.fields import Command
from odoo.tools.mail import email_normalize

from . import story, story_emails

STATUS = {"s": "sent", "o": "open", "c": "open", "r": "reply", "b": "bounce"}


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        # before the orders: some follow a mailing and carry its source
        return [self._load_mailings, self._load_subscriptions] + super()._chapters()

    def _load_mailings(self):
        self._create_once(
            "utm.campaign",
            {
                f"demo_campaign_{key}": {"title": title}
                for key, (title, _mailings) in story.CAMPAIGNS.items()
            },
        )
        self._create_once(
            "mailing.mailing",
            {
                f"demo_mailing_{key}": self._prepare_mailing(key, days, subject, teaser)
                for key, (days, subject, teaser) in story.MAILINGS.items()
            },
        )
        self._load_reactions()

    def _prepare_mailing(self, key, days, subject, teaser):
        links = "".join(
            f"<p><a href='{path}'>{label}</a></p>" for label, path in story_emails.LINKS[key]
        )
        return {
            "subject": subject,
            "campaign_id": self._campaign(key).id,
            "preview": teaser,
            "mailing_model_id": self.env.ref("base.model_res_partner").id,
            "mailing_domain": "[('email', '!=', False)]",
            "user_id": self.env.ref("base.user_admin").id,
            "state": "done",
            "sent_date": self._time(days),
            "create_date": self._time(days + 2),
            "body_html": f"<p>{teaser}</p>{links}",
        }

    def _campaign(self, mailing):
        return next(
            self._ref(f"demo_campaign_{key}")
            for key, (_title, mailings) in story.CAMPAIGNS.items()
            if mailing in mailings
        )

    def _load_reactions(self):
        values = {}
        for key, customer, reactions in self._customers(story.REACTIONS):
            for mailing, outcome in reactions.items():
                name = f"demo_trace_{mailing}_{key}"
                values[name] = self._prepare_trace(key, customer, mailing, outcome)
        self._create_once("mailing.trace", values)

    def _prepare_trace(self, key, customer, mailing, outcome):
        sent = self._time(story.MAILINGS[mailing][0])
        wait = self._wait(key)
        return {
            "trace_type": "mail",
            "model": "res.partner",
            "res_id": customer.id,
            "email": email_normalize(customer.email),
            "message_id": f"<{mailing}.{key}@ecrm.example.com>",
            "mass_mailing_id": self._ref(f"demo_mailing_{mailing}").id,
            "trace_status": STATUS[outcome[-1]],
            "failure_type": "mail_bounce" if outcome == "b" else False,
            "sent_datetime": sent,
            "open_datetime": sent + wait if outcome[0] == "o" else False,
            "links_click_datetime": sent + wait * 1.2 if "c" in outcome else False,
            "reply_datetime": sent + wait * 2 if "r" in outcome else False,
            "create_date": sent,
            "write_date": sent + wait,
        }

    @staticmethod
    def _wait(key):
        """Return after how long somebody looks at a mail: nobody at the same moment."""
        return timedelta(minutes=7 + 31 * len(key))

    def _load_subscriptions(self):
        self._create_once("mailing.list", {"demo_list": {"name": "Home Office Letter"}})
        newsletter = self._ref("demo_list")
        for key, customer, (since, until) in self._customers(story.SUBSCRIPTIONS):
            subscription = {
                "list_id": newsletter.id,
                "opt_out_datetime": until and self._time(until),
                "create_date": self._time(since),
            }
            contact = {
                "name": customer.name,
                "email": customer.email,
                "subscription_ids": [Command.create(subscription)],
                "create_date": self._time(since),
            }
            self._create_once("mailing.contact", {f"demo_contact_{key}": contact})
