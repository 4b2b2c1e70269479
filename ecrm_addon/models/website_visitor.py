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

    @api.model
    @api.private
    def _ecrm_adopt(self, token):
        """Let the visitor that Odoo made before the consent be the browser that consents.

        So a chat or a lead from before belongs to the same visitor as those after. A row
        that somebody holds is left as it is: nobody waits for it.

        :param str token: of the browser, a new one
        """
        before, public = request.env, self.env.ref("base.public_user")
        request.update_env(user=public.id)  # the door has no user, Odoo's token asks for one
        try:
            # this request has no cookie of ours yet, so it is Odoo's own
            stock_token = self._get_access_token()
        finally:
            request.env = before.transaction.default_env = before
        self.env.cr.execute(sync_visitors.rename(stock_token, token))
        self.invalidate_model(["access_token"])

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

    @api.model
    @api.private
    def _ecrm_join(self, partners):
        """Make one visitor of those that a merge of contacts left to one contact.

        Odoo finds the visitor of a contact by a token that is the contact's id, and leaves
        the tokens of merged contacts as they were: their history would be lost from sight.
        """
        for partner in partners:
            token = str(partner.id)
            visitors = self.search([("partner_id", "=", partner.id)], order="id")
            target = visitors.filtered_domain([("access_token", "=", token)])
            for visitor in visitors - target:
                if target:
                    visitor._merge_visitor(target)
                else:
                    visitor.access_token = token
                    target = visitor

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
        identities_sudo = self.env["ecrm.identity"].sudo()
        # of a browser that agreed the login itself is noted, see ``ir.http``
        own = self.env["ecrm.visit"]._browser_token() if request else None
        for visitor in self.filtered(lambda visitor: not visitor.partner_id):
            if visitor.access_token != own:
                _kind, key = identity_of("device", visitor.access_token)
                identities_sudo.note_evidence(LOGIN, partner_id, key)
