"""Whose mails events belong to, what people and machines did with them, what became of each."""

from odoo.tools import SQL

from . import find_objections
from .expressions import NOW

#: A hit that only asks for headers, or follows a bait, is evidence, and counts nowhere.
COUNTS = SQL("(event.method IS DISTINCT FROM 'HEAD' AND link.is_honeypot IS NOT TRUE)")
#: Seconds by which the clocks of two servers may differ.
CLOCK_SKEW = 120
#: Days in which a mail may be the one that an event without a known Message-Id is about.
LATELY = 3


def claim(limit, patience=0):
    """Return the query of the oldest events that were not digested: their ids.

    :param int limit: events at most
    :param int patience: seconds that a hit waits for those that come with it
    """
    return SQL(
        """
        SELECT id FROM ecrm_email_event
         WHERE is_digested IS NOT TRUE
           AND (type NOT IN ('opened', 'clicked')
                OR received_at <= %(now)s - make_interval(secs => %(patience)s))
         ORDER BY id LIMIT %(limit)s
        """,
        now=NOW,
        patience=patience,
        limit=limit,
    )


def match(ids):
    """Return the statement that finds out which mail some events are about.

    By the Message-Id and the recipient; by the Message-Id alone where one person got it; else
    by the recipient, where there was one mail to that address lately. Providers that give
    mails ids of their own are known by that alone.
    """
    # three lookups by three indexes; one condition with three cases would read all mails
    return SQL(
        """
        UPDATE ecrm_email_event event
           SET email_message_ref = found.id, mailing_ref = found.mailing_id,
               company_ref = coalesce(event.company_ref, found.company_id)
          FROM ecrm_email_event told
          -- as the header writes it: many leave the brackets out
         CROSS JOIN LATERAL (
            SELECT '<' || btrim(told.message_id, ' <>') || '>' AS message_id
         ) written
         CROSS JOIN LATERAL (
            SELECT min(id) AS id, min(mailing_id) AS mailing_id, min(company_id) AS company_id
              FROM (
                SELECT message.id, message.mailing_id, message.company_id
                  FROM ecrm_email_message message
                 WHERE message.id = told.email_message_ref
                 UNION ALL
                SELECT message.id, message.mailing_id, message.company_id
                  FROM ecrm_email_message message
                 WHERE told.email_message_ref IS NULL AND message.message_id = written.message_id
                   AND (told.recipient IS NULL OR message.email_normalized = told.recipient)
                   AND %(own)s
                 UNION ALL
                SELECT message.id, message.mailing_id, message.company_id
                  FROM ecrm_email_message message
                 WHERE told.email_message_ref IS NULL
                   AND message.email_normalized = told.recipient
                   AND message.create_date BETWEEN
                       told.occurred_at - make_interval(days => %(days)s)
                       AND told.occurred_at + interval '1 minute'
                   AND %(own)s
                   AND NOT EXISTS (SELECT FROM ecrm_email_message known
                                    WHERE known.message_id = written.message_id)
              ) candidate
            HAVING count(*) = 1
         ) found
         WHERE told.id = ANY(%(ids)s) AND told.id = event.id
        """,
        ids=list(ids),
        days=LATELY,
        # one company's provider cannot speak of another's mails
        own=SQL("coalesce(message.company_id = told.company_ref, true)"),
    )


def drop_objected(ids):
    """Return the statement that drops opens and clicks of who objects to being measured.

    Our doors take none of them; providers that measure by themselves tell them all the same.
    """
    whose = SQL(
        """
        SELECT event.id, coalesce(message.email_normalized, event.recipient) AS address
          FROM ecrm_email_event event
          LEFT JOIN ecrm_email_message message ON message.id = event.email_message_ref
         WHERE event.id = ANY(%s) AND event.type IN ('opened', 'clicked')
        """,
        list(ids),
    )
    return SQL(
        """
        WITH hit AS MATERIALIZED (%(whose)s),
        objector(address) AS MATERIALIZED (%(objectors)s)
        DELETE FROM ecrm_email_event event USING hit, objector
         WHERE event.id = hit.id AND hit.address = objector.address
        """,
        whose=whose,
        objectors=find_objections.of_addresses(SQL("ARRAY(SELECT address FROM hit)")),
    )


def refs(ids):
    """Return the query of the mails that some events are about, and whether there were hits."""
    return SQL(
        """
        SELECT email_message_ref, bool_or(type IN ('opened', 'clicked', 'sent', 'delivered'))
          FROM ecrm_email_event
         WHERE id = ANY(%s) AND email_message_ref IS NOT NULL
         GROUP BY email_message_ref
        """,
        list(ids),
    )


