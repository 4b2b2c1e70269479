from odoo import fields, models


class EcrmApiKeyWizard(models.TransientModel):
    """Asks what a new API key is for, makes it and shows it once."""

    _name = "ecrm.api.key.wizard"
    _description = "New API Key"

    name = fields.Char(required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    expires_on = fields.Date("Valid Until")

    def action_generate(self):
        """Button: make the key, and show it."""
        self.ensure_one()
        key, secret = self.env["ecrm.api.key"].generate(
            self.name, self.company_id, expires_on=self.expires_on
        )
        return key._action_show(secret)


class EcrmApiKeyShow(models.AbstractModel):
    """Shows a new API key once. It is in no table: the dialog gets it as its default."""

    _name = "ecrm.api.key.show"
    _description = "Show an API Key"

    id = fields.Id()  # the dialog's onchange needs one
    key = fields.Char("API Key", readonly=True)
