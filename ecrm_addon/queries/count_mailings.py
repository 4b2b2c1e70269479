"""Counting what somebody was mailed lately, to keep it bearable."""

from odoo.tools import SQL

#: Days that have to be between two mails of who wants few. Half a day less than said, so that
#: a newsletter of every Tuesday comes each week although it goes out some minutes earlier.
GAPS = {"weekly": 6.5, "monthly": 27.5}


def build(addresses, company_id, count, days, at):
    """Return the query of the addresses that were mailed often enough: address, who says so.

    A mailing counts as soon as it is in the queue; cancelled, failed and bounced ones do not.

    :param list[str] addresses: normalized
    :param int company_id: whose mailings
    :param int count: mailings that the company allows, 0 for any number
    :param int days: within so many days
    :param datetime at: naive UTC
    """
    return SQL(
        """
        SELECT asked.address,
               CASE WHEN mailed.own THEN 'frequency' ELSE 'cap' END
          FROM unnest(%(addresses)s::varchar[]) AS asked(address)
          LEFT JOIN ecrm_email_preference preference
            ON preference.email_normalized = asked.address AND preference.company_id = %(company)s
          JOIN LATERAL (
            SELECT count(*) FILTER (WHERE mail.at > %(at)s - %(days)s * interval '1 day') AS lately,
                   bool_or(mail.at > %(at)s - interval '1 day' * CASE preference.frequency
                        WHEN 'weekly' THEN %(weekly)s WHEN 'monthly' THEN %(monthly)s END) AS own
              FROM (
                SELECT coalesce(trace.sent_datetime, trace.create_date) AS at
                  FROM mailing_trace trace
                  JOIN mailing_mailing mailing ON mailing.id = trace.mass_mailing_id
                  LEFT JOIN res_users sender ON sender.id = mailing.user_id
                 WHERE trace.email = asked.address AND trace.trace_type = 'mail'
                   AND trace.is_test_trace IS NOT TRUE
                   AND trace.trace_status NOT IN ('cancel', 'error', 'bounce')
                   AND coalesce(sender.company_id, %(company)s) = %(company)s
              ) mail
             WHERE mail.at <= %(at)s
          ) mailed ON true
         WHERE mailed.own OR (%(count)s > 0 AND mailed.lately >= %(count)s)
        """,
        addresses=list(addresses),
        company=company_id,
        count=count,
        days=days,
        at=at,
        weekly=GAPS["weekly"],
        monthly=GAPS["monthly"],
    )
