"""What people do with our mail: one row per contact and company, from mails and events."""

from odoo.tools import SQL

from ..lib.email import best_hour, engagement
from .expressions import NOW

#: Days over which mails, openings and clicks are counted.
COUNTED_DAYS = 180
#: Days over which clicks tell somebody's hour.
HOUR_DAYS = 365
#: What the statement writes, but for the key.
COLUMNS = (
    *("email_score", "email_score_at", "first_mail_at", "last_mail_at", "last_human_click_at"),
    *("best_hour", "received_count", "opened_count", "clicked_count"),
)


def upsert(partner_ids, zones):
    """Return the statement that writes the rows of contacts, where they changed.

    Mails of no company count for each company that wrote to the contact, and have a row of
    their own for companies that did not. An act counts once for a mail (and link) and day.

    :param list[int] partner_ids: contacts
    :param Iterable[str] zones: the time zones that PostgreSQL knows
    """
    written = SQL(", ").join(map(SQL.identifier, COLUMNS))
    return SQL(
        """
        WITH %(scope)s, %(act)s, %(worth)s, %(score)s, %(hour)s
        INSERT INTO ecrm_email_profile (partner_id, company_id, computed_at, %(written)s)
        SELECT fact.partner_id, nullif(fact.scope, 0), %(now)s,
               score.value, score.as_of, fact.first_mail_at, fact.last_mail_at,
               fact.last_human_click_at, hour.best_hour,
               fact.received, fact.opened, fact.clicked
          FROM (
            SELECT partner_id, scope, min(at) AS first_mail_at, max(at) AS last_mail_at,
                   max(last_human_click_at) AS last_human_click_at,
                   count(*) FILTER (WHERE is_late) AS received,
                   count(*) FILTER (WHERE is_late AND first_human_open_at IS NOT NULL) AS opened,
                   count(*) FILTER (WHERE is_late AND first_human_click_at IS NOT NULL) AS clicked
              FROM mail
             GROUP BY partner_id, scope
          ) fact
          LEFT JOIN score USING (partner_id, scope)
          LEFT JOIN hour USING (partner_id, scope)
            ON CONFLICT (partner_id, coalesce(company_id, 0)) DO UPDATE
           SET computed_at = excluded.computed_at, %(assigned)s
         WHERE (%(old)s) IS DISTINCT FROM (%(new)s)
        """,
        scope=_mails(partner_ids),
        act=_acts(),
        worth=_worth(),
        score=_scores(),
        hour=_hours(zones),
        now=NOW,
        written=written,
        assigned=SQL(", ").join(
            SQL("%s = excluded.%s", SQL.identifier(name), SQL.identifier(name)) for name in COLUMNS
        ),
        old=SQL(", ").join(SQL.identifier("ecrm_email_profile", name) for name in COLUMNS),
        new=SQL(", ").join(SQL.identifier("excluded", name) for name in COLUMNS),
    )


def history(partner_id, company_id, weeks):
    """Return the query of a contact's score at the end of each of the last weeks, until now.

    :param int partner_id: a contact
    :param int company_id: of whose mails; of those of no company where it never wrote
    :param int weeks: how many
    :return: SQL giving rows of one score, the oldest first; NULL before the first act
    """
    return SQL(
        """
        WITH %(scope)s, %(act)s, %(worth)s
        SELECT (SELECT %(faded)s FROM worth
                 WHERE worth.at <= week.at AND worth.scope = own.scope)
          FROM generate_series(%(now)s - (%(weeks)s - 1) * interval '7 days', %(now)s,
                               interval '7 days') AS week(at)
         CROSS JOIN (
            SELECT max(scope.scope) AS scope FROM scope WHERE scope.scope IN (0, %(company)s)
         ) own
         ORDER BY week.at
        """,
        scope=_mails([partner_id]),
        act=_acts(),
        worth=_worth(),
        faded=_faded(SQL("week.at")),
        now=NOW,
        weeks=weeks,
        company=company_id,
    )


def remove_empty(partner_ids):
    """Return the statement that removes rows of contacts whose mails are gone or another's."""
    return SQL(
        """
        DELETE FROM ecrm_email_profile profile
         WHERE (partner_id = ANY(%s) OR partner_id IS NULL)
           AND NOT EXISTS (
            SELECT FROM ecrm_email_message message
             WHERE message.partner_id = profile.partner_id
               AND message.company_id IS NOT DISTINCT FROM profile.company_id
           )
        """,
        list(partner_ids),
    )


