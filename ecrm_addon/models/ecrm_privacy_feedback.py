from odoo import api, models

from ..lib.privacy.table import ANONYMISED, PersonalTable

TABLE = "feedback"
TOLD = ("kind", "score", "comment", "asked_at", "answered_at", "about")


class EcrmPrivacy(models.AbstractModel):
    """Access to and erasure of what a person answered.

    A number stays, with its month, company and who served, so that an erasure does not change
    what all answers of last year said together. It leads to nobody: contact, address, comment,
    and what it was about go, and so do to-dos about it.
    """

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        return {**super()._personal_tables(), TABLE: self._feedback_table()}

    def _feedback_table(self):
        def forget(env, ids, _subject):
            env["ecrm.feedback"].browse(ids)._forget_activities()

        gone = ("partner_id", "email", "comment", "lang", "res_model", "res_id")
        return PersonalTable(
            "ecrm.feedback",
            self.env._("Your feedback"),
            partners=("partner_id",),
            emails=("email",),
            told=TOLD,
            action=ANONYMISED,
            values=dict.fromkeys(gone),
            forget=forget,
        )

    @api.model
    @api.private
    def erase(self, partner, email=None):
        """Forget also whose answers are whose: they stand in the history."""
        sudo = self._of_all_companies().sudo()  # super() checks who may
        subject = sudo._subject(partner, email)
        result = super().erase(partner, email)
        table = self._feedback_table()
        sudo._forget_rows({TABLE: sudo._row_ids(table, subject)}, subject)
        return result
