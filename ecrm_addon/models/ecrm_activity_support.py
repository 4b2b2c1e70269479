from odoo import models
from odoo.fields import Domain

MODEL = "ecrm.request"


class EcrmActivitySource(models.AbstractModel):
    """Leads from a customer's history to their support requests, on which they have no right."""

    _inherit = "ecrm.activity.source"

    def _url_of(self, model):
        return "access_url" if model == MODEL else super()._url_of(model)

    def _find(self, model, ids, names=None):
        if model != MODEL:
            return super()._find(model, ids, names)
        # sudo: only those that are the user's own
        requests_sudo = self.env[MODEL].sudo()
        own = requests_sudo._own_domain(self.env.user) & Domain("id", "in", list(ids))
        return requests_sudo.search_fetch(own, names or ["name", "access_url"])
