from odoo import models
from odoo.tools.misc import formatLang


class ResPartner(models.Model):
    """What the card about support says on a customer's home page."""

    _inherit = "res.partner"

    def _ecrm_home_cards(self, website, visit=None):
        cards = super()._ecrm_home_cards(website, visit)
        return {**cards, "support": self._ecrm_home_support()}

    def _ecrm_home_support(self):
        """Return in words how many requests of the user are open."""
        # sudo: customers have no right on requests; these are their own
        requests_sudo = self.env["ecrm.request"].sudo()
        count = requests_sudo.search_count(requests_sudo._of_user(self.env.user, "open"))
        if not count:
            return self.env._("Ask us, and see what we answered")
        if count == 1:
            return self.env._("One open request")
        return self.env._("%s open requests", formatLang(self.env, count, digits=0))
