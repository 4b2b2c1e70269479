import json

from odoo import api, fields, models

from ..lib.tracking import event as event_lib
from ..queries import (
    aggregate_touchpoints,
    append_touchpoints,
    count_timeline,
    erase_touchpoints,
    purge_touchpoints,
    read_latest,
    read_sessions,
    read_timeline,
    read_web_events,
    receive_touchpoints,
    revise_touchpoints,
    settle_quarantine,
    sum_activity,
    sum_engagement,
    touchpoint_schema,
    withdraw_touchpoints,
)

#: Fewer events than this are counted, not estimated.
COUNTED = 100_000


class EcrmLog(models.AbstractModel):
    """The port to the touchpoint log: the only way in and out.

    Nobody else names the table, so that another engine can stand behind these methods.
    Nothing here may be called by RPC: doors check consent and rights, screens check ACLs.
    """

    _name = "ecrm.log"
    _description = "Port to the Touchpoint Log"

    # ------------------------------------------------------------
    # WRITING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def append(self, events):
        """Append events; durable when the transaction commits, idempotent by ``uid``.

        A bad event goes to quarantine with its reason and never costs its batch.

        :param list[dict] events: see ``lib.tracking.event.clean`` for the keys
        :return list[dict]: per event, in order: ``uid``, ``status`` (stored, duplicate or
            quarantined) and ``reason`` (None unless quarantined)
        """
        cleaned = [event_lib.clean(event) for event in events]
        good = {}
        for row, reason in cleaned:
            if not reason:
                good.setdefault(row["uid"], row)
        stored, refused = [], {}
        if good:
            rows = append_touchpoints.from_rows(json.dumps(list(good.values())))
            _read, stored, refused = self._write(rows, detailed=True)
        refused |= {row["uid"]: reason for row, reason in cleaned if reason}
        self.set_aside(
            [
                (row, raw, reason)
                for (row, reason), raw in zip(cleaned, events, strict=True)
                if reason
            ]
        )
        return self._answer([row["uid"] for row, _reason in cleaned], set(stored), refused)

    @api.model
    @api.private
    def append_select(self, events):
        """Append what a SELECT gives, without a row passing through Python.

        :param SQL events: a SELECT of all ``append_touchpoints.EVENT_COLUMNS``, in which
            no uid comes twice
        :return tuple[int, int, int]: events read, stored, refused
        """
        return self._write(events)

    @api.model
    @api.private
    def withdraw_select(self, events, kinds):
        """Take back stored events that a SELECT tells differently, to be appended anew.

        :param SQL events: as for ``append_select``
        :param Iterable[str] kinds: only these
        """
        self.env.cr.execute(withdraw_touchpoints.build(events, kinds))

    @api.model
    @api.private
    def revise_select(self, verdicts):
        """Write another verdict on stored events, as more became known of who acted.

        :param SQL verdicts: see ``revise_touchpoints.build``
        """
        self.env.cr.execute(revise_touchpoints.build(verdicts))

    @api.model
    @api.private
    def take_back(self, uids):
        """Remove stored events that do not hold any more.

        :param SQL uids: a query of their uids
        """
        self.env.cr.execute(withdraw_touchpoints.take_back(uids))

    def _write(self, events, detailed=False):
        """Append; where a month has no partition yet, create it and append again."""
        self.env["ecrm.touchpoint.kind"].flush_model(["keep_months"])
        pepper = self.env["ecrm.erasure"].pepper()
        statement = append_touchpoints.build(events, detailed, pepper)
        *answer, missing = self.env.execute_query(statement)[0]
        if missing:
            self._ensure_partitions(missing)
            *answer, _missing = self.env.execute_query(statement)[0]
        return tuple(answer)

    @staticmethod
    def _answer(uids, stored, refused):
        answers, seen = [], set()
        for uid in uids:
            if uid in refused:
                status = "quarantined"
            elif uid in stored and uid not in seen:
                status = "stored"
            else:
                status = "duplicate"
            seen.add(uid)
            answers.append({"uid": uid, "status": status, "reason": refused.get(uid)})
        return answers

    @api.model
    @api.private
    def set_aside(self, refused):
        """Keep events that could not even be read as rows, or that a door refused itself.

        :param list[tuple] refused: a row that has at least its ``uid``, the event as it is
            to be kept, and the reason
        """
        if not refused:
            return
        by_uid = {
            row["uid"]: {
                "uid": row["uid"],
                "reason": reason,
                "kind": row.get("kind"),
                "company_id": row.get("company_id"),
                "body": event_lib.jsonable(raw),
            }
            for row, raw, reason in refused
        }
        self.env.cr.execute(settle_quarantine.refuse_events(json.dumps(list(by_uid.values()))))
        self.env["ecrm.quarantine"].invalidate_model()

    def _ensure_partitions(self, months):
        """Create the missing partitions of months.

        :param Iterable[datetime.date] months: any day of each month
        """
        names = {touchpoint_schema.partition_name(month): month for month in months}
        if names.keys() <= self._partitions():
            return
        # two writers may miss the same month at once: the second one waits and finds it
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext('ecrm_touchpoint_data'))")
        for (name,) in self.env.execute_query(touchpoint_schema.missing(names)):
            self.env.cr.execute(touchpoint_schema.create_partition(names[name]))

    def _partitions(self):
        return {row[0] for row in self.env.execute_query(touchpoint_schema.list_partitions())}

    @api.model
    @api.private
    def prepare_months(self, ahead=3):
        """Create the partitions of this month and the next ones before they are needed."""
        today = fields.Date.today().replace(day=1)
        self._ensure_partitions(fields.Date.add(today, months=n) for n in range(ahead + 1))

    # ------------------------------------------------------------
    # READING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def timeline(self, identity_ids, before=None, n=30, **filters):
        """Return the newest events of identities, newest first.

        :param list[int] identity_ids: whose events
        :param tuple before: ``(occurred_at, id)`` of the last event of the page before
        :param int n: events on a page
        :param filters: ``channels``, ``company_ids``, ``quiet``, ``verdicts``,
            ``by_people``, see
            ``read_timeline.build``
        :return list[dict]: the columns of the log
        """
        return self.env.execute_query_dict(read_timeline.build(identity_ids, before, n, **filters))

    @api.model
    @api.private
    def count_timeline(self, identity_ids, limit, **filters):
        """Return how many events ``timeline`` has of identities; ``limit`` if there are more.

        :param int limit: where counting ends, so that no history is counted for long
        :param filters: as of ``timeline``
        """
        ((events,),) = self.env.execute_query(count_timeline.build(identity_ids, limit, **filters))
        return events

    @api.model
    @api.private
    def channels(self, identity_ids, **filters):
        """Return what identities did by channel, see ``sum_activity.build``."""
        return self.env.execute_query(sum_activity.build(identity_ids, **filters))

    @api.model
    @api.private
    def sessions(self, identity_ids, n=20):
        """Return the newest visits of identities, see ``read_sessions.build``."""
        return self.env.execute_query(read_sessions.build(identity_ids, n))

    @api.model
    @api.private
    def latest(self, identity_ids, kind, model, n=20):
        """Return the ids of the records looked at last, see ``read_latest.build``."""
        return [
            row[0]
            for row in self.env.execute_query(read_latest.build(identity_ids, kind, model, n))
        ]

    @api.model
    @api.private
    def aggregate(self, since=None, until=None, shard=aggregate_touchpoints.ALL, **filters):
        """Return sums per company, identity and kind, see ``aggregate_touchpoints.build``."""
        return self.env.execute_query_dict(
            aggregate_touchpoints.build(since, until, shard, **filters)
        )

    @api.model
    @api.private
    def engagement(self, company_id, weights, at, before, half_life, identity_ids=None):
        """Return a SELECT of what identities did in a company, each act fading with time.

        It is SQL, to be joined by the statement that scores customers: another engine gives
        a SELECT of its answer instead. See ``sum_engagement.build`` for arguments and
        columns.
        """
        return sum_engagement.build(company_id, weights, at, before, half_life, identity_ids)

    @api.model
    @api.private
    def prepare_reading(self):
        """Let the engine know how the log is made up before all of it is read."""
        (stale,) = self.env.execute_query(sum_engagement.is_uncounted())
        if stale[0]:
            self.env.cr.execute(sum_engagement.count())

    @api.model
    @api.private
    def companies(self, identity_ids):
        """Return the ids of the companies in which identities did something."""
        return [row[0] for row in self.env.execute_query(sum_engagement.companies(identity_ids))]

    @api.model
    @api.private
    def seen(self, identity_ids):
        """Return when identities were first and last seen: (identity id, first, last)."""
        return self.env.execute_query(aggregate_touchpoints.seen(identity_ids))

    @api.model
    @api.private
    def first_instant(self):
        """Return the instant of the oldest event, None when the log is empty."""
        return self.env.execute_query(read_web_events.first())[0][0]

    @api.model
    @api.private
    def health(self):
        """Return the state of the log: partitions, events, bytes, last event, batches."""
        partitions = self.env.execute_query(touchpoint_schema.list_partitions())
        # sudo: how much there is, and how new, is no secret of any company
        touchpoints_sudo = self.env["ecrm.touchpoint"].sudo()
        last = touchpoints_sudo.search([], limit=1)
        events = sum(rows for _name, rows, _bytes in partitions)
        if events < COUNTED:
            # the server's estimates are old where little happens, and counting is cheap
            events = touchpoints_sudo.search_count([], limit=COUNTED)
        return {
            "engine": "postgresql",
            "partitions": len(partitions),
            "events": events,
            "bytes": sum(size for _name, _rows, size in partitions),
            "last_event": last.occurred_at,
            "waiting": self.env.execute_query(receive_touchpoints.count(COUNTED))[0][0],
        }

    # ------------------------------------------------------------
    # REMOVING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def erase(self, identity_ids, limit=None):
        """Remove events of identities.

        :param list[int] identity_ids: whose events
        :param int limit: at most so many, None for all
        :return int: events removed
        """
        ((removed,),) = self.env.execute_query(erase_touchpoints.erase(identity_ids, limit))
        return removed

    @api.model
    @api.private
    def erase_done(self):
        """Tell whether all ordered erasures are carried out, see ``ecrm.erasure``."""
        # sudo: whoever waits for it need not see the orders
        return (
            not self.env["ecrm.erasure"]
            .sudo()
            .search_count([("identity_ref", "!=", False)], limit=1)
        )

    @api.model
    @api.private
    def drop_before(self, month):
        """Drop whole months that lie before one.

        :param datetime.date month: the first month to keep
        :return int: months dropped
        """
        limit = touchpoint_schema.partition_name(month)
        names = [row[0] for row in self.env.execute_query(touchpoint_schema.list_partitions())]
        old = [name for name in names if name < limit]
        for name in old:
            self.env.cr.execute(touchpoint_schema.drop_partition(name))
        self.env.cr.execute(erase_touchpoints.forget_keys(month.replace(day=1)))
        return len(old)

    @api.model
    @api.private
    def months(self):
        """Return the first days of the months that the log holds, the oldest first."""
        return sorted(map(touchpoint_schema.month_of, self._partitions()))

    @api.model
    @api.private
    def holds(self, month, kinds):
        """Return whether a month holds events of some kinds."""
        return self.env.execute_query(purge_touchpoints.find(month, kinds))[0][0]

    @api.model
    @api.private
    def purge_month(self, month, kinds):
        """Remove the events of some kinds from a month, by a transaction of its own.

        :param datetime.date month: first day of the month
        :param Iterable[str] kinds: what goes
        """
        cr = self.env.cr
        cr.execute("SET LOCAL lock_timeout = '300ms'")
        cr.execute(purge_touchpoints.lock(month))
        cr.execute(purge_touchpoints.forget_keys(month, kinds))
        _goes, stays = self.env.execute_query(purge_touchpoints.find(month, kinds))[0]
        if stays:
            cr.execute(purge_touchpoints.copy(month, kinds))
        cr.execute(purge_touchpoints.swap(month) if stays else purge_touchpoints.drop(month))
        cr.execute("SET LOCAL lock_timeout = DEFAULT")