def hits(refs_):
    """Return the query of all hits of some mails, with what is needed to judge them.

    :return: SQL giving mail, links in it, and per hit: id, seconds since delivery, type, link,
        whether it is a bait, method, agent, network, purpose, what the provider says, and
        the verdict until now
    """
    return SQL(
        """
        SELECT event.email_message_ref, message.link_count, event.id,
               extract(epoch FROM event.occurred_at - arrival.at)::float8,
               event.type, coalesce(event.link_ref::text, event.url),
               coalesce(link.is_honeypot, false), event.method,
               -- our doors saw that there was none; others do not always tell
               CASE WHEN event.source IN ('pixel', 'link') THEN coalesce(event.user_agent, '')
                    ELSE event.user_agent END,
               event.ip_cut, event.purpose, coalesce(event.is_machine, false), event.verdict
          FROM ecrm_email_event event
          LEFT JOIN ecrm_email_message message ON message.id = event.email_message_ref
          LEFT JOIN ecrm_email_link link ON link.id = event.link_ref
          LEFT JOIN LATERAL (
            -- by our own clock, unless the mail was long on its way: the clocks of others
            -- differ, and nobody reads a mail before it arrives
            SELECT CASE WHEN min(told.occurred_at) FILTER (WHERE told.type = 'delivered')
                             < min(told.occurred_at) FILTER (WHERE told.type = 'sent')
                               + make_interval(secs => %(skew)s)
                        THEN min(told.occurred_at) FILTER (WHERE told.type = 'sent')
                        ELSE coalesce(
                            min(told.occurred_at) FILTER (WHERE told.type = 'delivered'),
                            min(told.occurred_at) FILTER (WHERE told.type = 'sent')) END AS at
              FROM ecrm_email_event told
             WHERE told.email_message_ref = event.email_message_ref
               AND told.type IN ('delivered', 'sent')
          ) arrival ON TRUE
         WHERE event.email_message_ref = ANY(%(refs)s) AND event.type IN ('opened', 'clicked')
         ORDER BY event.email_message_ref, event.id
        """,
        refs=list(refs_),
        skew=CLOCK_SKEW,
    )


def write_verdicts(rows):
    """Return the statement that writes verdicts where they changed.

    :param str rows: JSON array of objects with ``id``, ``verdict`` and ``reasons``
    :return: SQL giving the ids of events that had another verdict before
    """
    return SQL(
        """
        UPDATE ecrm_email_event event
           SET verdict = judged.verdict, verdict_reasons = judged.reasons
          FROM jsonb_to_recordset(%s::jsonb) AS judged(id int4, verdict varchar, reasons varchar),
               ecrm_email_event before
         WHERE event.id = judged.id AND before.id = judged.id
           AND (event.verdict, event.verdict_reasons)
               IS DISTINCT FROM (judged.verdict, judged.reasons)
        RETURNING event.id, before.is_digested
        """,
        rows,
    )


def close(ids):
    """Return the statement that marks events as digested."""
    return SQL("UPDATE ecrm_email_event SET is_digested = TRUE WHERE id = ANY(%s)", list(ids))


