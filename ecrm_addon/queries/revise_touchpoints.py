"""Verdicts that turn out otherwise later."""

from odoo.tools import SQL

from .append_touchpoints import notes


def build(verdicts):
    """Return the statement that writes another verdict on stored touchpoints.

    :param SQL verdicts: a SELECT of ``uid``, ``verdict`` and ``verdict_reasons``
    """
    return SQL(
        """
        WITH revised AS (
            UPDATE ecrm_touchpoint_data stored
               SET verdict = told.verdict, verdict_reasons = told.verdict_reasons
              FROM (%(verdicts)s) told
              JOIN ecrm_touchpoint_key key USING (uid)
             WHERE stored.uid = told.uid AND stored.occurred_at = key.occurred_at
            RETURNING stored.identity_id, stored.session_key, stored.channel, stored.website_id,
                      stored.occurred_at
        )
        INSERT INTO ecrm_change (model, res_id, key) %(notes)s
        """,
        verdicts=verdicts,
        notes=notes(SQL("revised")),
    )
