from datetime import datetime

from odoo import fields, models
from odoo.tools import groupby

#: What the log may hold of a customer that is the customer's own doing or reached them.
PORTAL_CHANNELS = [
    "web",
    "order",
    "email",
    "chat",
    "forum",
    "support",
    "feedback",
    "loyalty",
    "consent",
]
#: Evidence on which a person is shown what a browser did: what only that person can give.
SHOWN = ["login", "hand"]
#: Where an event notes what it was about, the best name first.
PORTAL_PROPS = ("title", "name", "subject", "list", "query")
#: Fields by which Odoo's models name their page for customers.
PORTAL_URLS = ("access_url", "website_url")
ROWS_ON_PAGE = 20
NAME_SHOWN = 100  # characters
LARGEST_EVENT_ID = 2**63 - 1


class ResPartner(models.Model):
    """What a customer may see of their own history.

    A history belongs to a person: nobody sees what a colleague did, nor what only the
    machinery did.
    """

    _inherit = "res.partner"

    def _ecrm_portal_activity(self, before=None, limit=ROWS_ON_PAGE):
        """Return one page of what this person did or got, newest first.

        :param str before: the cursor of the page before, as ``next`` gave it; anything
            else gives the first page
        :param int limit: rows on a page
        :return dict: ``days``, a list of ``date`` and ``rows``; ``next``, a cursor or False
        """
        self.ensure_one()
        kinds = self._ecrm_portal_kinds()
        events = self.env["ecrm.log"].timeline(
            self._ecrm_portal_identity_ids(),
            before=self._ecrm_portal_cursor(before),
            n=limit + 1,  # one more tells whether there is a next page
            channels=PORTAL_CHANNELS,
            company_ids=self.env.company.ids,
            quiet=[code for code, kind in kinds.items() if not kind["in_portal"]],
            verdicts=["human", "unknown"],
        )
        rows = self._ecrm_portal_rows(events[:limit], kinds)
        last = events[limit - 1] if len(events) > limit else None
        return {
            "days": [
                {"date": date, "rows": day}
                for date, day in groupby(rows, key=lambda row: row["date"])
            ],
            "next": f"{last['occurred_at'].isoformat()}_{last['id']}" if last else False,
        }

    def _ecrm_portal_identity_ids(self):
        """Return by what keys this very person is known, see below."""
        return self._ecrm_portal_identities_sudo().ids

    def _ecrm_portal_identities_sudo(self):
        """Return by what keys this very person is known.

        Of browsers only those on which the person logged in: somebody else may have clicked
        in a mail that was forwarded, and nobody may read here what others did.
        """
        login = [("action", "=", "linked"), ("evidence", "in", SHOWN), ("undone_by_id", "=", False)]
        # sudo: customers have no right on identities
        identities_sudo = self.env["ecrm.identity"].sudo()
        domain = [
            ("partner_id", "=", self.id),
            "|",
            ("kind", "!=", "device"),
            ("link_ids", "any", login),
        ]
        return identities_sudo.search_fetch(domain, ["kind"])

    def _ecrm_portal_cursor(self, before):
        """Return the place where a page ends, or None for anything that is no such place."""
        if not isinstance(before, str) or len(before) > 64:
            return None
        instant, _underscore, event_id = before.rpartition("_")
        try:
            cursor = datetime.fromisoformat(instant), int(event_id)
        except ValueError:
            return None
        if cursor[0].tzinfo or not 0 < cursor[1] <= LARGEST_EVENT_ID:
            return None
        return cursor

    def _ecrm_portal_kinds(self):
        # sudo: customers have no right on the vocabulary, whose words they read here
        kinds_sudo = self.env["ecrm.touchpoint.kind"].sudo()
        rows = kinds_sudo.search_read([], ["code", "name", "icon", "channel", "in_portal"])
        return {row["code"]: row for row in rows}

    def _ecrm_portal_rows(self, events, kinds):
        """Return events in words, each with a link to what the customer may open."""
        field = self.env["ecrm.touchpoint.kind"]._fields["channel"]
        channels = dict(field._description_selection(self.env))
        sources = self._ecrm_portal_sources(events)
        return [
            {
                "at": event["occurred_at"],
                "date": fields.Datetime.context_timestamp(self, event["occurred_at"]).date(),
                "icon": kinds[event["kind"]]["icon"],
                "label": kinds[event["kind"]]["name"],
                "channel": channels[event["channel"]],
                **self._ecrm_portal_about(event, sources),
            }
            for event in events
            if event["kind"] in kinds
        ]

    def _ecrm_portal_about(self, event, sources):
        """Return what an event is about, and its page: as it is now, else as it was noted."""
        about = sources.get((event["res_model"], event["res_id"]))
        about = about or self._ecrm_portal_noted(event)
        name = about["detail"]
        return {**about, "detail": name if len(name) <= NAME_SHOWN else f"{name[:NAME_SHOWN]}…"}

    def _ecrm_portal_noted(self, event):
        """Return what the event itself says it was about."""
        props, path = event["props"] or {}, event["path"] or ""
        if event["channel"] == "chat":  # the names of a chat are those of our staff
            return {"detail": self._ecrm_portal_stars(props), "url": False}
        noted = next((str(props[key]) for key in PORTAL_PROPS if props.get(key)), "")
        # a path leads nowhere but to this website
        local = path.startswith("/") and not path.startswith(("//", "/\\"))
        if event["channel"] != "web" or not local:
            return {"detail": noted, "url": False}
        page = self.env._("Home page") if path == "/" else path.partition("?")[0]
        return {"detail": noted or page, "url": path}

    def _ecrm_portal_stars(self, props):
        rating, most = props.get("rating"), props.get("out_of")
        if not (isinstance(rating, int | float) and isinstance(most, int | float)):
            return ""
        return self.env._("%(rating)d of %(most)d stars", rating=rating, most=most)

    def _ecrm_portal_sources(self, events):
        """Return (model, id) -> name and page of those sources that this user may read."""
        ids_by_model = {}
        for event in events:
            if event["res_model"] in self.env and event["res_id"]:
                ids_by_model.setdefault(event["res_model"], set()).add(event["res_id"])
        found = {}
        for model, ids in ids_by_model.items():
            found |= self._ecrm_portal_pages(model, ids)
        return found

    def _ecrm_portal_pages(self, model, ids):
        # as the user, without sudo: a page is offered only to whom Odoo would open it
        records = self.env[model].with_user(self.env.user)
        records = records.with_context(display_default_code=False)
        url = next((name for name in PORTAL_URLS if name in records._fields), None)
        if not url or records._abstract or not records.has_access("read"):
            return {}
        readable = records.search_fetch([("id", "in", list(ids))], ["display_name", url])
        return {
            (model, record.id): {
                "detail": record.display_name,
                "url": record[url] if record[url] != "#" else False,
            }
            for record in readable
        }