def update_messages(refs_):
    """Return the statement that derives state, instants and counters of mails from all events.

    The result depends on the set of events, not on the order in which they came.
    """
    return SQL(
        """
        WITH told AS (
            SELECT event.email_message_ref AS id,
                   min(occurred_at) FILTER (WHERE type = 'sent') AS sent_at,
                   min(occurred_at) FILTER (WHERE type = 'deferred') AS deferred_at,
                   min(occurred_at) FILTER (WHERE type = 'delivered') AS delivered_at,
                   min(occurred_at) FILTER (WHERE type = 'rejected') AS rejected_at,
                   min(occurred_at) FILTER (WHERE type = 'failed') AS failed_at,
                   min(occurred_at) FILTER (WHERE came_back) AS bounced_at,
                   -- the worst that is known; and its reason
                   min(bounce_kind) FILTER (WHERE came_back) AS bounce_kind,
                   min(reject_reason) FILTER (WHERE came_back OR type = 'rejected')
                       AS bounce_reason,
                   min(occurred_at) FILTER (WHERE type = 'complained') AS complained_at,
                   min(occurred_at) FILTER (WHERE type = 'unsubscribed') AS unsubscribed_at,
                   min(occurred_at) FILTER (WHERE type = 'replied') AS replied_at,
                   min(occurred_at) FILTER (WHERE type = 'autoreplied') AS autoreplied_at,
                   min(occurred_at) FILTER (WHERE human AND type = 'opened') AS opened_at,
                   min(occurred_at) FILTER (WHERE human AND type = 'clicked') AS clicked_at,
                   max(occurred_at) FILTER (WHERE human AND type = 'clicked') AS last_clicked_at,
                   count(*) FILTER (WHERE human AND type = 'opened') AS human_opens,
                   count(*) FILTER (WHERE human AND type = 'clicked') AS human_clicks,
                   count(*) FILTER (WHERE machine AND type = 'opened') AS machine_opens,
                   count(*) FILTER (WHERE machine AND type = 'clicked') AS machine_clicks,
                   count(*) FILTER (WHERE counts AND type = 'opened') AS opens,
                   count(*) FILTER (WHERE counts AND type = 'clicked') AS clicks
              FROM ecrm_email_event event
              LEFT JOIN ecrm_email_link link ON link.id = event.link_ref
             CROSS JOIN LATERAL (
                -- our mail server took it later than it had refused it
                SELECT type = 'bounced' AND NOT (event.source = 'smtp' AND EXISTS (
                           SELECT FROM ecrm_email_event again
                            WHERE again.email_message_ref = event.email_message_ref
                              AND again.type = 'sent'
                              AND again.occurred_at >= event.occurred_at)) AS came_back,
                       %(counts)s AS counts,
                       coalesce(event.verdict = 'human' AND %(counts)s, false) AS human,
                       coalesce(event.verdict = 'machine' AND %(counts)s, false) AS machine
             ) weighed
             WHERE event.email_message_ref = ANY(%(refs)s)
             GROUP BY event.email_message_ref
        )
        UPDATE ecrm_email_message message
           SET sent_at = told.sent_at, deferred_at = told.deferred_at,
               delivered_at = told.delivered_at, bounced_at = told.bounced_at,
               bounce_kind = told.bounce_kind, bounce_reason = told.bounce_reason,
               complained_at = told.complained_at, unsubscribed_at = told.unsubscribed_at,
               replied_at = told.replied_at, autoreplied_at = told.autoreplied_at,
               -- who followed a link read the mail, whether pictures were loaded or not
               first_human_open_at = least(told.opened_at, told.clicked_at),
               first_human_click_at = told.clicked_at,
               last_human_click_at = told.last_clicked_at,
               human_open_count = greatest(told.human_opens, least(told.human_clicks, 1)),
               human_click_count = told.human_clicks,
               machine_open_count = told.machine_opens,
               machine_click_count = told.machine_clicks,
               open_count = told.opens, click_count = told.clicks,
               state = CASE
                   WHEN told.complained_at IS NOT NULL THEN 'complained'
                   WHEN told.unsubscribed_at IS NOT NULL THEN 'unsubscribed'
                   WHEN told.replied_at IS NOT NULL THEN 'replied'
                   WHEN told.human_clicks > 0 THEN 'clicked'
                   WHEN told.human_opens > 0 THEN 'opened'
                   WHEN told.bounce_kind = 'hard' THEN 'bounced'
                   WHEN told.delivered_at IS NOT NULL THEN 'delivered'
                   WHEN told.bounced_at IS NOT NULL THEN 'bounced'
                   WHEN told.rejected_at IS NOT NULL THEN 'rejected'
                   WHEN told.deferred_at IS NOT NULL THEN 'deferred'
                   WHEN told.sent_at IS NOT NULL THEN 'sent'
                   WHEN told.failed_at IS NOT NULL THEN 'failed'
                   ELSE 'queued' END
          FROM told
         WHERE message.id = told.id
           -- what was known of it stays, once its oldest events were removed for their age
           AND (message.sent_at IS NULL OR told.sent_at IS NOT NULL)
        """,
        counts=COUNTS,
        refs=list(refs_),
    )


def to_learn(ids):
    """Return the query of those events that say who is not to be mailed any more."""
    return SQL(
        """
        SELECT event.type, coalesce(message.email_normalized, event.recipient) AS recipient,
               event.bounce_kind, event.occurred_at, event.source,
               message.id AS email_message_id, message.mailing_id,
               coalesce(message.company_id, event.company_ref) AS company_id
          FROM ecrm_email_event event
          LEFT JOIN ecrm_email_message message ON message.id = event.email_message_ref
         WHERE event.id = ANY(%s)
           AND event.type IN ('bounced', 'complained', 'unsubscribed', 'deferred')
           AND coalesce(message.email_normalized, event.recipient) IS NOT NULL
           -- anybody can send a report by mail; a provider's is signed
           AND (message.id IS NOT NULL OR event.provider IS NOT NULL)
         ORDER BY event.id
        """,
        list(ids),
    )
