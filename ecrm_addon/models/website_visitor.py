from odoo import api, models
from odoo.http import request

from ..lib.tracking.event import identity_of
from ..queries import sync_visitors
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

    def init(self):
        self.env.cr.execute(sync_visitors.create_index())
        return super().init()

    @api.model
    @api.private
    def _ecrm_sync(self, identity_ids):
        """Let Odoo's own visitors say when they came last, as the log knows.

        :param list[int] identity_ids: browsers that did something lately
        """
        self.env.cr.execute(sync_visitors.build(identity_ids))
        self.invalidate_model(["last_connection_datetime", "visit_count"])

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
