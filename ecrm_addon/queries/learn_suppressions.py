"""Writing down what events say about whom to mail, whichever way and how often they come."""

from odoo.tools import SQL

from .expressions import NOW

#: So many soft bounces within so many days, over so many at least, and then so many of rest.
SOFT_BOUNCES = 5
WITHIN_DAYS = 30
OVER_DAYS = 7
REST_DAYS = 30


def build(rows):
    """Return the statement that appends facts, each once.

    A fact that comes late, from before the address was mailed again, is written down as
    lifted at that time: what holds does not depend on the order in which facts come.

    :param str rows: JSON array of objects with the columns of ``ecrm_suppression``
    """
    return SQL(
        """
        INSERT INTO ecrm_suppression (
               email_normalized, scope, topic_id, company_id, reason, source, email_message_ref,
               since, expires_at, lifted_at, lifted_by_id, lift_source,
               create_uid, create_date, write_uid, write_date)
        SELECT DISTINCT ON (fact.email_normalized, fact.reason, fact.scope, fact.topic_id,
                            fact.company_id, fact.since)
               fact.email_normalized, fact.scope, fact.topic_id, fact.company_id, fact.reason,
               fact.source, fact.email_message_ref, fact.since, fact.expires_at,
               lift.lifted_at, lift.lifted_by_id, lift.lift_source, 1, %(now)s, 1, %(now)s
          FROM jsonb_to_recordset(%(rows)s::jsonb) AS fact(
               email_normalized varchar, scope varchar, topic_id int4, company_id int4,
               reason varchar, source varchar, email_message_ref int4,
               since timestamp, expires_at timestamp)
          LEFT JOIN LATERAL (
            SELECT other.lifted_at, other.lifted_by_id, other.lift_source
              FROM ecrm_suppression other
             WHERE other.email_normalized = fact.email_normalized
               AND other.lifted_at >= fact.since
               AND (other.company_id IS NULL OR fact.company_id IS NULL
                    OR other.company_id = fact.company_id)
               AND (other.topic_id IS NULL OR other.topic_id = fact.topic_id)
               AND (other.reason = fact.reason
                    OR (other.lift_source = 'customer'
                        AND fact.reason IN ('unsubscribed', 'complained', 'sunset')))
             ORDER BY other.lifted_at, other.id LIMIT 1
          ) lift ON true
            ON CONFLICT DO NOTHING
        """,
        rows=rows,
        now=NOW,
    )


def count_soft(told):
    """Return the query of the rest that addresses get: address, since, until.

    It looks at all that is known of these addresses: the events told now and the log. Each
    soft bounce that is at least the fifth, of as many mails, begins a rest.

    :param list[tuple] told: address, instant, Message-Id or None
    """
    return SQL(
        """
        WITH told AS (
            SELECT * FROM unnest(%(addresses)s::varchar[], %(instants)s::timestamp[],
                                 %(messages)s::varchar[]) AS raw(address, at, message_id)
        ),
        logged AS MATERIALIZED (
            SELECT event.recipient AS address, event.occurred_at AS at,
                   coalesce(event.message_id, event.occurred_at::varchar) AS mail
              FROM ecrm_email_event event
             WHERE event.type = 'bounced' AND event.bounce_kind = 'soft'
               AND event.recipient IN (SELECT address FROM told)
        ),
        bounce AS MATERIALIZED (
            SELECT * FROM logged
             UNION
            SELECT address, at, coalesce(message_id, at::varchar) FROM told
             -- the digest hands over what is in the log, without the Message-Id
             WHERE message_id IS NOT NULL OR NOT EXISTS (
                SELECT FROM logged WHERE logged.address = told.address AND logged.at = told.at)
        )
        SELECT last.address, last.at, last.at + %(rest)s * interval '1 day'
          FROM (SELECT DISTINCT address, at FROM bounce) last
          JOIN bounce earlier
            ON earlier.address = last.address AND earlier.at <= last.at
           AND earlier.at > last.at - %(within)s * interval '1 day'
         GROUP BY last.address, last.at
        HAVING count(DISTINCT earlier.mail) >= %(bounces)s
           AND min(earlier.at) <= last.at - %(over)s * interval '1 day'
        """,
        addresses=[address for address, _at, _mail in told],
        instants=[at for _address, at, _mail in told],
        messages=[mail for _address, _at, mail in told],
        rest=REST_DAYS,
        within=WITHIN_DAYS,
        bounces=SOFT_BOUNCES,
        over=OVER_DAYS,
    )
