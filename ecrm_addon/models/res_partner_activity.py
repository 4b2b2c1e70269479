from odoo import models

#: Evidence on which a person is shown what a browser did: what only that person can give.
SHOWN = ["login", "hand"]


class ResPartner(models.Model):
    """What a customer may see of their own history.

    A history belongs to a person: nobody sees what a colleague did, nor what only the
    machinery did.
    """

    _inherit = "res.partner"

    def _ecrm_portal_activity(self, before=None, channel=None, **options):
        """Return one page of what this person did or got, see ``ecrm.activity._page``."""
        self.ensure_one()
        return self.env["ecrm.activity"]._page(self, before, channel, **options)

    def _ecrm_portal_identity_ids(self):
        """Return by what keys this very person is known, see below."""
        return self._ecrm_portal_identities_sudo().ids

    def _ecrm_portal_identities_sudo(self):
        """Return by what keys this very person is known.

        Of browsers only those on which the person logged in: somebody else may have clicked
        in a mail that was forwarded, and nobody may read here what others did.
        """
        # sudo: customers have no right on identities
        identities_sudo = self.env["ecrm.identity"].sudo()
        domain = [
            ("partner_id", "=", self.id),
            "|",
            ("kind", "!=", "device"),
            ("link_ids", "any", self._ecrm_portal_links()),
        ]
        return identities_sudo.search_fetch(domain, ["kind"])

    def _ecrm_portal_links(self):
        """Return the domain of lines of the ledger by which a browser is this very person's.

        Of this person: that somebody else logged in on it before says nothing about them.
        """
        return [
            ("partner_id", "=", self.id),
            ("action", "in", ["linked", "merged"]),
            ("evidence", "in", SHOWN),
            ("undone_by_id", "=", False),
        ]
