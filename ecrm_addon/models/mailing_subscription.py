from odoo import api, models
from odoo.http import request


class MailingSubscription(models.Model):
    """Remembers on which browser somebody asked for a newsletter.

    Anybody can type anybody's address: the browser is the address's owner's only when that
    is confirmed, see ``ecrm.identity.claim``.
    """

    _inherit = "mailing.subscription"

    @api.model_create_multi
    def create(self, vals_list):
        subscriptions = super().create(vals_list)
        subscriptions._ecrm_note_claim()
        return subscriptions

    def write(self, vals):
        result = super().write(vals)
        if vals.get("opt_out") is False:
            self._ecrm_note_claim()
        return result

    def _ecrm_note_claim(self):
        if len(self) == 1:  # one form; an import knows no browser
            self.env["ecrm.visit"].note_claim(self.sudo().contact_id.email)
            self._ecrm_ask_to_confirm()

    def _ecrm_ask_to_confirm(self):
        """Send the link to confirm, where somebody subscribed on the website to a list whose
        topic asks for it. Employees who subscribe others answer for it themselves.
        """
        list_sudo = self.sudo().list_id  # visitors may not read lists
        topic_sudo = list_sudo.ecrm_topic_id
        confirmed = self.env.context.get("ecrm_confirmed")
        if confirmed or not topic_sudo.double_opt_in or self.env.user._is_internal():
            return
        if request and not self.env["ecrm.email.optin"].allows_form(request):
            return
        self.env["ecrm.email.optin"].ask(
            self.sudo().contact_id.email, topic_sudo, source="mailing list", mailing_list=list_sudo
        )
