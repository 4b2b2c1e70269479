"""Searches in the help pages: appended one by one, added up per day afterwards."""

from odoo.tools import SQL


def build(today, limit):
    """Return the statement that makes one row of those of past days that say the same.

    :param date today: rows of this day are still written
    :param int limit: groups at a time
    """
    return SQL(
        """
        WITH double AS (
            SELECT min(id) AS kept, array_agg(id) AS ids, sum(count)::int AS count
              FROM ecrm_faq_search
             WHERE day < %s
             GROUP BY day, website_id, company_id, lang, term, is_found
            HAVING count(*) > 1
             LIMIT %s
        ), removed AS (
            DELETE FROM ecrm_faq_search AS row USING double
             WHERE row.id = ANY(double.ids) AND row.id <> double.kept
        )
        UPDATE ecrm_faq_search AS row SET count = double.count
          FROM double WHERE row.id = double.kept
        """,
        today,
        limit,
    )


def forget_old(oldest, limit):
    """Return the statement that removes some of the rows of before a day."""
    return SQL(
        """
        DELETE FROM ecrm_faq_search
         WHERE id IN (SELECT id FROM ecrm_faq_search WHERE day < %s LIMIT %s)
        """,
        oldest,
        limit,
    )


def forget_rare(latest, least, limit):
    """Return the statement that removes rows of words that were asked for less often than that.

    :param date latest: words that were asked for since are still waited for
    :param int least: searches that are enough to be kept
    :param int limit: rows at a time
    """
    return SQL(
        """
        DELETE FROM ecrm_faq_search
         WHERE id IN (
            SELECT unnest(array_agg(id)) FROM ecrm_faq_search
             GROUP BY website_id, company_id, lang, term
            HAVING sum(count) < %s AND max(day) < %s
             LIMIT %s)
        """,
        least,
        latest,
        limit,
    )
