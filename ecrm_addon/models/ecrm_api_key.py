import hashlib
import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from ..lib.api import event as api_event

#: What stands before every key, so that scanners of code find one that was published.
MARK = "ecrm_"
PREFIX_LENGTH = len(MARK) + 8
_SECRET = re.compile(MARK + "[0-9a-f]{8}_[A-Za-z0-9_-]{43}")


class EcrmApiKey(models.Model):
    """What an app, a till or a social channel shows to report events of one company.

    Only a hash of it is kept: the key itself is shown once, when it is made. The first
    characters are kept to recognise it and to find its hash. Nothing is written when a key
    is used: a counter here would make every request wait for every other.
    """

    _name = "ecrm.api.key"
    _description = "API Key"
    _order = "active desc, name, id"

    name = fields.Char(required=True, help="Who uses the key, such as: till in the shop.")
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self.env.company,
        help="What comes in by this key belongs to this company, and to no other.",
    )
    active = fields.Boolean(default=True, readonly=True, copy=False)
    prefix = fields.Char("Begins with", readonly=True, copy=False)
    secret_hash = fields.Char(readonly=True, copy=False, prefetch=False, groups=fields.NO_ACCESS)
    rotated_at = fields.Datetime("Key Made", readonly=True, copy=False)
    expires_on = fields.Date(
        "Valid Until", help="The last day (UTC) on which the key works. Empty: until revoked."
    )
    state = fields.Selection(
        [("valid", "Valid"), ("expired", "Expired"), ("revoked", "Revoked")],
        "Status",
        compute="_compute_state",
    )
    allow_app = fields.Boolean("App and Till", default=True, help="Any kind app.*")
    allow_social = fields.Boolean("Social Media", default=True, help="Any kind social.*")
    allow_web = fields.Boolean("Pages and Searches", default=True, help="Kinds web.*")
    allow_chat = fields.Boolean("Chat", default=True, help="Kinds chat.*")
    allow_forum = fields.Boolean("Forum", default=True, help="Kinds forum.*")
    allow_support = fields.Boolean("Support", default=True, help="Kinds support.*")
    allow_feedback = fields.Boolean("Feedback", default=True, help="Kinds feedback.*")

    _prefix_unique = models.Constraint("unique(prefix)", "Two keys must not begin alike.")

    @api.depends("active", "expires_on", "secret_hash")
    def _compute_state(self):
        today = fields.Date.today()
        # sudo: whether there is a hash is no secret, only the hash is
        for key, key_sudo in zip(self, self.sudo(), strict=True):
            if not key.active or not key_sudo.secret_hash:
                key.state = "revoked"
            else:
                expired = key.expires_on and key.expires_on < today
                key.state = "expired" if expired else "valid"

    def write(self, vals):
        """Keep a key with its company; one that is archived loses its secret for good."""
        if "company_id" in vals and any(key.company_id.id != vals["company_id"] for key in self):
            raise UserError(
                self.env._("A key stays with its company. Please make a new key for the other one.")
            )
        result = super().write(vals)
        if not vals.get("active", True):
            # sudo: nobody may write the hash by RPC; the right to change the key was checked
            self.sudo().write({"secret_hash": False})
        return result

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_rotate(self):
        """Button: make a new key in place of this one, and show it once."""
        self.ensure_one()
        return self._action_show(self._renew())

    def action_revoke(self):
        """Button: let nobody in by these keys any more, from the next request on."""
        self.active = False

    @api.private
    def _action_show(self, secret):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Your New API Key"),
            "res_model": "ecrm.api.key.show",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": secret},
        }

    # ------------------------------------------------------------
    # SECRETS
    # ------------------------------------------------------------

    @api.private
    def _renew(self):
        """Make a new secret; the one before stops working.

        :return str: the key, which is kept nowhere
        """
        self.ensure_one()
        self.check_access("write")
        prefix = MARK + secrets.token_hex(4)
        secret = f"{prefix}_{secrets.token_urlsafe(32)}"
        # sudo: nobody may write the hash by RPC; the right to change the key was checked
        self.sudo().write(
            {
                "active": True,
                "prefix": prefix,
                "secret_hash": self._hash(secret),
                "rotated_at": fields.Datetime.now(),
            }
        )
        return secret

    @api.model
    @api.private
    def generate(self, name, company=None, **values):
        """Make a key; for scripts, as the button does it for people.

        :param str name: who uses it
        :param res.company company: whose events come in by it, by default the current one
        :return tuple[ecrm.api.key, str]: the record, and the key, which is kept nowhere
        """
        company = company or self.env.company
        key = self.create({"name": name, "company_id": company.id, **values})
        return key, key._renew()

    @staticmethod
    def _hash(secret):
        # of 256 random bits: nobody can guess them, so that a slow hash would protect nothing
        return hashlib.sha256(secret.encode()).hexdigest()

    @api.model
    @api.private
    def authenticate(self, secret):
        """Return the key that somebody shows, or an empty one.

        It is read from the table each time: a key that was revoked stops at once, whatever
        a worker has in its cache.

        :param str secret: as it stands in the request
        """
        if not _SECRET.fullmatch(secret):
            return self.browse()
        # sudo: a door checks the key of somebody who is no user
        key_sudo = self.sudo().search([("prefix", "=", secret[:PREFIX_LENGTH])])
        shown = self._hash(secret)
        if not consteq(shown, key_sudo.secret_hash or "") or key_sudo.state != "valid":
            return self.browse()
        return key_sudo.sudo(False)

    def _channels(self):
        return {channel for channel in api_event.CHANNELS if self[f"allow_{channel}"]}
