from odoo import api, models
from odoo.tools import consteq

#: How far mergers of mergers are followed.
MOST_STEPS = 20


class EcrmRequest(models.Model):
    """What customers still send to a request that was merged: it goes where it is answered.

    Its number stands in old mails, and its page is in bookmarks. Nothing is followed where the
    other request is not the same person's any more.
    """

    _inherit = "ecrm.request"

    @api.private
    def _follow_merged(self):
        """Return the request in which one goes on that was merged, else the same."""
        request = self
        for _step in range(MOST_STEPS):
            if not request.merged_into_id:
                break
            request = request.merged_into_id
        return request

    @api.private
    def _merged_target(self):
        """Return where one goes on for its customer; the same, where it is another's by now."""
        target = self._follow_merged()
        return target if target == self or self._is_same_person(target) else self

    @api.private
    def _portal_target(self, user, token=None):
        """Return where a page leads to instead of a merged request, and the key to that.

        :param str token: the key by which the page was opened
        :return tuple: a request and its key; the same ones where nothing is to be followed
        """
        target = self._merged_target()
        if target == self:
            return self, token
        if self._find_own(user, target.id):
            return target, None
        has_key = token and consteq((self.access_token or "").encode(), token.encode())
        # only whose mails have this key get the other one
        if has_key and self.email in target._addresses():
            return target, target.access_token
        return self, token

    @api.private
    def _reopen(self, by):
        targets = self.browse()
        for request in self:
            targets |= request._merged_target()
        return super(EcrmRequest, targets)._reopen(by)

    # ------------------------------------------------------------
    # WHAT COMES IN
    # ------------------------------------------------------------

    def message_post(self, **kwargs):
        self.ensure_one()
        target = self._merged_target() if self.merged_into_id else self
        if target != self and self._is_by_customer(kwargs):
            return target.message_post(**kwargs)
        return super().message_post(**kwargs)

    def message_update(self, msg_dict, update_vals=None):
        target = self._merged_target()
        if target != self:
            return target.message_update(msg_dict, update_vals)
        return super().message_update(msg_dict, update_vals)

    @api.model
    def _answered_by_number(self, msg_dict):
        return super()._answered_by_number(msg_dict)._merged_target()
