"""Rows of the ledgers of tiers as events for the log: moves, and warnings of moves."""

from odoo.tools import SQL

from .append_touchpoints import select_columns


def build(table, model, kind, tier, ids, uid):
    """Return the SELECT of the touchpoints of rows of a ledger.

    :param str table: of the ledger; its rows are called ``told``
    :param str model: under which name the log refers to a row
    :param SQL kind: of the touchpoint
    :param str tier: column of the tier that the touchpoint names
    :param list[int] ids: which rows
    :param SQL uid: of their touchpoints
    """
    values = {
        "uid": uid,
        "occurred_at": SQL("told.date"),
        "kind": kind,
        "identity_kind": SQL("'partner'"),
        "identity_key": SQL("told.partner_id::text"),
        "partner_id": SQL("told.partner_id"),
        "company_id": SQL("told.company_id"),
        "res_model": SQL("%s", model),
        "res_id": SQL("told.id"),
        "verdict": SQL("'human'"),
        "props": SQL("jsonb_build_object('name', tier.name ->> 'en_US')"),
    }
    return SQL(
        """
        SELECT %s
          FROM %s told
          LEFT JOIN ecrm_tier tier ON tier.id = %s
         WHERE told.id = ANY(%s) AND told.partner_id IS NOT NULL
        """,
        select_columns(values),
        SQL.identifier(table),
        SQL.identifier("told", tier),
        list(ids),
    )


def uids(table, ids, uid):
    """Return the query of the uids of those touchpoints."""
    return SQL(
        "SELECT %s FROM %s told WHERE told.id = ANY(%s)", uid, SQL.identifier(table), list(ids)
    )
