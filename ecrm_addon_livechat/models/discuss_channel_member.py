from odoo import api, models

from odoo.addons.ecrm_addon.lib.tracking.event import identity_of
from odoo.addons.ecrm_addon.models.ecrm_identity import LOGIN


class DiscussChannelMember(models.Model):
    """Notes whose a guest was who goes on with a chat after logging in.

    Where nothing is measured on the website there is no visitor to tell it: the guest of the
    chat is all that is known of the browser, see ``collectors/discuss_channel.py``.
    """

    _inherit = "discuss.channel.member"

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        guest = self.env["mail.guest"]._get_guest_from_context()
        if guest:
            members.filtered("partner_id")._ecrm_note_login(guest)
        return members

    def _ecrm_note_login(self, guest):
        """Append a note, and nothing else; the pipeline links the guest's history."""
        # sudo: whoever logs in has no rights in eCRM, nor on the members' roles
        identities_sudo = self.env["ecrm.identity"].sudo()
        _kind, key = identity_of("device", f"mail.guest,{guest.id}")
        for member in self.sudo():
            # Odoo has compared the guest with those of the chat: all others join as agents
            if member.is_self and member.livechat_member_type == "visitor":
                identities_sudo.note_evidence(LOGIN, member.partner_id.id, key)
