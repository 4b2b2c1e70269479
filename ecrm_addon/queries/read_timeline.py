"""The newest events of a customer, page by page."""

from odoo.tools import SQL

from .expressions import machine_visit, verdict_of
from .touchpoint_schema import COLUMNS

EVENT = SQL("data")


def build(
    identity_ids,
    before=None,
    limit=30,
    channels=None,
    company_ids=None,
    quiet=(),
    verdicts=None,
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
    :param list[str] verdicts: only what was judged so, by itself or by its visit
    """
    verdict, reasons = verdict_of(EVENT)
    told = {"verdict": verdict, "verdict_reasons": reasons}
    conditions = [SQL("TRUE")]
    if before:
        conditions.append(SQL("(data.occurred_at, data.id) < (%s::timestamp, %s)", *before))
    if channels:
        conditions.append(SQL("data.channel = ANY(%s)", list(channels)))
    if quiet:
        conditions.append(SQL("data.kind != ALL(%s)", list(quiet)))
    if verdicts:
        conditions.append(SQL("%s = ANY(%s)", verdict, list(verdicts)))
    if company_ids:
        conditions.append(
            SQL("(data.company_id IS NULL OR data.company_id = ANY(%s))", list(company_ids))
        )
    return SQL(
        """
        SELECT event.*
          FROM unnest(%(identities)s::int[]) AS identity(id)
         CROSS JOIN LATERAL (
            SELECT %(columns)s
              FROM ecrm_touchpoint_data data
              LEFT JOIN %(machine_visit)s
             WHERE data.identity_id = identity.id AND %(conditions)s
             ORDER BY data.occurred_at DESC, data.id DESC LIMIT %(limit)s
         ) event
         ORDER BY occurred_at DESC, id DESC LIMIT %(limit)s
        """,
        identities=list(identity_ids),
        columns=SQL(", ").join(
            SQL("%s AS %s", told[name], SQL.identifier(name))
            if name in told
            else SQL.identifier("data", name)
            for name in COLUMNS
        ),
        machine_visit=machine_visit(EVENT),
        conditions=SQL(" AND ").join(conditions),
        limit=limit,
    )
