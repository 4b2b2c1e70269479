"""Warnings that a tier ends as events for the log."""

from odoo.tools import SQL

from .append_touchpoints import select_columns

#: What makes a warning the only one: its id is made of this.
UID_PARTS = (SQL("'ecrm.tier.warning'"), SQL("warning.id"))


def build(ids, uid):
    """Return the SELECT of the touchpoints of rows of ``ecrm.tier.warning``.

    :param list[int] ids: which warnings
    :param SQL uid: of their touchpoints, made of ``UID_PARTS``
    """
    values = {
        "uid": uid,
        "occurred_at": SQL("warning.date"),
        "kind": SQL("'loyalty.tier_warned'"),
        "identity_kind": SQL("'partner'"),
        "identity_key": SQL("warning.partner_id::text"),
        "partner_id": SQL("warning.partner_id"),
        "company_id": SQL("warning.company_id"),
        "res_model": SQL("'ecrm.tier.warning'"),
        "res_id": SQL("warning.id"),
        "verdict": SQL("'human'"),
        "props": SQL("jsonb_build_object('name', tier.name ->> 'en_US')"),
    }
    return SQL(
        """
        SELECT %s
          FROM ecrm_tier_warning warning
          LEFT JOIN ecrm_tier tier ON tier.id = warning.tier_id
         WHERE warning.id = ANY(%s) AND warning.partner_id IS NOT NULL
        """,
        select_columns(values),
        list(ids),
    )


def uids(ids, uid):
    """Return the query of the uids of those touchpoints."""
    return SQL(
        "SELECT %s FROM ecrm_tier_warning warning WHERE warning.id = ANY(%s)", uid, list(ids)
    )
