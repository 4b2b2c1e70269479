from odoo.addons.mass_mailing.controllers.main import MassMailController

from ..models.mail_render_mixin import READER, Reader


class Mailing(MassMailController):
    def _check_mailing_email_token(
        self, mailing_id, document_id, email, hash_token, required_mailing_id=False
    ):
        """Let the mail know who reads it, if its link was signed for that address.

        Odoo shows a mailing to whoever works with mailings, without a token, too.
        """
        mailing_sudo = super()._check_mailing_email_token(
            mailing_id, document_id, email, hash_token, required_mailing_id=required_mailing_id
        )
        if mailing_id and hash_token:
            return mailing_sudo.with_context(**{READER: Reader(email)})
        return mailing_sudo
