from odoo import models
from odoo.tools import SQL

from ..lib.feedback.scale import SCALES
from ..queries.expressions import email_key, is_staff


class EcrmCollectorFeedback(models.AbstractModel):
    """Answers to our own questions: CSAT and NPS. Odoo's ratings are other rows, and told apart.

    Each answer is one act, however often it is changed: a change takes back what was told, and
    tells it anew at its own time. It counts in engagement by the weight of its kind, whatever
    was said: engagement is how much somebody has to do with us, and who complains to us does.
    """

    _name = "ecrm.collector.feedback"
    _inherit = "ecrm.collector.mixin"
    _description = "Feedback"
    _source = "ecrm.feedback"
    _collector_sequence = 12
    _capture_columns = ("answered_at", "changed_at", "partner_id", "email")
    _revised_kinds = ("feedback.csat", "feedback.nps")

    def _acts(self):
        at = SQL("coalesce(source.changed_at, source.answered_at)")
        return {
            f"feedback.{kind}": SQL("CASE WHEN source.kind = %s THEN %s END", kind, at)
            for kind in SCALES
        }

    def _where(self):
        # whoever was forgotten is nobody's history
        return SQL(
            """
            source.answered_at IS NOT NULL
            AND coalesce(source.partner_id::text, source.email) IS NOT NULL AND NOT %s
            """,
            is_staff(SQL("source.partner_id")),
        )

    def _identities(self):
        return {"partner": SQL("source.partner_id"), "email": email_key(SQL("source.email"))}

    def _values(self):
        highest = SQL(" ").join(
            SQL("WHEN %s THEN %s", kind, scale[1]) for kind, scale in SCALES.items()
        )
        return {
            "partner_id": SQL("source.partner_id"),
            "company_id": SQL("source.company_id"),
            # a row leads to what the answer is about, where that has a page of its own
            "res_model": SQL("coalesce(source.res_model, 'ecrm.feedback')"),
            "res_id": SQL(
                "CASE WHEN source.res_model IS NULL THEN source.id ELSE source.res_id END"
            ),
            "verdict": SQL("'human'"),
            "props": SQL(
                """
                jsonb_strip_nulls(jsonb_build_object(
                    'score', source.score, 'out_of', CASE source.kind %s END,
                    'comment', left(source.comment, 500)))
                """,
                highest,
            ),
        }
