from odoo import models

from ..lib.privacy.table import PersonalTable, Subject


class EcrmPrivacy(models.AbstractModel):
    """Our own tables that name a contact and nothing else: figures and what became of them."""

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        return {**super()._personal_tables(), **self._own_tables()}

    def _own_tables(self):
        return {
            "profiles": self._own_table("ecrm.profile", self.env._("Figures and levels")),
            "email_profiles": self._own_table(
                "ecrm.email.profile", self.env._("Figures on e-mails")
            ),
            "tier_changes": self._own_table(
                "ecrm.tier.change", self.env._("Changes of your level")
            ),
            "tier_warnings": self._own_table(
                "ecrm.tier.warning", self.env._("Notices that a level was about to end")
            ),
            "mail_orders": self._own_table("ecrm.email.order", self.env._("Orders after a mail")),
            "churn_alerts": self._own_table(
                "ecrm.churn.alert", self.env._("Notes that you had not ordered")
            ),
        }

    def _own_table(self, model, label):
        def tell(records, _subject):
            # who of the staff was told is none of hers
            return self._rows(records, {"activity_id", "user_id"})

        return PersonalTable(model, label, partners=("partner_id",), tell=tell)

    def _forget_own_rows(self, partner):
        """Remove the rows of these tables, which belong to a person's history."""
        # with the alerts, what they said in the chatter and on to-do lists
        self.env["ecrm.churn.alert"]._forget(partner)
        subject = Subject(partner_ids=partner.ids)
        for table in self._own_tables().values():
            self._forget_batch(table, self._row_ids(table, subject), subject)
