"""Odoo's own website visitors, kept true where our tracking replaces Odoo's."""

from odoo.tools import SQL

FUNCTION = SQL.identifier("ecrm_device_key")


def create_index():
    """Return the statement by which visitors are found by the key of their identity.

    The key is a hash of the visitor's token. An index takes immutable functions only, and
    turning text into bytes is none until one says in which encoding.
    """
    return SQL(
        """
        CREATE OR REPLACE FUNCTION %(function)s(token varchar) RETURNS text
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        AS $$ SELECT encode(sha256(convert_to(btrim(token), 'UTF8')), 'hex') $$;
        CREATE INDEX IF NOT EXISTS ecrm_website_visitor_device_idx
            ON website_visitor (%(function)s(access_token));
        """,
        function=FUNCTION,
    )


def drop_index():
    """Return the statement that removes the index and its function."""
    return SQL("DROP FUNCTION IF EXISTS %s(varchar) CASCADE", FUNCTION)


def rename(token, new_token):
    """Return the statement that gives an anonymous visitor another token.

    :param str token: as Odoo made it
    :param str new_token: of the browser that agreed
    """
    return SQL(
        """
        UPDATE website_visitor SET access_token = %s
         WHERE id IN (
            SELECT id FROM website_visitor WHERE access_token = %s AND partner_id IS NULL
               FOR UPDATE SKIP LOCKED
         )
           AND NOT EXISTS (SELECT FROM website_visitor WHERE access_token = %s)
        """,
        new_token,
        token,
        new_token,
    )


def build(identity_ids):
    """Return the statement that renews when visitors came last and how often.

    Only visitors that Odoo has are renewed: of the browser, and of the contact behind it,
    whose token is the contact's id. A row that somebody holds is left to the next time,
    and nothing is taken back: Odoo may know of visits that we do not.

    :param list[int] identity_ids: browsers that did something lately
    """
    return SQL(
        """
        WITH browser AS MATERIALIZED (
            SELECT identity.key, identity.partner_id, visit.last_at, visit.number
              FROM unnest(%(ids)s::int[]) AS noted(id)
              JOIN ecrm_identity identity USING (id)
             CROSS JOIN LATERAL (
                SELECT max(ended_at) AS last_at, count(*) AS number
                  FROM ecrm_session WHERE ecrm_session.identity_id = identity.id
              ) visit
             WHERE identity.kind = 'device' AND visit.number > 0
        ),
        met AS MATERIALIZED (
            SELECT visitor.id, browser.last_at, browser.number
              FROM browser
              JOIN website_visitor visitor ON %(function)s(visitor.access_token) = browser.key
             UNION ALL
            SELECT visitor.id, browser.last_at, browser.number
              FROM browser
              JOIN website_visitor visitor
                ON visitor.access_token = browser.partner_id::varchar
        ),
        free AS MATERIALIZED (
            SELECT id FROM website_visitor WHERE id IN (SELECT id FROM met)
               FOR NO KEY UPDATE SKIP LOCKED
        )
        UPDATE website_visitor visitor
           SET last_connection_datetime = greatest(last_connection_datetime, known.last_at),
               visit_count = greatest(visit_count, known.number)
          FROM (SELECT id, max(last_at) AS last_at, sum(number)::int AS number
                  FROM met JOIN free USING (id) GROUP BY id) known
         WHERE visitor.id = known.id
           AND (known.last_at > last_connection_datetime OR known.number > visit_count)
        """,
        ids=list(identity_ids),
        function=FUNCTION,
    )
