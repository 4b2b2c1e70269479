from odoo import api, fields, models
from odoo.exceptions import UserError

from ..queries import link_addresses, update_identities_seen

#: Under this name it is noted that a browser logged in: id of the contact, key of the browser.
LOGIN = "ecrm.login"

KINDS = [
    ("device", "Browser"),
    ("partner", "Contact"),
    ("email", "E-mail Address"),
    ("external", "External Id"),
]


class EcrmIdentity(models.Model):
    """One key by which somebody is known: a browser, a contact, an address, an app user.

    Events carry the identity; the identity points to at most one contact. So linking,
    merging and undoing change a few rows here and never the log. Each change is written
    down in ``ecrm.identity.link``. An identity of kind ``partner`` begins at its contact.
    """

    _name = "ecrm.identity"
    _description = "Identity"
    _order = "last_seen desc nulls last, id desc"
    _rec_name = "key"

    kind = fields.Selection(KINDS, required=True, readonly=True)
    key = fields.Char(required=True, readonly=True, help="A browser's id is kept as a hash.")
    # a real foreign key without unique or check: Odoo's contact merge moves it, and no
    # cascade: privacy lookup skips tables that cascade from a contact
    partner_id = fields.Many2one(
        "res.partner", "Contact", ondelete="set null", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", index="btree_not_null", readonly=True)
    first_seen = fields.Datetime(readonly=True)
    last_seen = fields.Datetime(readonly=True)
    link_ids = fields.One2many("ecrm.identity.link", "identity_id", "Ledger")

    # the list of visitors, whoever came last first
    _seen_idx = models.Index("(last_seen, id) WHERE kind = 'device'")
    _key_unique = models.Constraint("unique(kind, key)", "This identity exists already.")

    @api.depends("kind", "key", "partner_id")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for identity in self:
            name = identity.partner_id.display_name
            if identity.kind == "email":
                name = identity.key
            elif identity.kind != "partner" or not name:
                name = (identity.key or "")[:12]
            identity.display_name = f"{labels.get(identity.kind, '')}: {name}"

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.private
    def link(self, partner, evidence, note=None):
        """Point identities to a contact and write down why.

        :param res.partner partner: whose identities these are
        :param str evidence: login, click, form, checkout, import or hand
        :param str note: what else one should know
        :return ecrm.identity.link: the new lines of the ledger
        """
        partner.ensure_one()
        moved = self.filtered(lambda identity: identity.partner_id != partner)
        return moved._move(partner, "linked", evidence, note)

    @api.private
    def unlink_contact(self, evidence="hand", note=None):
        """Take identities off their contact; the events stay with the identity."""
        linked = self.filtered("partner_id")
        return linked._move(self.env["res.partner"], "unlinked", evidence, note)

    @api.private
    def merge(self, partner, evidence="hand", note=None):
        """Move all identities of these identities' contacts to one contact.

        The contacts themselves stay; this only says that they are one person.
        """
        partner.ensure_one()
        others = self.partner_id - partner
        identities = self.search([("partner_id", "in", others.ids)])
        return identities._move(partner, "merged", evidence, note)

    @api.private
    def _refresh_seen(self):
        """Read anew from the log when these identities were first and last seen."""
        self.env.execute_query(update_identities_seen.build(self.env["ecrm.log"].seen(self.ids)))
        self.invalidate_recordset(["first_seen", "last_seen"])

    @api.model
    @api.private
    def _link_addresses(self, identity_ids):
        """Link those of some identities that are the address of exactly one contact."""
        self.flush_model()
        self.env["res.partner"].flush_model(["email_normalized", "active"])
        self.env.cr.execute(link_addresses.build(identity_ids))
        if self.env.cr.rowcount:
            self.invalidate_model(["partner_id", "company_id", "link_ids"])

    def _move(self, partner, action, evidence, note):
        # sudo: nobody may write here by RPC, past the ledger; who may ask for it is checked
        # by the buttons and the doors
        identities_sudo = self.sudo()
        lines = self.env["ecrm.identity.link"]._record(
            identities_sudo, partner, action, evidence, note
        )
        before = identities_sudo.partner_id
        identities_sudo._point_to(partner)
        self.env["ecrm.change"].note("ecrm.identity", self.ids)
        self.env["ecrm.change"].note("res.partner", before.ids)
        return lines

    def _point_to(self, partner):
        # an identity belongs to the company of its contact, as the contact itself does
        self.write({"partner_id": partner.id, "company_id": partner.company_id.id})

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_touchpoints(self):
        """Stat button: everything that was recorded under this key."""
        self.ensure_one()
        return self.env["ecrm.touchpoint"]._action_list(
            self.display_name, [("identity_id", "=", self.id)]
        )

    def action_unlink_contact(self):
        """Button: take the identity off its contact."""
        if not self.env.user.has_group("ecrm_addon.group_ecrm_manager"):
            raise UserError(self.env._("Only an eCRM manager can unlink an identity."))
        self.unlink_contact()
