from odoo import models

from ..lib.email.headers import keep_plain


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _build_email__(self, *args, **kwargs):  # noqa: PLW3201
        """Let ``List-Unsubscribe`` and its like leave unencoded, or no button is shown."""
        message = super()._build_email__(*args, **kwargs)
        keep_plain(message)
        return message