def _mails(partner_ids):
    """Mails by contact and scope: a company's id, or 0 for mails of none."""
    return SQL(
        """
        scope AS (
            SELECT DISTINCT partner_id, coalesce(company_id, 0) AS scope
              FROM ecrm_email_message WHERE partner_id = ANY(%(ids)s)
        ),
        mail AS MATERIALIZED (
            SELECT scope.partner_id, scope.scope, message.id, contact.commercial_partner_id,
                   coalesce(message.sent_at, message.create_date) AS at,
                   coalesce(message.sent_at, message.create_date) > %(now)s - %(counted)s * %(day)s
                       AND message.state NOT IN ('bounced', 'rejected', 'failed') AS is_late,
                   message.first_human_open_at, message.first_human_click_at,
                   message.last_human_click_at,
                   coalesce(contact.tz, company_contact.tz) AS zone
              FROM scope
              JOIN ecrm_email_message message
                ON message.partner_id = scope.partner_id
               AND coalesce(message.company_id, 0) IN (0, scope.scope)
              JOIN res_partner contact ON contact.id = scope.partner_id
              LEFT JOIN res_company company ON company.id = scope.scope
              LEFT JOIN res_partner company_contact ON company_contact.id = company.partner_id
        )
        """,
        ids=list(partner_ids),
        now=NOW,
        counted=COUNTED_DAYS,
        day=SQL("interval '1 day'"),
    )


def _acts():
    """What was done with the mails, and orders that followed a click."""
    return SQL(
        """
        act AS MATERIALIZED (
            SELECT DISTINCT ON (mail.partner_id, mail.scope, mail.id, event.type, link, day)
                   mail.partner_id, mail.scope, mail.commercial_partner_id, mail.zone,
                   event.type, event.occurred_at AS at, event.occurred_at::date AS day,
                   coalesce(event.link_ref, 0) AS link
              FROM mail
              JOIN ecrm_email_event event ON event.email_message_ref = mail.id
             WHERE event.type IN ('replied', 'unsubscribed', 'complained')
                OR event.type = 'bounced' AND event.bounce_kind = 'hard'
                OR event.type IN ('opened', 'clicked') AND event.verdict = 'human'
                   AND coalesce(event.method, 'GET') = 'GET'
             ORDER BY mail.partner_id, mail.scope, mail.id, event.type, link, day,
                      event.occurred_at
        ),
        bought AS (
            SELECT DISTINCT act.partner_id, act.scope, sale.id, sale.date_order AS at
              FROM act
              JOIN res_partner buyer ON buyer.commercial_partner_id = act.commercial_partner_id
              JOIN sale_order sale ON sale.partner_id = buyer.id AND sale.state = 'sale'
               AND (act.scope = 0 OR sale.company_id = act.scope)
               AND sale.date_order >= act.at
               AND sale.date_order < act.at + %(days)s * interval '1 day'
             WHERE act.type = 'clicked'
        )
        """,
        days=engagement.ORDER_DAYS,
    )


def _worth():
    """What each act is worth at its instant."""
    return SQL(
        """
        worth AS (
            SELECT partner_id, scope, at, kind.points
              FROM (
                SELECT partner_id, scope, type, at FROM act
                 UNION ALL
                SELECT partner_id, scope, 'ordered', at FROM bought
              ) done
              JOIN unnest(%(types)s::varchar[], %(points)s::float8[]) AS kind(code, points)
                ON kind.code = done.type
        )
        """,
        types=list(engagement.WEIGHTS),
        points=[float(points) for points in engagement.WEIGHTS.values()],
    )


def _faded(at):
    """Return the SQL of what acts named ``worth`` are worth together at an instant."""
    return SQL(
        """
        sum(worth.points * power(2::float8, greatest(%(smallest)s,
            date_part('epoch', worth.at - %(at)s) / %(life)s)))
        """,
        smallest=engagement.SMALLEST_POWER,
        life=float(engagement.HALF_LIFE * engagement.DAY),
        at=at,
    )


def _scores():
    """The sum of fading acts at the instant of the last one."""
    return SQL(
        """
        score AS (
            SELECT partner_id, scope, as_of, %s AS value
              FROM (
                SELECT *, max(at) OVER (PARTITION BY partner_id, scope) AS as_of FROM worth
              ) worth
             GROUP BY partner_id, scope, as_of
        )
        """,
        _faded(SQL("as_of")),
    )


def _hours(zones):
    """The hour in which somebody clicks most, smoothed in a circle as ``lib`` does it."""
    return SQL(
        """
        clicked AS (
            SELECT partner_id, scope, count(*) AS clicks,
                   date_part('hour', at AT TIME ZONE 'UTC'
                             AT TIME ZONE CASE WHEN zone = ANY(%(zones)s) THEN zone
                                               ELSE 'UTC' END)::int AS clicked_hour
              FROM act
             WHERE type = 'clicked' AND at > %(now)s - %(days)s * interval '1 day'
             GROUP BY partner_id, scope, clicked_hour
        ),
        hour AS (
            SELECT DISTINCT ON (partner_id, scope) partner_id, scope, candidate AS best_hour
              FROM clicked
             CROSS JOIN generate_series(0, %(hours)s - 1) AS candidate
             GROUP BY partner_id, scope, candidate
            HAVING sum(clicks) >= %(least)s
             ORDER BY partner_id, scope, sum(clicks * coalesce((%(kernel)s::int[])[1 + least(
                        abs(clicked_hour - candidate), %(hours)s - abs(clicked_hour - candidate)
                    )], 0)) DESC, candidate
        )
        """,
        now=NOW,
        days=HOUR_DAYS,
        zones=list(zones),
        hours=best_hour.HOURS,
        least=best_hour.LEAST_CLICKS,
        kernel=list(best_hour.KERNEL),
    )
