from odoo import api, models
from odoo.fields import Domain

from ..lib.tracking.event import jsonable
from .ecrm_privacy_request import OPEN

#: What a person is told of her requests.
TOLD = ("name", "kind", "state", "source", "email", "asked_at", "due_date", "done_at")


class EcrmPrivacy(models.AbstractModel):
    """Access to and erasure of what a person asked for by the law.

    The requests themselves stay, with their numbers, dates and trail: they prove that the
    law was kept. Who asked goes.
    """

    _inherit = "ecrm.privacy"

    def _tell(self, partner, email=None):
        told = super()._tell(partner, email)
        requests = self._of_all_companies().sudo()._own_requests(partner, email)  # as super
        told["privacy_requests"] = [
            {name: jsonable(request[name] or None) for name in TOLD} for request in requests
        ]
        return told

    @api.model
    @api.private
    def erase(self, partner, email=None):
        """Forget also who asked for what; what is open has to be answered first."""
        requests = self.sudo()._own_requests(partner, email)
        result = super().erase(partner, email)
        requests.filtered(lambda request: request.state not in OPEN)._forget_names()
        return result

    @api.model
    @api.private
    def forget(self, partner, email=None):
        """Close also what else was asked: there is nothing left of which it could be."""
        requests = self.sudo()._own_requests(partner, email)
        parts = super().forget(partner, email)
        # an erasure that is worked on forgets the address with its last mail
        others = requests.filtered(
            lambda request: (
                request.state in OPEN and (request.kind, request.state) != ("erase", "progress")
            )
        )
        others._log("erased", by="system")
        others._close("done")
        others._forget_names()
        return parts

    def _own_requests(self, partner, email):
        own = Domain("partner_id", "in", partner.ids)
        emails = self._own_emails(partner, email)
        own |= Domain("partner_id", "=", False) & Domain("email", "in", emails)
        return self.env["ecrm.privacy.request"].search(own)
