from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ..lib.email.clients import client
from ..models.ecrm_touchpoint import VERDICTS
from ..queries import mailbox_providers, roll_up_mailings
from ..queries.email_figures import shares
from ..queries.roll_up_mailings import FIGURES

#: Providers and programs with rows of their own; the others share one.
ROWS = 12


class EcrmEmailReport(models.AbstractModel):
    """What became of one mailing, for its page: see docs/email_reports.md."""

    _name = "ecrm.email.report"
    _description = "Mailing Report"

    @api.model
    @api.readonly
    def get_mailing(self, mailing_id):
        """Return all figures of a mailing, within the companies that the user has chosen.

        :param int mailing_id: a mailing that the user may see the e-mails of
        :return dict: ``mailing`` (id, name, sent_at, is_measured), ``figures`` (counts of
            recipients), ``rates`` (0 to 1, None where there is no whole), ``orders``,
            ``hits`` (opens and clicks by verdict), ``hours``, ``links``, ``domains``,
            ``clients`` and ``currency_id``
        """
        self.env["ecrm.email.message"].check_access("read")
        # sudo: who may see the e-mails of a mailing may see its name
        mailing_sudo = self.env["mailing.mailing"].sudo().browse(mailing_id).exists()
        if not mailing_sudo:
            raise AccessError(self.env._("This mailing was deleted."))
        stats = self._stats(mailing_sudo.id)
        figures = {name: sum(stat[name] for stat in stats) for name in FIGURES}
        start = min((stat["first_sent"] for stat in stats), default=None)
        hits, hours = self._hours(stats, start)
        return {
            "mailing": {
                "id": mailing_sudo.id,
                "name": mailing_sudo.subject or mailing_sudo.display_name,
                "sent_at": fields.Datetime.to_string(start),
                "is_measured": mailing_sudo.ecrm_is_measured,
            },
            "figures": figures,
            "rates": shares(figures),
            "orders": self._orders(mailing_sudo.id, figures["delivered"]),
            "hits": hits,
            "hours": hours,
            "links": self._links(mailing_sudo.id, stats),
            "domains": self._providers(stats),
            "clients": self._clients(stats),
            "currency_id": self.env.company.sudo().currency_id.id,
        }

    def _stats(self, mailing_id):
        """Return the sums of a mailing, one for each company whose contacts got it."""
        stats = self.env["ecrm.mailing.stat"].search(
            [
                ("mailing_id", "=", mailing_id),
                ("company_id", "in", [False, *self.env.companies.ids]),
            ]
        )
        names = [*FIGURES, "first_sent", "domains", "hours", "agents", "links"]
        return [{name: stat[name] for name in names} for stat in stats]

    @staticmethod
    def _details(stats, name):
        """Yield the details of all companies, see ``queries/roll_up_mailings``."""
        for stat in stats:
            yield from stat[name] or ()

    def _orders(self, mailing_id, delivered):
        """Return orders owed to a mailing: how many, by how many recipients, how much."""
        self.env.flush_all()
        query = SQL(
            """
            SELECT count(*) AS count, count(DISTINCT owed.email_message_id) AS buyers,
                   coalesce(sum(owed.amount * rates.rate), 0)::float8 AS revenue
              FROM %s
             WHERE owed.mailing_id = %s
            """,
            self.env["ecrm.email.order"]._owed(),
            mailing_id,
        )
        [orders] = self.env.execute_query_dict(query)
        return {
            **orders,
            "rate": orders["buyers"] / delivered if delivered else None,
            "per_recipient": orders["revenue"] / delivered if delivered else None,
        }

    def _hours(self, stats, start):
        """Return opens and clicks by verdict, and those by hand by hour after sending."""
        hits = {kind: dict.fromkeys(dict(VERDICTS), 0) for kind in ("opened", "clicked")}
        by_hand = Counter()
        for hour, kind, verdict, count in self._details(stats, "hours"):
            hits[kind][verdict] += count
            if verdict == "human":
                by_hand[hour, kind] += count
        if not start:
            return hits, []
        start = start.replace(minute=0, second=0, microsecond=0)
        return hits, [
            {
                "at": fields.Datetime.to_string(start + timedelta(hours=hour)),
                "opens": by_hand[hour, "opened"],
                "clicks": by_hand[hour, "clicked"],
            }
            for hour in range(roll_up_mailings.HOURS)
        ]

    def _links(self, mailing_id, stats):
        """Return all links of a mailing from its top, also those that nobody followed."""
        found = {}
        for ref, *counts in self._details(stats, "links"):
            found.setdefault(ref, Counter()).update(
                dict(zip(("human_clicks", "machine_clicks", "people"), counts, strict=True))
            )
        links = self.env["ecrm.email.link"].search_fetch(
            [("mailing_id", "=", mailing_id), ("is_honeypot", "=", False)],
            ["position", "label", "url"],
        )
        nothing = {"human_clicks": 0, "machine_clicks": 0, "people": 0}
        return [
            {
                "id": link.id,
                "label": link.label,
                "url": link.url,
                **nothing,
                **found.get(link.id, {}),
            }
            for link in links
        ]

    def _providers(self, stats):
        """Return the figures of domains by provider, the biggest first."""
        found = {}
        for domain, *counts in self._details(stats, "domains"):
            name = mailbox_providers.name_of(domain) if domain else self.env._("Others")
            names = ("sent", "delivered", "opened", "clicked", "bounced")
            found.setdefault(name, Counter()).update(dict(zip(names, counts, strict=True)))
        ranked = sorted(found.items(), key=lambda item: (-item[1]["sent"], item[0]))
        return self._top([{"name": name, **figures} for name, figures in ranked])

    def _clients(self, stats):
        """Return by program how many opened and clicked, machines left out."""
        found = {}
        for agent, *counts in self._details(stats, "agents"):
            program = client(agent)
            found.setdefault((program.family, program.kind), Counter()).update(
                dict(zip(("people", "opens", "clicks"), counts, strict=True))
            )
        ranked = sorted(found.items(), key=lambda item: (-item[1]["people"], item[0]))
        return self._top(
            [{"name": name, "kind": kind, **figures} for (name, kind), figures in ranked]
        )

    def _top(self, rows):
        """Return the first rows, and the sum of the others."""
        rest = Counter()
        for row in rows[ROWS:]:
            rest.update({key: value for key, value in row.items() if isinstance(value, int)})
        others = [{"name": self.env._("Others"), "kind": "other", **rest}] if rest else []
        return rows[:ROWS] + others
