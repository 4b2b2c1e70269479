"""What somebody looked at last."""

from odoo.tools import SQL

#: Of somebody with a long history only so many of the newest events are read.
NEWEST = 1000


def build(identity_ids, kind, model, n=20):
    """Return the query of the records that events of a kind are about, the newest first.

    :param list[int] identity_ids: whose events
    :param str kind: of the vocabulary, such as ``web.product``
    :param str model: name of the records' model
    :param int n: records at most
    :return: SQL giving one id a row, each record once
    """
    return SQL(
        """
        SELECT res_id
          FROM (
            SELECT kind, res_model, res_id, occurred_at FROM ecrm_touchpoint_log
             WHERE identity_id = ANY(%(identity_ids)s)
             ORDER BY occurred_at DESC, id DESC
             LIMIT %(newest)s
          ) event
         WHERE kind = %(kind)s AND res_model = %(model)s
         GROUP BY res_id
         ORDER BY max(occurred_at) DESC, res_id
         LIMIT %(n)s
        """,
        identity_ids=list(identity_ids),
        newest=NEWEST,
        kind=kind,
        model=model,
        n=n,
    )
