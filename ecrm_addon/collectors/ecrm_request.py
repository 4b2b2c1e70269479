from odoo import models
from odoo.tools import SQL

from ..queries.expressions import email_key, is_staff


class EcrmCollectorRequest(models.AbstractModel):
    """Support requests: that a customer asked, was answered, and that it was closed.

    What an address asked that nobody proved is the address's, not the contact's. What staff
    ask for themselves does not count.
    """

    _name = "ecrm.collector.ecrm_request"
    _inherit = "ecrm.collector.mixin"
    _description = "Support Requests"
    _source = "ecrm.request"
    _collector_sequence = 9
    _capture_columns = ("answered_at", "closed_at", "partner_id", "is_proved", "email")
    # who asked may be proved later, and what was reopened is closed anew
    _revised_kinds = ("support.opened", "support.answered", "support.closed")

    def _acts(self):
        return {
            "support.opened": SQL("source.opened_at"),
            "support.answered": SQL("source.answered_at"),
            "support.closed": SQL("source.closed_at"),
        }

    def _where(self):
        return SQL("NOT %s", is_staff(self._partner()))

    def _partner(self):
        return SQL("CASE WHEN source.is_proved THEN source.partner_id END")

    def _identities(self):
        return {"partner": self._partner(), "email": email_key(SQL("source.email"))}

    def _values(self):
        return {
            "partner_id": self._partner(),
            "company_id": SQL("source.company_id"),
            "website_id": SQL("source.website_id"),
            "verdict": SQL("'human'"),
            "props": SQL("""
                jsonb_strip_nulls(jsonb_build_object(
                    'name', left(source.name, 200), 'number', source.number))
            """),
        }
