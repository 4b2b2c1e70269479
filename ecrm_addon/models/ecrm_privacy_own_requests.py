from odoo import api, models
from odoo.fields import Domain

from ..lib.tracking.event import jsonable

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
        """Forget also who asked for what."""
        requests = self.sudo()._own_requests(partner, email)
        result = super().erase(partner, email)
        requests._forget_names()
        return result

    def _own_requests(self, partner, email):
        own = Domain("partner_id", "in", partner.ids)
        emails = self._own_emails(partner, email)
        own |= Domain("partner_id", "=", False) & Domain("email", "in", emails)
        return self.env["ecrm.privacy.request"].search(own)
