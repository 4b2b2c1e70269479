from markupsafe import Markup

from odoo import api, models


class EcrmWebsiteHelpMixin(models.AbstractModel):
    """Tells in empty views of the website's figures why nothing can come, and what to do."""

    _name = "ecrm.website.help.mixin"
    _description = "Help in Empty Views of the Website"

    @api.model
    def get_empty_list_help(self, help_message):
        message = super().get_empty_list_help(help_message)
        if self._is_tracked():
            return message
        if self.env.user.has_group("base.group_system"):
            # the client opens links of type action, as in all helpers
            advice = Markup('<a type="action" name="ecrm_addon.res_config_settings_action">%s</a>')
            advice = advice % self.env._("Choose in the settings what is recorded.")
        else:
            advice = self.env._("An administrator can switch it on in the settings of eCRM.")
        off = self.env._("Visits are not recorded: it is switched off for each of your websites.")
        return Markup("%s<p><b>%s</b> %s</p>") % (Markup(message or ""), off, advice)

    def _is_tracked(self):
        """Return whether something is recorded on any website or site of the companies."""
        companies = [("company_id", "in", self.env.companies.ids)]
        # sudo: whether there is one is no secret of a website
        websites_sudo = self.env["website"].sudo()
        sites_sudo = self.env["ecrm.site"].sudo()
        on = [*companies, ("ecrm_tracking", "!=", "off")]
        return bool(
            websites_sudo.search_count(on, limit=1) or sites_sudo.search_count(companies, limit=1)
        )
