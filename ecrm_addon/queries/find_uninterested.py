"""The sunset rule: who gets mailings and shows no sign of interest, and who did again."""

from odoo.tools import SQL

#: Received so many mailings in so many days without any sign.
MAILINGS = 10
DAYS = 180


def add(company_id, at):
    """Return the statement that stops mailings to addresses that show no interest.

    No sign: no open, click or answer by a person in any mail of the company, and no order,
    within the same days.

    :param int company_id: whose mailings
    :param datetime at: naive UTC
    """
    return SQL(
        """
        INSERT INTO ecrm_suppression (email_normalized, scope, company_id, reason, source, since,
                                      create_uid, create_date, write_uid, write_date)
        SELECT mail.email_normalized, 'marketing', %(company)s, 'sunset', 'sunset rule', %(at)s,
               1, %(at)s, 1, %(at)s
          FROM ecrm_email_message mail
          LEFT JOIN mailing_mailing mailing ON mailing.id = mail.mailing_id
          LEFT JOIN res_users sender ON sender.id = mailing.user_id
         WHERE coalesce(sender.company_id, mail.company_id, %(company)s) = %(company)s
           AND mail.create_date > %(since)s
           AND mail.create_date <= %(at)s
         GROUP BY mail.email_normalized
        HAVING count(*) FILTER (
                WHERE mail.kind = 'mailing'
                  AND mail.state NOT IN ('queued', 'bounced', 'rejected', 'failed')
               ) >= %(mailings)s
           AND NOT EXISTS (
                SELECT FROM ecrm_email_message seen
                 WHERE seen.email_normalized = mail.email_normalized
                   AND (seen.company_id IS NULL OR seen.company_id = %(company)s)
                   AND greatest(seen.first_human_open_at, seen.last_human_click_at,
                                seen.replied_at) > %(since)s)
           AND NOT EXISTS (%(order)s)
           AND NOT EXISTS (
                SELECT FROM ecrm_suppression known
                 WHERE known.email_normalized = mail.email_normalized
                   AND (known.company_id IS NULL OR known.company_id = %(company)s)
                   AND known.reason = 'sunset'
                   -- after a lift the count begins anew
                   AND (known.lifted_at IS NULL OR known.lifted_at > %(since)s))
            ON CONFLICT DO NOTHING
        """,
        company=company_id,
        at=at,
        since=_since(at),
        mailings=MAILINGS,
        order=_order(SQL("mail.email_normalized"), company_id, _since(at)),
    )


def revive(company_id):
    """Return the query of the ids of sunset suppressions whose owner showed up again.

    A click by a person or an order after the suppression began lifts it; an open does not,
    as too many programs open mails.

    :param int company_id: whose mailings
    """
    return SQL(
        """
        SELECT row.id FROM ecrm_suppression row
         WHERE row.reason = 'sunset' AND row.lifted_at IS NULL AND row.company_id = %(company)s
           AND (EXISTS (
                SELECT FROM ecrm_email_message mail
                 WHERE mail.email_normalized = row.email_normalized
                   AND (mail.company_id IS NULL OR mail.company_id = %(company)s)
                   AND mail.last_human_click_at > row.since)
                OR EXISTS (%(order)s))
        """,
        company=company_id,
        order=_order(SQL("row.email_normalized"), company_id, SQL("row.since")),
    )


def _since(at):
    return SQL("(%s::timestamp - %s * interval '1 day')", at, DAYS)


def _order(address, company_id, since):
    return SQL(
        """
        SELECT FROM res_partner partner
          JOIN sale_order orders ON orders.partner_id = partner.id
         WHERE partner.email_normalized = %(address)s AND orders.state = 'sale'
           AND orders.company_id = %(company)s AND orders.date_order > %(since)s
        """,
        address=address,
        company=company_id,
        since=since,
    )
