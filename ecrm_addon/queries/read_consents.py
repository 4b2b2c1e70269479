"""What one person agreed to and took back."""

from odoo.tools import SQL

#: Lines that hold are few: one for each browser, topic and purpose.
MOST_HOLDING = 500
COLUMNS = (
    "id",
    "at",
    "purpose",
    "state",
    "source",
    "topic_id",
    "version",
    "identity_id",
    "kind",
    "is_own",
    "holds",
    "number",
    "frequency",
    "paused_until",
    "text",
    "used_at",
    "website_id",
)


def build(partner_id, address, consent_id, company_id, n, evidence):
    """Return the query of a person's lines of the ledger of consent, the newest first.

    Those that hold come in any case, of the rest the newest. An address is the person's unless
    it was found to be another contact's; a browser is, where its link to the contact rests on
    what only that person can give: somebody else may have clicked in a mail that was forwarded.
    What is said of e-mails is said to one company.

    :param int partner_id: the contact, or None
    :param str address: normalized, or empty
    :param int consent_id: on which the browser at hand rests, whosever it is; or None
    :param int company_id: whose e-mails
    :param int n: lines at most of which something else holds now
    :param list[str] evidence: on which a person is shown what a browser did
    :return: SQL giving rows of the columns of ``COLUMNS``
    """
    return SQL(
        """
        WITH own AS MATERIALIZED (
            SELECT id, kind FROM ecrm_identity
             WHERE partner_id = %(partner)s
               AND (kind <> 'device' OR EXISTS (
                    SELECT FROM ecrm_identity_link link
                     WHERE link.identity_id = ecrm_identity.id
                       AND link.partner_id = %(partner)s
                       AND link.action IN ('linked', 'merged')
                       AND link.evidence = ANY(%(evidence)s)
                       AND link.undone_by_id IS NULL))
             UNION
            SELECT id, kind FROM ecrm_identity
             WHERE kind = 'email' AND key = %(address)s
               AND (partner_id IS NULL OR partner_id = %(partner)s)
        ), visit AS (
            -- of a browser: when it was used last, as far as visits are digested
            SELECT consent_id, max(ended_at) AS at FROM ecrm_session
             WHERE identity_id IN (SELECT id FROM own WHERE kind = 'device')
             GROUP BY consent_id
        )
        SELECT line.id, line.create_date, line.purpose, line.state, line.source, line.topic_id,
               line.text_version, line.identity_id, line.kind, line.is_own, line.holds, line.number,
               line.proof ->> 'frequency', line.proof ->> 'paused_until', said.text, visit.at,
               line.website_id
          FROM (
            SELECT line.*, own.kind, own.id IS NOT NULL AS is_own,
                   NOT EXISTS (SELECT FROM ecrm_consent WHERE previous_id = line.id) AS holds,
                   row_number() OVER (ORDER BY own.id IS NULL, line.id DESC) AS number
              FROM ecrm_consent line
              LEFT JOIN own ON own.id = line.identity_id
             WHERE (line.identity_id IN (SELECT id FROM own) OR line.id = %(consent)s)
               AND (line.purpose NOT LIKE 'email%%' OR line.company_id IS NULL
                    OR line.company_id = %(company)s)
          ) line
          LEFT JOIN ecrm_consent_text said ON said.version = line.text_version
          LEFT JOIN visit ON visit.consent_id = line.id
         WHERE line.number <= %(n)s OR line.holds
         ORDER BY line.number
         LIMIT %(most)s
        """,
        partner=partner_id or None,
        address=address or None,
        consent=consent_id,
        company=company_id,
        n=n,
        evidence=list(evidence),
        most=n + MOST_HOLDING,
    )
