"""Counting what somebody was mailed lately, to keep it bearable."""

from odoo.tools import SQL

#: Days that have to be between two mails of who wants few. Half a day less than said, so that
#: a newsletter of every Tuesday comes each week although it goes out some minutes earlier.
GAPS = {"weekly": 6.5, "monthly": 27.5}


def build(addresses, company_id, count, days, at, topic_id=None):
    """Return the query of the addresses that were mailed often enough: address, who says so.

    A mailing counts as soon as it is in the queue; cancelled, failed and bounced ones do not.

    :param list[str] addresses: normalized
    :param int company_id: whose mailings
    :param int count: mailings that the company allows, 0 for any number
    :param int days: within so many days
    :param datetime at: naive UTC
    :param int topic_id: of what is about to be sent; of it the customer may want less
    """
    return SQL(
        """
        SELECT asked.address,
               CASE WHEN mailed.own OR topic.own THEN 'frequency' ELSE 'cap' END
          FROM unnest(%(addresses)s::varchar[]) AS asked(address)
          LEFT JOIN ecrm_email_preference preference
            ON preference.email_normalized = asked.address AND preference.company_id = %(company)s
          JOIN LATERAL (
            SELECT count(*) FILTER (WHERE mail.at > %(at)s - %(days)s * interval '1 day') AS lately,
                   bool_or(mail.at > %(at)s - interval '1 day' * %(gap)s) AS own
              FROM (%(mails)s) mail
             WHERE mail.at <= %(at)s
          ) mailed ON true
          LEFT JOIN LATERAL (%(of_topic)s) topic ON true
         WHERE mailed.own OR topic.own OR (%(count)s > 0 AND mailed.lately >= %(count)s)
        """,
        addresses=list(addresses),
        company=company_id,
        count=count,
        days=days,
        at=at,
        gap=_GAP,
        mails=_mails(SQL("asked.address"), company_id),
        of_topic=_of_topic(SQL("asked.address"), company_id, topic_id, at),
    )


def free_from(address, company_id, count, days, at):
    """Return the query of from when on somebody may be mailed again, if nothing is until then.

    :param str address: normalized; the others as in ``build``
    :return: SQL giving one row: naive UTC, NULL where nothing was in the way
    """
    return SQL(
        """
        SELECT max(free.at)
          FROM (
            (SELECT mail.at + interval '1 day' * %(gap)s AS at
               FROM (%(mails)s) mail
               JOIN ecrm_email_preference preference
                 ON preference.email_normalized = %(address)s
                AND preference.company_id = %(company)s)
             UNION ALL
            (SELECT mail.at + %(days)s * interval '1 day'
               FROM (%(mails)s) mail
              WHERE %(count)s > 0 AND mail.at <= %(at)s
              ORDER BY mail.at DESC OFFSET %(offset)s LIMIT 1)
          ) free
        """,
        address=address,
        company=company_id,
        count=count,
        offset=max(count - 1, 0),
        days=days,
        at=at,
        gap=_GAP,
        mails=_mails(SQL("%s", address), company_id),
    )


def _gap(frequency):
    return SQL(
        "CASE %s WHEN 'weekly' THEN %s WHEN 'monthly' THEN %s END",
        frequency,
        GAPS["weekly"],
        GAPS["monthly"],
    )


_GAP = _gap(SQL("preference.frequency"))


def _of_topic(address, company_id, topic_id, at):
    """Return the query of whether an address got as many mails of a topic as it wants.

    Of a topic count mailings, and what is sent one by one: reminders of carts, warnings.
    """
    if not topic_id:
        return SQL("SELECT false AS own")
    return SQL(
        """
        SELECT bool_or(mail.at > %(at)s - interval '1 day' * %(gap)s) AS own
          FROM (
            SELECT at FROM (%(mails)s) mailing WHERE topic_id = %(topic)s
             UNION ALL
            SELECT message.create_date
              FROM ecrm_email_message message
             WHERE message.email_normalized = %(address)s AND message.mailing_id IS NULL
               AND message.topic_id = %(topic)s AND message.company_id = %(company)s
               AND message.state NOT IN ('bounced', 'rejected', 'failed')
          ) mail
         -- nobody's mails are read who did not ask for less
         WHERE mail.at <= %(at)s AND preference.topic_frequencies ? %(key)s
        """,
        at=at,
        gap=_gap(SQL("preference.topic_frequencies ->> %s", str(topic_id))),
        mails=_mails(address, company_id),
        topic=topic_id,
        address=address,
        company=company_id,
        key=str(topic_id),
    )


def _mails(address, company_id):
    """Return the query of when an address was mailed, or is about to be, and of which topic."""
    return SQL(
        """
        SELECT coalesce(trace.sent_datetime, trace.create_date) AS at,
               mailing.ecrm_topic_id AS topic_id
          FROM mailing_trace trace
          JOIN mailing_mailing mailing ON mailing.id = trace.mass_mailing_id
          LEFT JOIN res_users sender ON sender.id = mailing.user_id
         WHERE trace.email = %(address)s AND trace.trace_type = 'mail'
           AND trace.is_test_trace IS NOT TRUE
           AND trace.trace_status NOT IN ('cancel', 'error', 'bounce')
           AND coalesce(sender.company_id, %(company)s) = %(company)s
        """,
        address=address,
        company=company_id,
    )
