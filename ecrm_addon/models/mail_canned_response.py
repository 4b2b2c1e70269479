from odoo import fields, models


class MailCannedResponse(models.Model):
    """Odoo's canned responses, with a title by which agents find them.

    Odoo inserts them into each message by ``::`` and the shortcut; in the thread of a support
    request, the words in braces are filled in, see ``ecrm.request._ecrm_words``.
    """

    _inherit = "mail.canned.response"

    ecrm_title = fields.Char("Title", groups="base.group_user")

    def _to_store_defaults(self, target):
        return super()._to_store_defaults(target) + ["ecrm_title"]
