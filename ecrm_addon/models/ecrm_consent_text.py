import hashlib

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..queries import keep_consent_text


class EcrmConsentText(models.Model):
    """The words to which somebody agreed, kept when they were first answered.

    The ledger of consent names them by their version, which holds a digest of them: other
    words, of another language too, are another version. They name nobody and were shown to
    everybody, so that they belong to no company and outlive every erasure.
    """

    _name = "ecrm.consent.text"
    _description = "Words of Consent"
    _order = "id desc"
    _rec_name = "version"
    _log_access = False

    version = fields.Char(required=True, readonly=True)
    lang = fields.Char("Language", readonly=True)
    text = fields.Text("Words", required=True, readonly=True)
    create_date = fields.Datetime("First Answered", readonly=True)

    _version_unique = models.UniqueIndex("(version)", "These words are kept already.")

    @api.model
    @api.private
    def version_of(self, label, text):
        """Return which words these are, such as ``preferences 3f2a9c01``.

        :param str label: where they are shown
        :param str text: the words
        """
        return f"{label} {hashlib.sha256(text.encode()).hexdigest()[:8]}"

    @api.model
    @api.private
    def keep(self, version, text, lang=None):
        """Keep words, unless they are kept already.

        One statement, without a lock that lasts: visitors' answers come many at once.
        """
        self.env.cr.execute(keep_consent_text.build(version, text, lang))
        if self.env.cr.rowcount:
            self.invalidate_model()

    @api.model
    @api.private
    def of_versions(self, versions):
        """Return the words of some versions, as far as they are kept.

        :return dict[str, str]: version -> words
        """
        # sudo: who may read an answer may read to what it was given
        texts_sudo = self.sudo().search([("version", "in", [v for v in versions if v])])
        return {text.version: text.text for text in texts_sudo}

    def write(self, vals):
        if vals:
            raise AccessError(self.env._("Words of consent are never edited: they are proof."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("Words of consent are never deleted: they are proof."))
