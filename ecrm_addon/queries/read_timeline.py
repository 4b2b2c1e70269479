"""The newest events of a customer, page by page."""

from odoo.tools import SQL

from .expressions import machine_visit, verdict_of
from .touchpoint_schema import COLUMNS

EVENT = SQL("event")


def build(
    identity_ids,
    before=None,
    limit=30,
    channels=None,
    company_ids=None,
    quiet=(),
    verdicts=None,
    by_people=(),
):
    """Return the query of one page of a timeline, newest first.

    Each identity is read along its own index and stops after a page: the cost does not
    grow with the history.

    :param list[int] identity_ids: whose events
    :param tuple before: ``(occurred_at, id)`` of the last event already shown
    :param int limit: events on a page
    :param list[str] channels: only these channels
    :param list[int] company_ids: only these companies, and events of no company
    :param list[str] quiet: kinds to leave out
    :param Iterable[str] by_people: kinds of which what a machine did is left out
    :param list[str] verdicts: only what was judged so, by itself or by its visit
    """
    conditions = [matching(channels, company_ids, quiet, verdicts, by_people)]
    if before:
        conditions.append(SQL("(occurred_at, id) < (%s::timestamp, %s)", *before))
    verdict, reasons = verdict_of(EVENT)
    told = {"verdict": verdict, "verdict_reasons": reasons}
    return SQL(
        """
        SELECT %(told)s
          FROM (
            SELECT event.*
              FROM unnest(%(identities)s::int[]) AS identity(id)
             CROSS JOIN LATERAL (
                SELECT %(columns)s FROM ecrm_touchpoint_log data
                 WHERE identity_id = identity.id AND %(conditions)s
                 ORDER BY occurred_at DESC, id DESC LIMIT %(limit)s
             ) event
             ORDER BY occurred_at DESC, id DESC LIMIT %(limit)s
          ) event
          -- for the rows of the page alone
          LEFT JOIN %(machine_visit)s
         ORDER BY event.occurred_at DESC, event.id DESC
        """,
        identities=list(identity_ids),
        columns=SQL(", ").join(map(SQL.identifier, COLUMNS)),
        told=SQL(", ").join(
            SQL("%s AS %s", told[name], SQL.identifier(name))
            if name in told
            else SQL.identifier("event", name)
            for name in COLUMNS
        ),
        machine_visit=machine_visit(EVENT),
        conditions=SQL(" AND ").join(conditions),
        limit=limit,
    )


def matching(channels=None, company_ids=None, quiet=(), verdicts=None, by_people=()):
    """Return the condition on a row ``data`` of the log to be told, see ``build``."""
    conditions = [SQL("TRUE")]
    if channels:
        conditions.append(SQL("channel = ANY(%s)", list(channels)))
    if quiet:
        conditions.append(SQL("kind != ALL(%s)", list(quiet)))
    if by_people:
        conditions.append(
            SQL("(verdict IS DISTINCT FROM 'machine' OR kind != ALL(%s))", list(by_people))
        )
    if verdicts:
        late = SQL("EXISTS (SELECT FROM %s)", machine_visit(SQL("data"), SQL("WHERE")))
        conditions.append(
            SQL("CASE WHEN %s THEN 'machine' ELSE verdict END = ANY(%s)", late, list(verdicts))
        )
    if company_ids:
        conditions.append(SQL("(company_id IS NULL OR company_id = ANY(%s))", list(company_ids)))
    return SQL(" AND ").join(conditions)
