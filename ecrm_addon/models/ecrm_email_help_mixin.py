from markupsafe import Markup

from odoo import api, models

from .ecrm_website_help_mixin import LINK

MAILERS = "mass_mailing.group_mass_mailing_user"


class EcrmEmailHelpMixin(models.AbstractModel):
    """Leads from empty views of what became of mails to where one sends some."""

    _name = "ecrm.email.help.mixin"
    _description = "Help in Empty Views of E-mails"

    @api.model
    def get_empty_list_help(self, help_message):
        message = super().get_empty_list_help(help_message)
        if not self.env.user.has_group(MAILERS):
            return message
        link = LINK % ("mass_mailing.mailing_mailing_action_mail", self.env._("Write a mailing."))
        return Markup("%s<p>%s</p>") % (Markup(message or ""), link)
