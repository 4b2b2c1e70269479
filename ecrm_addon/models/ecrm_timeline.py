from datetime import datetime

from odoo import api, models
from odoo.exceptions import UserError

#: A page is never longer, whatever a caller asks for.
MAX_PAGE = 100
#: Machines imitate these beside visits: scanners open and click what is in a mail.
IMITATED = {"email.opened", "email.clicked"}


class EcrmTimeline(models.AbstractModel):
    """Turns the log of one customer into the rows that people read, page by page.

    A customer is a commercial entity: a company's timeline holds what its people did.
    """

    _name = "ecrm.timeline"
    _description = "Timeline of a Customer"

    @api.model
    @api.private
    def page(self, customer, before=None, channels=None, limit=30):
        """Return one page, newest first.

        :param res.partner customer: a commercial partner that the user may read
        :param list before: cursor of the page before, as ``next`` gave it
        :param list[str] channels: only these channels
        :param int limit: rows on a page
        :return dict: ``rows`` and ``next``, the cursor of the next page or False
        """
        identities = self._identities(customer)
        limit = max(1, min(int(limit), MAX_PAGE))
        cursor = self._read_cursor(before)
        events = self.env["ecrm.log"].timeline(
            identities.ids,
            before=cursor,
            n=limit + 1,  # one more tells whether there is a next page
            channels=[str(channel) for channel in channels or ()],
            company_ids=self.env.companies.ids,
        )
        more = len(events) > limit
        events = events[:limit]
        rows = self._rows(events, identities, customer)
        if not channels or "web" in channels:
            oldest = events[-1]["occurred_at"] if more else datetime.min
            newest = cursor[0] if cursor else datetime.max
            rows += self._moments(identities, customer, oldest, newest)
        rows.sort(key=lambda row: (row["at"], row["key"]), reverse=True)
        last = events[-1] if more else None
        return {
            "rows": rows,
            "next": [last["occurred_at"].isoformat(), last["id"]] if last else False,
        }

    @api.model
    @api.private
    def _identities(self, customer):
        """Return by what keys the people of a customer are known."""
        return self.env["ecrm.identity"].search_fetch(
            [("partner_id.commercial_partner_id", "=", customer.id)], ["kind", "partner_id"]
        )

    def _read_cursor(self, before):
        if not before:
            return None
        try:
            at, last_id = before
            return datetime.fromisoformat(at), int(last_id)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("This is no page of the timeline.")) from error

    # ------------------------------------------------------------
    # ROWS
    # ------------------------------------------------------------

    def _rows(self, events, identities, customer):
        """Return events in words: what happened, about what, who, how much, how certain."""
        kinds = self._kinds({event["kind"] for event in events})
        sources = self.env["ecrm.timeline.source"].resolve(events)
        people = self._people(identities, customer)
        companies = self.env["res.company"].browse(
            {event["company_id"] or self.env.company.id for event in events}
        )
        # sudo: a company's currency is no secret to who may see its amounts
        currencies = {company.id: company.currency_id.id for company in companies.sudo()}
        return [
            {
                "key": f"e{event['id']}",
                "at": event["occurred_at"].isoformat() + "Z",
                "kind": event["kind"],
                "channel": event["channel"],
                **kinds.get(event["kind"], self._unknown_kind(event)),
                **sources[event["id"]],
                "person": people.get(event["identity_id"], False),
                "value": float(event["value"]) if event["value"] else False,
                "currency_id": currencies[event["company_id"] or self.env.company.id],
                "verdict": self._verdict(event),
                "verdict_reasons": event["verdict_reasons"] or "",
            }
            for event in events
        ]

    def _verdict(self, event):
        """Return who did it, or False where there is nothing to doubt."""
        verdict = event["verdict"] or "unknown"
        imitable = event["channel"] == "web" or event["kind"] in IMITATED
        return False if verdict == "unknown" and not imitable else verdict

    def _kinds(self, codes):
        kinds = self.env["ecrm.touchpoint.kind"].search_fetch(
            [("code", "in", list(codes))], ["code", "name", "icon"]
        )
        return {kind.code: {"label": kind.name, "icon": kind.icon} for kind in kinds}

    def _unknown_kind(self, event):
        """Return words for a kind that an app or a social channel made up."""
        words = event["kind"].partition(".")[2].replace("_", " ").capitalize()
        return {"label": words or event["kind"], "icon": "fa-circle-o"}

    def _people(self, identities, customer):
        """Return which person of a company is behind each identity."""
        return {
            identity.id: identity.partner_id.name or identity.partner_id.display_name
            for identity in identities
            if identity.partner_id != customer
        }

    def _moments(self, identities, customer, since, until):
        """Return the moments at which an anonymous browser became this customer."""
        devices = identities.filtered(lambda identity: identity.kind == "device")
        if not devices:
            return []
        lines = self.env["ecrm.identity.link"].search_fetch(
            [
                ("identity_id", "in", devices.ids),
                ("action", "=", "linked"),
                ("undone_by_id", "=", False),
                ("create_date", ">=", max(since, datetime(1970, 1, 1))),
                ("create_date", "<", min(until, datetime(9999, 1, 1))),
            ],
            ["evidence", "partner_id", "create_date"],
        )
        evidence = dict(lines._fields["evidence"]._description_selection(self.env))
        people = self._people(identities, customer)
        return [
            {
                "key": f"l{line.id}",
                "at": line.create_date.isoformat() + "Z",
                "kind": "identified",
                "channel": "web",
                "label": self.env._("Recognised"),
                "icon": "fa-user-circle-o",
                "name": self.env._("What this browser did before became part of the history"),
                "source": False,
                "gone": False,
                "detail": evidence[line.evidence],
                "person": people.get(line.identity_id.id, False),
                "value": False,
                "currency_id": False,
                "verdict": "human",
                "verdict_reasons": "",
            }
            for line in lines
        ]
