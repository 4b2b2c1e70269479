"""Moves of tiers as events for the log."""

from odoo.tools import SQL

from .append_touchpoints import select_columns

#: What makes a move the only one: its id is made of this.
UID_PARTS = (SQL("'ecrm.tier.change'"), SQL("change.id"))


def build(ids, uid):
    """Return the SELECT of the touchpoints of rows of ``ecrm.tier.change``.

    :param list[int] ids: which moves
    :param SQL uid: of their touchpoints, made of ``UID_PARTS``
    """
    values = {
        "uid": uid,
        "occurred_at": SQL("change.date"),
        "kind": SQL("'loyalty.tier_' || change.move"),
        "identity_kind": SQL("'partner'"),
        "identity_key": SQL("change.partner_id::text"),
        "partner_id": SQL("change.partner_id"),
        "company_id": SQL("change.company_id"),
        "res_model": SQL("'ecrm.tier.change'"),
        "res_id": SQL("change.id"),
        "verdict": SQL("'human'"),
        "props": SQL("jsonb_build_object('name', tier.name ->> 'en_US')"),
    }
    return SQL(
        """
        SELECT %s
          FROM ecrm_tier_change change
          LEFT JOIN ecrm_tier tier ON tier.id = change.to_tier_id
         WHERE change.id = ANY(%s) AND change.partner_id IS NOT NULL
        """,
        select_columns(values),
        list(ids),
    )


def uids(ids, uid):
    """Return the query of the uids of those touchpoints."""
    return SQL("SELECT %s FROM ecrm_tier_change change WHERE change.id = ANY(%s)", uid, list(ids))
