from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

EVIDENCE = [
    ("login", "Login"),
    ("click", "Click in a Mail"),
    ("form", "Form"),
    ("checkout", "Checkout"),
    ("import", "Import"),
    ("address", "Same E-mail Address"),
    ("hand", "By Hand"),
    ("contact_merge", "Contact Merge"),
]


class EcrmIdentityLink(models.Model):
    """Ledger of who was taken for whom: append-only, so that each step can be undone.

    ======== ================================= ==========================
    action   what happened                     undo
    ======== ================================= ==========================
    linked   identity got its contact          back to the contact before
    unlinked identity lost its contact         back to the contact before
    merged   contact's identities went over    back to the contact before
    undone   one of the above was taken back   undo that line instead
    ======== ================================= ==========================
    """

    _name = "ecrm.identity.link"
    _description = "Identity Ledger"
    _order = "id desc"
    _rec_name = "action"

    identity_id = fields.Many2one(
        "ecrm.identity", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="identity_id.company_id")
    action = fields.Selection(
        [
            ("linked", "Linked"),
            ("unlinked", "Unlinked"),
            ("merged", "Merged"),
            ("undone", "Undone"),
        ],
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner", "Contact", ondelete="set null", index="btree_not_null", readonly=True
    )
    # a plain number: a foreign key would be rewritten by the very merge it records
    previous_partner_ref = fields.Integer("Contact Before (Id)", readonly=True)
    evidence = fields.Selection(EVIDENCE, required=True, readonly=True)
    occurred_at = fields.Datetime(
        "Known Since",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
        help="When the login, the click or the checkout was; the line is written a little later.",
    )
    from_start = fields.Boolean(
        readonly=True,
        help="The identity was this contact's from its first event on, such as a browser on "
        "which somebody is logged in: nothing was anonymous.",
    )
    note = fields.Char(readonly=True)
    undone_by_id = fields.Many2one("ecrm.identity.link", readonly=True, ondelete="set null")

    @api.model
    @api.private
    def _record(self, identities, partner, action, evidence, note=None):
        """Write one line per identity, before the identities change."""
        # sudo: lines come from what is done to identities, never from hand or RPC
        lines_sudo = self.sudo().create(
            [
                {
                    "identity_id": identity.id,
                    "action": action,
                    "partner_id": partner.id,
                    "previous_partner_ref": identity.partner_id.id,
                    "evidence": evidence,
                    "note": note,
                }
                for identity in identities
            ]
        )
        return lines_sudo.with_env(self.env)

    def write(self, vals):
        if set(vals) - {"undone_by_id"}:
            raise AccessError(self.env._("The ledger is never edited. Undo the line instead."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The ledger is never edited. Undo the line instead."))

    def action_undo(self):
        """Take the last step back: the identities return to their contact of before."""
        if not self.env.user.has_group("ecrm_addon.group_ecrm_manager"):
            raise AccessError(self.env._("Only an eCRM manager can undo a line."))
        self.check_access("read")
        for line in self:
            line._check_can_undo()
            previous = self.env["res.partner"].browse(line.previous_partner_ref).exists()
            (undo,) = line.identity_id._move(
                previous, "undone", "hand", self.env._("Undo of line %s", line.id)
            )
            line.sudo().undone_by_id = undo  # nobody may write lines by RPC

    def _check_can_undo(self):
        self.ensure_one()
        if self.undone_by_id or self.action == "undone":
            raise UserError(self.env._("This line is undone already."))
        standing = [("action", "!=", "undone"), ("undone_by_id", "=", False)]
        if self.search([("identity_id", "=", self.identity_id.id), *standing], limit=1) != self:
            raise UserError(self.env._("Undo the later lines of this identity first."))
        ref = self.previous_partner_ref
        if ref and not self.env["res.partner"].browse(ref).exists():
            raise UserError(
                self.env._(
                    "The contact before (id %s) does not exist any more. "
                    "Link the identity to another contact instead.",
                    ref,
                )
            )
