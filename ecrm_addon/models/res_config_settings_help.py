from odoo import fields, models
from odoo.exceptions import AccessError


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    ecrm_has_trigrams = fields.Boolean(
        "Help Forgives More Typing Errors", compute="_compute_ecrm_has_trigrams"
    )

    def _compute_ecrm_has_trigrams(self):
        # sudo: whether the database can do something is no secret of its words
        self.ecrm_has_trigrams = self.env["ecrm.faq.word"].sudo()._has_trigrams()

    def action_ecrm_install_trigrams(self):
        """Button: let PostgreSQL compare words by trigrams.

        :raise UserError: where PostgreSQL does not have the extension or does not allow it
        """
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(self.env._("Only administrators change the database."))
        # sudo: nobody may write the words of the search, this adds an index to them
        self.env["ecrm.faq.word"].sudo()._install_trigrams()
        return {"type": "ir.actions.client", "tag": "reload"}
