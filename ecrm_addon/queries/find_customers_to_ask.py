"""Customers who may be asked whether they recommend a company."""

from odoo.tools import SQL


def build(company_id, ordered_since, asked_since, after_id, limit):
    """Return the query of people who ordered lately and were not asked for long.

    Whether it is their turn, and whether they want such mails, is for the caller to find out.

    :param int company_id: that asks
    :param datetime ordered_since: instant (UTC) of the last order at the earliest
    :param datetime asked_since: who was asked after it (UTC) is left out
    :param int after_id: only contacts with a higher id
    :param int limit: at most so many
    :return: SQL giving id
    """
    return SQL(
        """
        SELECT partner.id
          FROM res_partner partner
         WHERE partner.id > %(after)s AND partner.active AND partner.partner_share
           AND partner.email_normalized IS NOT NULL
           AND EXISTS (
                SELECT FROM sale_order sale
                 WHERE sale.partner_id = partner.id AND sale.company_id = %(company)s
                   AND sale.state = 'sale' AND sale.date_order > %(ordered)s)
           AND NOT EXISTS (
                SELECT FROM ecrm_feedback known
                 WHERE known.partner_id = partner.id AND known.company_id = %(company)s
                   AND known.kind = 'nps' AND known.asked_at > %(asked)s)
           AND NOT EXISTS (
                SELECT FROM ecrm_feedback known
                 WHERE known.email = partner.email_normalized
                   AND known.company_id = %(company)s
                   AND known.kind = 'nps' AND known.asked_at > %(asked)s)
         ORDER BY partner.id LIMIT %(limit)s
        """,
        company=company_id,
        ordered=ordered_since,
        asked=asked_since,
        after=after_id,
        limit=limit,
    )
