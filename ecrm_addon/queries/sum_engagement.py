"""Engagement and last acts per identity, over the log."""

from odoo.tools import SQL

from ..lib.scoring.decay import SMALLEST_POWER
from .expressions import NO_MACHINE_VISIT, machine_visit

#: Acts of machines and of privacy proxies are not the customer's.
NOT_BY_HAND = ("machine", "proxy")


def build(company_id, weights, at, before, half_life, identity_ids=None):
    """Return the query of what identities did, each act fading by half in a fixed time.

    Acts of machines do not count, those found out late by their visit included.

    An act of no company counts for each; whether it makes somebody a customer of this one
    is for the caller to say.

    :param int company_id: its acts and those of no company
    :param dict weights: kind -> (points, whether it is a visit, whether it answers a mail);
        kinds that are not in it are not read
    :param datetime at: instant at which engagement is measured (UTC)
    :param datetime before: what is dated at or after this instant is left out (UTC)
    :param float half_life: in days
    :param list[int] identity_ids: only these, or None for all
    :return: SQL giving identity_id, points (NULL if no act carries any), own (whether an
        act was this company's), first_at, last_visit_at, last_email_at
    """
    kinds = list(weights)
    points, visits, mails = zip(*weights.values(), strict=True) if weights else ((), (), ())
    chosen = SQL()
    if identity_ids is not None:
        chosen = SQL("AND event.identity_id = ANY(%s)", list(identity_ids))
    return SQL(
        """
        SELECT event.identity_id,
               sum(kind.points * power(2::float8, greatest(%(smallest)s,
                   date_part('epoch', event.occurred_at - %(at)s::timestamp) / %(life)s
               ))) FILTER (WHERE kind.points <> 0) AS points,
               bool_or(event.company_id IS NOT NULL) AS own,
               min(event.occurred_at) AS first_at,
               max(event.occurred_at) FILTER (WHERE kind.is_visit) AS last_visit_at,
               max(event.occurred_at) FILTER (WHERE kind.is_mail) AS last_email_at
          FROM ecrm_touchpoint_data event
          JOIN unnest(%(kinds)s::varchar[], %(points)s::float8[], %(visits)s::bool[],
                      %(mails)s::bool[]) AS kind(code, points, is_visit, is_mail)
            ON kind.code = event.kind
          LEFT JOIN %(machine_visit)s
         WHERE event.identity_id IS NOT NULL AND %(no_machine_visit)s
           AND event.occurred_at < %(before)s
           AND (event.company_id = %(company)s OR event.company_id IS NULL)
           AND (event.verdict IS NULL OR event.verdict <> ALL(%(not_by_hand)s)) %(chosen)s
         GROUP BY event.identity_id
        """,
        smallest=SMALLEST_POWER,
        at=at,
        life=float(half_life) * 86400,
        kinds=kinds,
        points=list(points),
        visits=list(visits),
        mails=list(mails),
        before=before,
        company=company_id,
        not_by_hand=list(NOT_BY_HAND),
        chosen=chosen,
        machine_visit=machine_visit(SQL("event")),
        no_machine_visit=NO_MACHINE_VISIT,
    )


def companies(identity_ids):
    """Return the query of the companies in which identities did something."""
    return SQL(
        """
        SELECT DISTINCT company_id FROM ecrm_touchpoint_data
         WHERE identity_id = ANY(%s) AND company_id IS NOT NULL
        """,
        list(identity_ids),
    )


def is_uncounted():
    """Return the query of whether PostgreSQL has no fresh idea of how many identities act.

    Autovacuum looks at each month of the log, but never at the whole; then PostgreSQL
    reckons with 200 identities and plans for those.
    """
    return SQL(
        """
        SELECT coalesce(last_analyze < now() - interval '30 days', TRUE)
          FROM pg_stat_all_tables WHERE relid = 'ecrm_touchpoint_data'::regclass
        """
    )


def count():
    """Return the statement that looks: it reads a sample."""
    return SQL("ANALYZE ecrm_touchpoint_data (identity_id)")
