from odoo import models

from ..lib.privacy.table import ANONYMISED, PersonalTable

#: Of a request: what a customer is told. Who of the staff worked on it is none of it.
TOLD = ("number", "name", "description", "email", "source", "opened_at", "answered_at",
        "closed_at", "order_id", "product_id")  # fmt: skip


class EcrmPrivacy(models.AbstractModel):
    """Support requests: their number and dates stay for reports, what was written goes.

    Messages, files and to-dos of a request leave with its customer.
    """

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        return {
            **super()._personal_tables(),
            "support_requests": PersonalTable(
                "ecrm.request",
                self.env._("Your questions to support"),
                partners=("partner_id",),
                emails=("email",),
                told=TOLD,
                action=ANONYMISED,
                values={
                    "partner_id": None,
                    "email": None,
                    "email_cc": None,
                    "name": "***",
                    "description": None,
                    "order_id": None,
                    "access_token": None,
                },
            ),
        }
