from odoo import models

from odoo.addons.ecrm_addon.lib.privacy.table import ANONYMISED, PersonalTable

#: What of a lead is a person's. Stage, revenue and dates stay: the pipeline counts them.
OF_PERSON = (
    "partner_id", "contact_name", "partner_name", "function", "email_from", "email_normalized",
    "email_cc", "email_domain_criterion", "email_state", "phone", "phone_sanitized", "phone_state",
    "website", "street", "street2", "zip", "city", "state_id", "description", "referred",
    "lead_properties", "reveal_id", "ecrm_scoring_band",
)  # fmt: skip


class EcrmPrivacy(models.AbstractModel):
    """Leads of a person: the pipeline keeps its figures, and nobody they are of."""

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        told = (
            "name", "contact_name", "partner_name", "function", "email_from", "phone", "website",
            "street", "zip", "city", "country_id", "description", "create_date",
        )  # fmt: skip
        return {
            **super()._personal_tables(),
            "leads": PersonalTable(
                "crm.lead",
                self.env._("Your requests"),
                partners=("partner_id",),
                emails=("email_normalized",),
                texts=("email_from",),
                told=told,
                action=ANONYMISED,
                values={**dict.fromkeys(OF_PERSON), "name": self.env._("Erased request")},
            ),
        }
