from datetime import timedelta

from odoo import models
from odoo.tools.mail import email_normalize

from . import story, story_emails

SECOND = timedelta(seconds=1)
#: A provider tells of the delivery so long after our server sent the mail.
DELIVERY = timedelta(seconds=9)
#: Documents for which a reader's network is made up (RFC 5737).
NETWORK = "203.0.113.0/24"


class EcrmDemo(models.AbstractModel):
    """What became of each mail of the story, as pixel, links, gateway and provider tell it."""

    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_emails]

    def _load_emails(self):
        emails = {**self._mailing_emails(), **self._order_emails()}
        # as they left
        emails = dict(sorted(emails.items(), key=lambda item: item[1][0]["create_date"]))
        self._create_once(
            "ecrm.email.message", {name: values for name, (values, _told) in emails.items()}
        )
        events = []
        for name, (_values, told) in emails.items():
            events += self._name_events(self._ref(name), told)
        self.env["ecrm.email.event"].record(events)

    # ------------------------------------------------------------
    # MAILINGS
    # ------------------------------------------------------------

    def _mailing_emails(self):
        """Return the mails of mailings, and what happened to each, by name."""
        links = {mailing: self._load_links(mailing) for mailing in story.MAILINGS}
        return {
            f"demo_email_{mailing}_{key}": (
                self._prepare_mailing_email(key, customer, mailing),
                self._mailing_events(key, mailing, outcome, links[mailing]),
            )
            for key, customer, reactions in self._customers(story.REACTIONS)
            for mailing, outcome in reactions.items()
        }

    def _prepare_mailing_email(self, key, customer, mailing):
        trace = self._ref(f"demo_trace_{mailing}_{key}")
        return {
            **self._prepare_email(customer, trace.message_id, self._sent_at(mailing)),
            "kind": "mailing",
            "mailing_id": trace.mass_mailing_id.id,
            "trace_id": trace.id,
            "company_id": customer.company_id.id,
            "model": "res.partner",
            "res_id": customer.id,
            "subject": trace.mass_mailing_id.subject,
            "link_count": len(story_emails.LINKS[mailing]),
        }

    def _prepare_email(self, customer, message_id, sent):
        return {
            "message_id": message_id,
            "email_normalized": email_normalize(customer.email),
            "partner_id": customer.id,
            "is_tracked": True,
            "create_date": sent,
        }

    def _sent_at(self, mailing):
        return self._time(story.MAILINGS[mailing][0])

    def _load_links(self, mailing):
        """Return the links of a mailing from the top; the last one is the bait."""
        record = self._ref(f"demo_mailing_{mailing}")
        rows = [
            {"label": label, "url": story_emails.SHOP + path, "position": position}
            for position, (label, path) in enumerate(story_emails.LINKS[mailing], 1)
        ]
        for row in rows:
            row["link_tracker_id"] = self._load_tracker(mailing, record, row).id
        rows.append({"url": "/", "position": 0, "is_honeypot": True})
        names = [f"demo_email_link_{mailing}_{number}" for number in range(len(rows))]
        self._create_once(
            "ecrm.email.link",
            {name: {**row, "mailing_id": record.id} for name, row in zip(names, rows, strict=True)},
        )
        return [self._ref(name) for name in names]

    def _load_tracker(self, mailing, record, row):
        name = f"demo_link_{mailing}_{row['position']}"
        self._create_once(
            "link.tracker",
            {
                name: {
                    "url": row["url"],
                    "title": row["label"],  # a link without a title is fetched for one
                    "label": row["label"],
                    "mass_mailing_id": record.id,
                    "source_id": record.source_id.id,
                    "medium_id": record.medium_id.id,
                }
            },
        )
        return self._ref(name)

    def _mailing_events(self, key, mailing, outcome, links):
        """Return what happened to one mail of a mailing: type, when, details."""
        sent = self._sent_at(mailing)
        told = [("sent", sent, {"source": "smtp"})]
        if outcome == "b":
            return told + [("bounced", sent + 40 * SECOND, self._unknown_mailbox())]
        after, hours = story_emails.AFTERMATH.get(mailing, {}).get(key, (None, 0))
        if after != "deferred":
            told.append(("delivered", sent + DELIVERY, self._webhook()))
        told += self._machine_events(key, sent + DELIVERY, links)
        told += self._reader_events(key, sent, outcome, links)
        if after:
            source = {"source": "gateway"} if after == "autoreplied" else self._webhook()
            told.append((after, sent + timedelta(hours=hours, minutes=2), source))
        return told

    def _reader_events(self, key, sent, outcome, links):
        wait = self._wait(key)
        reads, follows = story_emails.PROGRAMS.get(key, story_emails.PROGRAMS[None])
        told = []
        if "o" in outcome:
            told.append(("opened", sent + wait, self._pixel(reads)))
        if "c" in outcome:
            told.append(("clicked", sent + wait * 1.2, self._click(follows, links[0])))
        if "c" in outcome and len(key) == 4:  # some look at more
            told.append(("clicked", sent + wait * 1.3, self._click(follows, links[1])))
        if "r" in outcome:
            told.append(("replied", sent + wait * 2, {"source": "gateway"}))
        return told

    def _machine_events(self, key, delivered, links):
        if key in story_emails.RELAYED:
            return [("opened", delivered + 70 * SECOND, self._pixel(*story_emails.RELAY))]
        if key not in story_emails.SCANNED:
            return []
        told = [("opened", delivered + 2 * SECOND, self._pixel(*story_emails.SCANNER))]
        return told + [
            ("clicked", delivered + (2 + number // 2) * SECOND, self._click(agent, link, network))
            for agent, network in [story_emails.SCANNER]
            for number, link in enumerate(links)
        ]

    # ------------------------------------------------------------
    # ORDERS
    # ------------------------------------------------------------

    def _order_emails(self):
        """Return the mails about orders, and what happened to each, by name."""
        found = {}
        for key, customer, orders in self._customers(story.ORDERS):
            for number, (days, _basket, fate) in enumerate(orders, 1):
                order = self._ref(f"demo_order_{key}_{number}")
                if order and days <= story_emails.ORDER_MAILS:
                    found[f"demo_email_order_{key}_{number}"] = (
                        self._prepare_order_email(customer, order, days, fate),
                        self._order_events(key, days, len(found)),
                    )
        return found

    def _prepare_order_email(self, customer, order, days, fate):
        kind = "quotation" if fate == "quoted" else "order"
        message_id = f"<{kind}.{order.id}@ecrm.example.com>"
        name = self.env._("Quotation") if kind == "quotation" else self.env._("Order")
        return {
            **self._prepare_email(customer, message_id, self._time(days, 1)),
            "kind": kind,
            "model": "sale.order",
            "res_id": order.id,
            "company_id": order.company_id.id,
            "subject": f"{order.company_id.name} {name} (Ref {order.name})",
        }

    def _order_events(self, key, days, number):
        """Return what happened to the mail about an order: most people look at it."""
        sent = self._time(days, 1)
        told = [
            ("sent", sent, {"source": "smtp"}),
            ("delivered", sent + DELIVERY, self._webhook()),
        ]
        if number % 5:
            reads, _follows = story_emails.PROGRAMS.get(key, story_emails.PROGRAMS[None])
            told.append(("opened", sent + timedelta(minutes=4 + number), self._pixel(reads)))
        return told

    # ------------------------------------------------------------
    # TOOLS
    # ------------------------------------------------------------

    def _name_events(self, message, told):
        """Return events of a mail as the log takes them, each with an id of its own."""
        return [
            {
                "type": type_,
                "occurred_at": at,
                "external_id": f"demo {message.message_id} {message.email_normalized} {number}",
                "email_message_ref": message.id,
                "company_ref": message.company_id.id,
                "recipient": message.email_normalized,
                **details,
            }
            for number, (type_, at, details) in enumerate(told)
        ]

    @staticmethod
    def _pixel(agent, network=NETWORK):
        return {"source": "pixel", "method": "GET", "user_agent": agent, "ip_cut": network}

    @staticmethod
    def _click(agent, link, network=NETWORK):
        return {
            "source": "link",
            "method": "GET",
            "user_agent": agent,
            "ip_cut": network,
            "link_ref": link.id,
        }

    @staticmethod
    def _webhook():
        return {"source": "webhook.mailgun", "provider": "mailgun"}

    @staticmethod
    def _unknown_mailbox():
        return {
            "source": "gateway",
            "bounce_kind": "hard",
            "reject_reason": "invalid",
            "smtp_status": "5.1.1",
            "description": "The mailbox does not exist",
        }
