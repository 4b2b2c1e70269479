"""Finding who objected to being measured in mails."""

from odoo.tools import SQL

from .expressions import identities_of

#: Purposes of which a refusal means that mails are not measured.
PURPOSES = ("email_measure", "profile")


def _refusals(purposes):
    """Return the query of who said no last about one of the purposes that decide."""
    return SQL(
        """
        SELECT last.identity_id
          FROM (
            SELECT DISTINCT ON (identity_id, purpose) identity_id, state
              FROM ecrm_consent
             WHERE identity_id IN (SELECT identity_id FROM asked)
               AND purpose = ANY(%s)
             ORDER BY identity_id, purpose, id DESC
          ) last
         WHERE last.state IN ('refused', 'withdrawn')
        """,
        list(purposes),
    )


def of_addresses(addresses, purposes=PURPOSES):
    """Return the query of those of some addresses whose owner objected.

    :param list[str] | SQL addresses: normalized; or an expression of such an array
    :param Iterable[str] purposes: to which of these
    """
    return SQL(
        """
        WITH asked AS MATERIALIZED (
            SELECT key AS address, id AS identity_id
              FROM ecrm_identity WHERE kind = 'email' AND key = ANY(%(addresses)s)
             UNION
            SELECT partner.email_normalized, identity.id
              FROM res_partner partner
              JOIN ecrm_identity identity ON identity.partner_id = partner.id
             WHERE partner.email_normalized = ANY(%(addresses)s)
        )
        SELECT DISTINCT address FROM asked WHERE identity_id IN (%(refusals)s)
        """,
        addresses=addresses if isinstance(addresses, SQL) else list(addresses),
        refusals=_refusals(purposes),
    )


def of_partners(partner_ids, purposes=PURPOSES):
    """Return the query of the ids of those contacts who objected.

    :param Iterable[str] purposes: to which of these
    """
    return SQL(
        """
        WITH asked AS MATERIALIZED (%(asked)s)
        SELECT DISTINCT partner_id FROM asked WHERE identity_id IN (%(refusals)s)
        """,
        asked=identities_of(partner_ids),
        refusals=_refusals(purposes),
    )


def to_profiles():
    """Return SQL of the array of the ids of all contacts who objected to a profile of them.

    As part of a statement it costs no way to the server and back.
    """
    return SQL(
        """
        ARRAY(WITH objector AS MATERIALIZED (
            SELECT identity.partner_id, CASE WHEN identity.kind = 'email' THEN key END AS address
              FROM (
                SELECT DISTINCT ON (identity_id) identity_id, state
                  FROM ecrm_consent WHERE purpose = 'profile' AND identity_id IS NOT NULL
                 ORDER BY identity_id, id DESC
              ) last
              JOIN ecrm_identity identity ON identity.id = last.identity_id
             WHERE last.state IN ('refused', 'withdrawn')
        )
        SELECT partner_id FROM objector WHERE partner_id IS NOT NULL
         UNION
        SELECT partner.id FROM objector
          JOIN res_partner partner ON partner.email_normalized = objector.address
         WHERE objector.partner_id IS NULL)
        """
    )
