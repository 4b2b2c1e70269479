from odoo import models
from odoo.http import request

from ..lib.tracking.event import identity_of
from .ecrm_identity import LOGIN


class WebsiteVisitor(models.Model):
    """Notes when somebody logs in: Odoo forgets the anonymous visitor at that moment.

    A note is appended and nothing else, so that a login waits for nobody; the pipeline
    links the browser's identity. Page views do not pass here: Odoo writes them by SQL.
    """

    _inherit = "website.visitor"

    def _get_access_token(self):
        """Know a consented browser again after its update, and at another place.

        Odoo's token is made of address and agent, so that either makes a new visitor.
        """
        token = super()._get_access_token()
        if request.env.user._is_public():
            return self.env["ecrm.visit"]._browser_token() or token
        return token

    def write(self, vals):
        token = vals.get("access_token")
        if token and len(str(token)) != 32:  # as in Odoo: then it is the contact's id
            self._ecrm_note_login(int(token))
        return super().write(vals)

    def _merge_visitor(self, target):
        self._ecrm_note_login(target.partner_id.id)
        return super()._merge_visitor(target)

    def _ecrm_note_login(self, partner_id):
        # sudo: whoever logs in need not have rights in eCRM
        changes_sudo = self.env["ecrm.change"].sudo()
        for visitor in self.filtered(lambda visitor: not visitor.partner_id):
            _kind, key = identity_of("device", visitor.access_token)
            changes_sudo.note(LOGIN, [partner_id], key=key)
