from markupsafe import Markup

from odoo import api, models

# the client opens such links in helpers
LINK = Markup('<a type="action" name="%s" class="text-decoration-underline" href="#">%s</a>')

#: Only who is both sees our block of the settings.
MANAGER = "ecrm_addon.group_ecrm_manager"


class EcrmWebsiteHelpMixin(models.AbstractModel):
    """Tells in empty views of the website's figures why nothing can come, and what to do."""

    _name = "ecrm.website.help.mixin"
    _description = "Help in Empty Views of the Website"
    #: Whether counts without identifiers bring nothing here.
    _needs_identity = False

    @api.model
    def get_empty_list_help(self, help_message):
        message = super().get_empty_list_help(help_message)
        modes = self._modes()
        if not modes:
            why = self.env._(
                "Visits are not recorded: it is switched off for each of your websites."
            )
            return self._explain(message, why, self._advice())
        if self._needs_identity and "identified" not in modes:
            why = self.env._("Your websites count without identifying anybody.")
            see = self.env._("See what happens per day.")
            return self._explain(message, why, LINK % ("ecrm_addon.ecrm_web_daily_action", see))
        return message

    def _explain(self, message, why, advice):
        return Markup("%s<p><b>%s</b> %s</p>") % (Markup(message or ""), why, advice)

    def _advice(self):
        user = self.env.user
        if not (user.has_group("base.group_system") and user.has_group(MANAGER)):
            return self.env._("An administrator can switch it on in the settings of eCRM.")
        return LINK % (
            "ecrm_addon.res_config_settings_action",
            self.env._("Choose in the settings what is recorded."),
        )

    def _modes(self):
        """Return how websites and sites of the companies are recorded, those not left out."""
        companies = [("company_id", "in", self.env.companies.ids)]
        # sudo: whether there is one is no secret of a website
        websites_sudo = self.env["website"].sudo().search(companies)
        modes = set(websites_sudo.mapped("ecrm_tracking")) - {"off"}
        if self.env["ecrm.site"].sudo().search_count(companies, limit=1):
            modes.add("identified")
        return modes
