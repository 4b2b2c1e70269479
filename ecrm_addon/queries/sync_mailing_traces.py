"""What Odoo's own screens show of a mailing: what people did, not what machines did."""

from odoo.tools import SQL

from .digest_email_events import COUNTS


def traces(refs):
    """Return the statement that writes Odoo's traces of mailings after mails changed.

    A verdict may be revised, so an open may go again. What Odoo found out itself, such as
    a bounce or a reply, stays.

    :param Iterable[int] refs: of mails
    """
    return SQL(
        """
        UPDATE mailing_trace trace
           SET trace_status = now.status, open_datetime = now.opened_at,
               links_click_datetime = now.clicked_at,
               failure_type = CASE WHEN now.status = 'bounce' AND trace.trace_status != 'bounce'
                                   THEN 'mail_bounce' ELSE trace.failure_type END
          FROM (
            SELECT old.id, message.last_human_click_at AS clicked_at,
                   coalesce(message.first_human_open_at,
                            CASE WHEN old.trace_status = 'reply' THEN old.open_datetime END)
                       AS opened_at,
                   CASE WHEN old.trace_status = 'reply' OR message.replied_at IS NOT NULL
                        THEN 'reply'
                        WHEN message.first_human_open_at IS NOT NULL THEN 'open'
                        WHEN message.state = 'bounced' OR old.trace_status = 'bounce'
                        THEN 'bounce'
                        ELSE 'sent' END AS status
              FROM ecrm_email_message message
              JOIN mailing_trace old ON old.id = message.trace_id
             WHERE message.id = ANY(%s) AND message.state NOT IN ('queued', 'failed')
               AND (old.trace_status IN ('outgoing', 'pending', 'sent', 'open', 'reply', 'bounce')
                    -- refused at the door by the recipient's server
                    OR old.trace_status = 'error' AND message.state = 'bounced')
          ) now
         WHERE trace.id = now.id
           AND (trace.trace_status, trace.open_datetime, trace.links_click_datetime)
               IS DISTINCT FROM (now.status, now.opened_at, now.clicked_at)
        """,
        list(refs),
    )


def clicks(refs):
    """Return the query of the clicks on Odoo's tracked links in some mails.

    :return: SQL giving event, tracked link, trace, mailing, campaign, whether a person clicked
    """
    return SQL(
        """
        SELECT event.id, link.link_tracker_id, trace.id, message.mailing_id, trace.campaign_id,
               coalesce(event.verdict = 'human' AND %s, false)
          FROM ecrm_email_event event
          JOIN ecrm_email_link link ON link.id = event.link_ref
          JOIN ecrm_email_message message ON message.id = event.email_message_ref
          JOIN mailing_trace trace ON trace.id = message.trace_id
         WHERE event.email_message_ref = ANY(%s) AND event.type = 'clicked'
           AND link.link_tracker_id IS NOT NULL
        """,
        COUNTS,
        list(refs),
    )
