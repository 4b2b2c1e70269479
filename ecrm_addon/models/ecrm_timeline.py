from datetime import datetime

from odoo import api, models
from odoo.exceptions import UserError

#: A page is never longer, whatever a caller asks for.
MAX_PAGE = 100
#: Machines imitate these beside visits: scanners open and click what is in a mail.
IMITATED = {"email.opened", "email.clicked"}
#: Measures rather than acts: their figures stand with the visit.
QUIET = ("web.leave",)


class EcrmTimeline(models.AbstractModel):
    """Turns the log of one customer into the rows that people read, page by page.

    A customer is a commercial entity: a company's timeline holds what its people did.
    """

    _name = "ecrm.timeline"
    _description = "Timeline of a Customer"

    @api.model
    @api.private
    def page(self, customer, before=None, channels=None, limit=30, machines=True):
        """Return one page, newest first.

        :param res.partner customer: a commercial partner that the user may read
        :param list before: cursor of the page before, as ``next`` gave it
        :param list[str] channels: only these channels
        :param int limit: rows on a page
        :param bool machines: also what machines did with mails: a scanner follows all links
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
            quiet=QUIET,
            by_people=() if machines else IMITATED,
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
        visits = self._visits(events)
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
                **self._by_whom(event),
                **sources[event["id"]],
                "person": people.get(event["identity_id"], False),
                "visit": visits.get(event["session_key"], False),
                "value": float(event["value"]) if event["value"] else False,
                "currency_id": currencies[event["company_id"] or self.env.company.id],
                "verdict": self._verdict(event),
                "verdict_reasons": self._reasons(event),
            }
            for event in events
        ]

    def _by_whom(self, event):
        """Return other words for what no person did with a mail."""
        channel, _dot, kind = event["kind"].partition(".")
        words = self.env["ecrm.email.words"].act(kind, event["verdict"])
        return {"label": words} if channel == "email" and words else {}

    def _reasons(self, event):
        if event["channel"] != "email":
            return event["verdict_reasons"] or ""
        return self.env["ecrm.email.words"].reasons(event["verdict_reasons"])

    def _visits(self, events):
        """Return the visits in which events happened, as far as the user may see them.

        :return dict: visit key -> ``id``, ``source`` (in words), ``device``, ``pages`` and
            ``seconds``
        """
        keys = {event["session_key"] for event in events if event["session_key"]}
        if not keys or not self.env["ecrm.session"].has_access("read"):
            return {}
        names = ("session_key", "source", "campaign", "device", "page_count", "duration")
        sessions = self.env["ecrm.session"].search_fetch([("session_key", "in", list(keys))], names)
        devices = dict(sessions._fields["device"]._description_selection(self.env))
        return {
            session.session_key: {
                "id": session.id,
                "source": " / ".join(filter(None, (session.source, session.campaign))),
                "device": devices.get(session.device, ""),
                "pages": session.page_count,
                "seconds": session.duration,
            }
            for session in sessions
        }

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
        """Return the moments at which an anonymous browser became this customer.

        They lie between the rows of a page: not before its last event, and before the last
        one of the page before.
        """
        devices = identities.filtered(lambda identity: identity.kind == "device")
        if not devices:
            return []
        lines = self.env["ecrm.identity.link"].search_fetch(
            [
                ("identity_id", "in", devices.ids),
                ("partner_id.commercial_partner_id", "=", customer.id),
                ("action", "=", "linked"),
                ("from_start", "=", False),
                ("undone_by_id", "=", False),
                ("occurred_at", ">=", max(since, datetime(1970, 1, 1))),
                ("occurred_at", "<", min(until, datetime(9999, 1, 1))),
            ],
            ["evidence", "partner_id", "previous_partner_ref", "occurred_at", "note"],
        )
        people = self._people(identities, customer)
        labels, confirmations = self._moment_labels()
        return [
            {
                "key": f"l{line.id}",
                "at": line.occurred_at.isoformat() + "Z",
                "kind": "identity.linked",
                "channel": "web",
                "icon": "fa-user-circle-o",
                **self._moment(line, labels, confirmations),
                "source": False,
                "gone": False,
                "detail": line.note or "",
                "person": people.get(line.identity_id.id, False),
                "visit": False,
                "value": False,
                "currency_id": False,
                "verdict": False,
                "verdict_reasons": "",
            }
            for line in lines
        ]

    def _moment(self, line, labels, confirmations):
        if line.previous_partner_ref == line.partner_id.id and line.evidence in confirmations:
            return {"label": confirmations[line.evidence], "name": ""}
        return {
            "label": labels[line.evidence],
            "name": self.env._("What this browser did before became part of the history"),
        }

    def _moment_labels(self):
        """Return by evidence in what words a moment is told, the first time and later."""
        first = {
            "login": self.env._("Became known by login"),
            "click": self.env._("Became known by a click in a mail"),
            "form": self.env._("Became known by a form"),
            "checkout": self.env._("Became known by checkout"),
            "import": self.env._("Became known by import"),
            "address": self.env._("Became known by address"),
            "hand": self.env._("Became known by hand"),
            "contact_merge": self.env._("Became known by contact merge"),
        }
        later = {
            "login": self.env._("Confirmed by login"),
            "form": self.env._("Confirmed by a form"),
            "checkout": self.env._("Confirmed by checkout"),
        }
        return first, later
