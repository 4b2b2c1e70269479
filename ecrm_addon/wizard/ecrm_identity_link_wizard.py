from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command


class EcrmIdentityLinkWizard(models.TransientModel):
    """Asks to which contact identities belong."""

    _name = "ecrm.identity.link.wizard"
    _description = "Link Identities to a Contact"

    identity_ids = fields.Many2many(
        "ecrm.identity",
        string="Identities",
        required=True,
        readonly=True,
        default=lambda self: self._default_identity_ids(),
    )
    previous_partner_ids = fields.Many2many(
        "res.partner", string="Contacts Before", compute="_compute_previous_partner_ids"
    )
    partner_id = fields.Many2one("res.partner", "Contact", required=True)
    same_person = fields.Boolean(
        "The contact before is the same person",
        help="Moves all other identities of the contact before too. Both contacts stay.",
    )
    note = fields.Char(help="Why you are sure; kept in the ledger.")

    @api.model
    def _default_identity_ids(self):
        if self.env.context.get("active_model") != "ecrm.identity":
            return False
        return [Command.set(self.env.context.get("active_ids", []))]

    @api.depends("identity_ids")
    def _compute_previous_partner_ids(self):
        for wizard in self:
            wizard.previous_partner_ids = wizard.identity_ids.partner_id

    def action_link(self):
        """Link the identities and write down that it was done by hand."""
        self.ensure_one()
        if not self.env.user.has_group("ecrm_addon.group_ecrm_manager"):
            raise AccessError(self.env._("Only an eCRM manager can link an identity."))
        if self.same_person:
            self.identity_ids.merge(self.partner_id, note=self.note)
        # merging moves those that have a contact, so those without one are linked
        self.identity_ids.link(self.partner_id, "hand", note=self.note)
        return {"type": "ir.actions.act_window_close"}
