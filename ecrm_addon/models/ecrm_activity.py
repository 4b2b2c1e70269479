import hashlib
from datetime import datetime, timedelta

from odoo import fields, models
from odoo.tools import groupby
from odoo.tools.misc import format_date, format_time

from ..lib.tracking.payload import VIEWS
from ..queries.sum_activity import NEWEST

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
#: Entries on a page, a visit with all its acts being one of them, and events read for them.
ROWS_ON_PAGE = 20
EVENTS_READ = 150
#: Acts on the website that stand for themselves: the customer turned to us.
APART = ("web.form",)
#: Page views without a visit, such as Odoo's own, are one as long as the next comes so soon.
PAUSE = timedelta(minutes=30)
LARGEST_EVENT_ID = 2**63 - 1
NAME_SHOWN = 100  # characters


class EcrmActivity(models.AbstractModel):
    """A customer's own history in the portal: what they did or got, day by day.

    ================ ===========================================================
    an entry         is
    ================ ===========================================================
    an act           one event of the log
    a visit          what was done in one visit to the website on one day
    ================ ===========================================================

    Pages are cut between events, by the place of the last one in the log, so that none is
    lost or told twice while new ones come. A visit that is cut goes on on the next page under
    the same key.
    """

    _name = "ecrm.activity"
    _description = "Activity of a Customer"

    def _page(self, partner, before=None, channel=None, company=None, summary=False):
        """Return one page of what a person did or got, newest first.

        :param res.partner partner: the person, who is the user
        :param str before: the cursor of the page before, as ``next`` gave it; anything else
            gives the first page
        :param str channel: only this one; anything unknown gives all
        :param res.company company: whose website it is; None: the current one
        :param bool summary: tell how much there is in all, too
        :return dict: ``days``, a list of ``date``, ``name`` and ``entries``; ``next``, a cursor
            or False; ``channel`` or False; ``summary`` or None, see below
        """
        channel = channel if channel in PORTAL_CHANNELS else False
        kinds = self.env["ecrm.touchpoint.kind"].portal_words()
        shown = self._shown(kinds, company or self.env.company)
        identities_sudo = partner._ecrm_portal_identities_sudo()
        events = self.env["ecrm.log"].timeline(
            identities_sudo.ids,
            before=self._cursor(before),
            n=EVENTS_READ + 1,  # one more tells whether there is a next page
            **(shown | {"channels": [channel]} if channel else shown),
        )
        groups, last = self._gather(events, kinds)
        entries = self._entries(groups, kinds, partner, identities_sudo)
        return {
            "days": [
                {"date": date, "name": self._day_name(date, "full"), "entries": day}
                for date, day in groupby(entries, key=lambda entry: entry["date"])
            ],
            "next": f"{last['occurred_at'].isoformat()}_{last['id']}" if last else False,
            "channel": channel,
            "summary": self._summary(identities_sudo, kinds, shown) if summary else None,
        }

    def _count(self, partner, most, company):
        """Return how many events the pages tell of a person; ``most`` if there are more."""
        identity_ids = partner._ecrm_portal_identity_ids()
        if not identity_ids:
            return 0
        shown = self._shown(self.env["ecrm.touchpoint.kind"].portal_words(), company)
        return self.env["ecrm.log"].count_timeline(identity_ids, most, **shown)

    def _summary(self, identities_sudo, kinds, shown):
        """Return how much of a person is recorded.

        :return dict: ``channels`` of which there is something, as (code, name); ``acts`` on the
            website, and ``visits`` as far as they are told apart; ``since``: the day of the
            first act; ``is_more``: there may be more than that, and earlier; ``browsers``;
            ``months`` for which acts are kept, 0 without an end
        """
        found = {
            channel: rest
            for channel, *rest in self.env["ecrm.log"].channels(identities_sudo.ids, **shown)
        }
        acts, visits, since = found.get("web", (0, 0, None))
        names = self._channel_names()
        return {
            "channels": [(code, names[code]) for code in PORTAL_CHANNELS if code in found],
            "acts": acts,
            "visits": visits,
            "since": since and self._day_name(self._day(since)),
            "is_more": sum(rest[0] for rest in found.values()) >= NEWEST,
            "browsers": len(identities_sudo.filtered(lambda one: one.kind == "device")),
            "months": kinds["web.page"]["keep_months"] if "web.page" in kinds else 0,
        }

    def _shown(self, kinds, company):
        """Return which events are for customers, see ``ecrm.log.timeline``."""
        return {
            "channels": PORTAL_CHANNELS,
            "company_ids": company.ids,
            "quiet": [code for code, kind in kinds.items() if not kind["in_portal"]],
            "verdicts": ["human", "unknown"],
        }

    def _cursor(self, before):
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

    def _channel_names(self):
        field = self.env["ecrm.touchpoint.kind"]._fields["channel"]
        return dict(field._description_selection(self.env))

    def _day(self, instant):
        return fields.Datetime.context_timestamp(self, instant).date()

    def _day_name(self, day, length="long"):
        return format_date(self.env, day, date_format=length)

    def _when(self, instant):
        """Return when something happened: ``at`` for machines and ``time`` for people."""
        local = fields.Datetime.context_timestamp(self, instant).time()
        return {
            "at": f"{instant.isoformat(timespec='seconds')}Z",
            "time": format_time(self.env, local, time_format="short"),
        }

    # ------------------------------------------------------------
    # ENTRIES
    # ------------------------------------------------------------

    def _gather(self, events, kinds):
        """Return events as entries, as many as fit on a page.

        Events are taken in their order and none is put off, or the next page would lack it.

        :param list[dict] events: newest first
        :return tuple: the events of each entry; the last event that was looked at if there
            are more after it
        """
        groups, loose, last = {}, None, None
        for event in events[:EVENTS_READ]:
            key = ("act", event["id"])
            if event["channel"] == "web" and event["kind"] not in APART:
                key = self._visit_of(event, loose)
                loose = loose if event["session_key"] else (event, key)
            if key not in groups and len(groups) == ROWS_ON_PAGE:
                return list(groups.values()), last
            if event["kind"] in kinds:  # nobody has words for the others
                groups.setdefault(key, []).append(event)
            last = event
        return list(groups.values()), last if len(events) > EVENTS_READ else None

    def _visit_of(self, event, loose):
        """Return what the acts of one visit on one day have in common.

        :param tuple loose: the last act told before that names no visit, and its visit
        """
        day = self._day(event["occurred_at"])
        if event["session_key"]:
            return "visit", event["session_key"], day
        if loose and loose[1][2] == day:
            later, visit = loose
            if later["occurred_at"] - event["occurred_at"] <= PAUSE:
                return visit
        return "loose", event["id"], day

    def _entries(self, groups, kinds, partner, identities_sudo):
        """Return entries in words, each with a link to what the customer may open."""
        events = [event for group in groups for event in group]
        sources = self.env["ecrm.activity.source"]._resolve(events, partner)
        grounds = self.env["ecrm.activity.ground"]._resolve(
            [group[0] for group in groups], kinds, partner, identities_sudo
        )
        visits = self._visits([group[0] for group in groups if len(group) > 1])
        names = self._channel_names()
        entries = []
        for group in groups:
            rows = [self._row(event, kinds[event["kind"]], sources) for event in group]
            entry = self._visit(group, rows, visits) if len(rows) > 1 else rows[0]
            entries.append(
                {
                    **entry,
                    "date": self._day(group[0]["occurred_at"]),
                    "channel": names[group[0]["channel"]],
                    "why": grounds[group[0]["id"]],
                }
            )
        return entries

    def _row(self, event, kind, sources):
        source = sources[event["id"]]
        detail = source["detail"]
        return {
            **self._when(event["occurred_at"]),
            "icon": kind["icon"],
            "label": kind["portal_name"] or kind["name"],
            "detail": detail if len(detail) <= NAME_SHOWN else f"{detail[:NAME_SHOWN]}…",
            "note": source["note"],
            "url": source["url"],
            "rows": [],
        }

    # ------------------------------------------------------------
    # VISITS
    # ------------------------------------------------------------

    def _visits(self, events):
        """Return the visits of events: key -> ``source``, ``device``."""
        keys = {event["session_key"] for event in events if event["session_key"]}
        if not keys:
            return {}
        # sudo: customers have no right on visits; the events of these are theirs
        sessions_sudo = self.env["ecrm.session"].sudo()
        names = ["session_key", "source", "device"]
        return {
            session.session_key: {"source": session.source, "device": session.device}
            for session in sessions_sudo.search_fetch([("session_key", "in", list(keys))], names)
        }

    def _visit(self, group, rows, visits):
        """Return the entry of a visit: how many pages, where from, on what, how far."""
        key = group[0]["session_key"]
        device = next((props["device"] for props in self._props(group) if props.get("device")), "")
        visit = visits.get(key) or {"source": "", "device": device}
        kinds = {event["kind"] for event in group}
        pages = sum(event["kind"] in VIEWS for event in group)
        facts = [
            self._came_from(visit["source"]),
            self._devices().get(visit["device"]),
            "web.cart_add" in kinds and self.env._("cart filled"),
            "web.checkout" in kinds and self.env._("went to the checkout"),
        ]
        return {
            **self._when(group[0]["occurred_at"]),
            "icon": "fa-globe",
            "label": self.env._("You visited our website"),
            # the key itself is nobody's business: it only joins the parts of a visit
            "visit": key and hashlib.sha256(key.encode()).hexdigest()[:16],
            "pages": pages,
            "count": self._page_count(pages),
            "facts": list(filter(None, facts)),
            "rows": rows,
        }

    def _page_count(self, pages):
        if pages == 1:
            return self.env._("one page")
        return self.env._("%s pages", pages) if pages else ""

    @staticmethod
    def _props(group):
        return (event["props"] or {} for event in group)

    def _came_from(self, source):
        if not source or source == "direct":
            return ""
        return self.env._("from %s", source.capitalize() if source.islower() else source)

    def _devices(self):
        return {
            "desktop": self.env._("on a computer"),
            "mobile": self.env._("on a phone"),
            "tablet": self.env._("on a tablet"),
        }
