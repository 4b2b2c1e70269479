"""What the health of the mailing list rests on, and the figures of a month."""

from odoo.tools import SQL

from .email_figures import sums, visible


def people(now, company_ids):
    """Return the query of who was mailed in the last 90 days and in the 90 days before.

    Of mailings alone: whoever buys opens the confirmation of the order.

    :param datetime now: UTC
    :return: SQL giving one row: reached, engaged, recent, former, joined, lost
    """
    return SQL(
        """
        SELECT count(*) FILTER (WHERE reached) AS reached,
               count(*) FILTER (WHERE reached AND last_act >= %(now)s - interval '90 days')
                   AS engaged,
               count(*) FILTER (WHERE reached AND last_act >= %(now)s - interval '30 days')
                   AS recent,
               count(*) FILTER (WHERE former) AS former,
               count(*) FILTER (WHERE reached AND NOT former) AS joined,
               count(*) FILTER (WHERE lost) AS lost
          FROM (
            SELECT message.email_normalized,
                   bool_or(message.create_date >= %(now)s - interval '90 days'
                           AND message.state NOT IN ('queued', 'failed', 'rejected', 'bounced'))
                       AS reached,
                   bool_or(message.create_date < %(now)s - interval '90 days'
                           AND message.state NOT IN ('queued', 'failed', 'rejected', 'bounced'))
                       AS former,
                   bool_or(message.create_date >= %(now)s - interval '90 days'
                           AND (message.unsubscribed_at IS NOT NULL
                                OR message.complained_at IS NOT NULL
                                OR message.state = 'bounced' AND message.bounce_kind = 'hard'))
                       AS lost,
                   max(greatest(message.first_human_open_at, message.last_human_click_at))
                       AS last_act
              FROM ecrm_email_message message
             WHERE message.create_date >= %(now)s - interval '180 days'
               AND message.mailing_id IS NOT NULL AND %(visible)s
             GROUP BY 1
          ) person
        """,
        now=now,
        visible=visible(company_ids),
    )


def figures(since, until, company_ids):
    """Return the query of the figures of all mails of a period.

    :param datetime since, until: UTC
    """
    return SQL(
        """
        SELECT %s FROM ecrm_email_message message
         WHERE message.create_date >= %s AND message.create_date < %s AND %s
        """,
        sums(),
        since,
        until,
        visible(company_ids),
    )
