"""How warm contacts are now: what is kept of them, faded to this instant."""

from odoo.tools import SQL

from ..lib.email import engagement
from .expressions import NOW


def score(profile):
    """Return the SQL of a score as of now; NULL where there was no act.

    :param str profile: alias of a row of ``ecrm_email_profile``
    """
    return SQL(
        """
        (%(value)s * power(2::float8, greatest(%(smallest)s,
            date_part('epoch', %(as_of)s - %(now)s) / %(life)s)))
        """,
        value=SQL.identifier(profile, "email_score"),
        as_of=SQL.identifier(profile, "email_score_at"),
        now=NOW,
        smallest=engagement.SMALLEST_POWER,
        life=float(engagement.HALF_LIFE * engagement.DAY),
    )


def band(profile, suppressed):
    """Return the SQL of a band as of now; NULL for whom there is no row.

    :param str profile: alias of a row of ``ecrm_email_profile``
    :param SQL suppressed: whether the contact must not be mailed
    """
    points = SQL("coalesce(%s, 0)", score(profile))
    steps = SQL(" ").join(
        SQL("WHEN %s >= %s THEN %s", points, least, name) for name, least in engagement.BANDS[:-1]
    )
    return SQL(
        """
        (CASE WHEN %(id)s IS NULL THEN NULL
              WHEN %(suppressed)s THEN 'suppressed'
              WHEN %(points)s >= 0 AND %(points)s < %(engaged)s
                   AND %(first)s >= %(now)s - %(days)s * interval '1 day' THEN 'new'
              %(steps)s ELSE 'lost' END)
        """,
        id=SQL.identifier(profile, "id"),
        suppressed=suppressed,
        points=points,
        engaged=engagement.BANDS[0][1],
        first=SQL.identifier(profile, "first_mail_at"),
        now=NOW,
        days=engagement.NEW_DAYS,
        steps=steps,
    )


def is_suppressed(profile, with_suppressions):
    """Return the SQL of whether a contact's address must not be mailed.

    :param str profile: alias of a row of ``ecrm_email_profile``
    :param bool with_suppressions: whether there is a table of suppressions
    """
    ours = SQL(
        """
        OR EXISTS (
            SELECT FROM ecrm_suppression refusal
             WHERE refusal.email_normalized = contact.email_normalized
               AND refusal.scope IN ('marketing', 'everything') AND refusal.lifted_at IS NULL
               AND (refusal.expires_at IS NULL OR refusal.expires_at > %s)
               AND (refusal.company_id IS NULL OR refusal.company_id = %s)
        )
        """,
        NOW,
        SQL.identifier(profile, "company_id"),
    )
    return SQL(
        """
        EXISTS (
            SELECT FROM res_partner contact
             WHERE contact.id = %(partner)s AND (
                EXISTS (SELECT FROM mail_blacklist blocked
                         WHERE blocked.email = contact.email_normalized AND blocked.active)
                %(ours)s)
        )
        """,
        partner=SQL.identifier(profile, "partner_id"),
        ours=ours if with_suppressions else SQL(),
    )


def figures(partner_ids, company_id, with_suppressions):
    """Return the query of what a company knows of contacts now, and of its customers' hours.

    :param list[int] partner_ids: contacts
    :param int company_id: whose rows are told; those of no company where it has none
    :param bool with_suppressions: whether there is a table of suppressions
    :return: SQL giving (contact, score, band, best hour, NULL) of each contact that has a row,
        and (NULL, NULL, NULL, hour, contacts) of each hour that is somebody's best
    """
    return SQL(
        """
        (SELECT DISTINCT ON (profile.partner_id)
                profile.partner_id, %(score)s, %(band)s, profile.best_hour, NULL::bigint
           FROM ecrm_email_profile profile
          WHERE profile.partner_id = ANY(%(ids)s)
            AND (profile.company_id = %(company)s OR profile.company_id IS NULL)
          ORDER BY profile.partner_id, profile.company_id NULLS LAST)
          UNION ALL
        (%(hours)s)
        """,
        score=score("profile"),
        band=band("profile", is_suppressed("profile", with_suppressions)),
        ids=list(partner_ids),
        company=company_id,
        hours=hours(company_id),
    )


def hours(company_id):
    """Return the query of how many contacts have which best hour, see ``figures``."""
    return SQL(
        """
        SELECT NULL::int, NULL::float8, NULL, best_hour, count(*) FROM ecrm_email_profile
         WHERE best_hour IS NOT NULL AND (company_id = %s OR company_id IS NULL)
         GROUP BY best_hour
        """,
        company_id,
    )
