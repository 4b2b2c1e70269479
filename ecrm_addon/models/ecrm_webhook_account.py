import re
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.email import esp
from .ecrm_webhook_help import HELP

_KEY = re.compile(r"[A-Za-z0-9_-]{32}")
#: How long a secret is good after it was replaced, unless somebody says otherwise.
GRACE = timedelta(days=7)
#: A delivery of these counts as a success.
TAKEN = ("done", "partial", "confirmed")
#: These are to be looked at.
TROUBLE = ("failed", "partial", "dead")


class EcrmWebhookAccount(models.Model):
    """An account at a provider of e-mail that tells us what became of mails.

    The key in the address is random, so that nobody else finds the door; the provider proves
    itself by a signature or a password besides. Nobody can read these again, not even a
    manager: they are typed in, and compared. One before stays good for a while, so that a
    secret can be changed here first and there later.
    """

    _name = "ecrm.webhook.account"
    _description = "Webhook"
    _order = "name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    provider = fields.Selection(
        [(code, provider.name) for code, provider in esp.PROVIDERS.items()], required=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="What comes in here is about mails of this company.",
    )
    key = fields.Char(
        "Key in the Address",
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
    )
    url = fields.Char("Address", compute="_compute_url")
    setup_help = fields.Text(compute="_compute_setup")
    uses_key = fields.Boolean(compute="_compute_setup")
    uses_topics = fields.Boolean(compute="_compute_setup")
    topics = fields.Text(
        "SNS Topics",
        help="One ARN per line, such as arn:aws:sns:eu-west-1:123456789012:mails. Messages of "
        "other topics are refused.",
    )
    has_initial_opens = fields.Boolean(
        "Count Initial Openings",
        help="SparkPost tells of a pixel at the top of a mail (Initial Open) and of one at its end "
        "(Open). Count the former too, where its webhook does not send the latter.",
    )
    keep_days = fields.Integer(
        "Keep Deliveries (Days)",
        default=30,
        required=True,
        help="What came in is kept as it was for so long, to look at and to read again.",
    )

    username = fields.Char("User", default="odoo", help="Which the provider shows (basic auth).")
    new_password = fields.Char(
        "Password", compute="_compute_new", inverse="_inverse_new_password", copy=False
    )
    new_signing_key = fields.Char(
        "Key", compute="_compute_new", inverse="_inverse_new_signing_key", copy=False
    )
    has_password = fields.Boolean("Password Is Set", compute="_compute_has")
    has_signing_key = fields.Boolean("Key Is Set", compute="_compute_has")
    has_previous = fields.Boolean(compute="_compute_has")
    previous_until = fields.Datetime(
        "The One before Is Good Until",
        copy=False,
        help="Key or password before the present one. Empty it to end it at once.",
    )
    login_digest = fields.Char(copy=False, prefetch=False, groups=fields.NO_ACCESS)
    previous_login_digest = fields.Char(copy=False, prefetch=False, groups=fields.NO_ACCESS)
    signing_key = fields.Char(copy=False, prefetch=False, groups=fields.NO_ACCESS)
    previous_signing_key = fields.Char(copy=False, prefetch=False, groups=fields.NO_ACCESS)

    last_success_at = fields.Datetime("Last Success", compute="_compute_deliveries")
    delivery_count = fields.Integer("Deliveries", compute="_compute_deliveries")
    trouble_count = fields.Integer("To Look at", compute="_compute_deliveries")

    _key_unique = models.Constraint("unique(key)", "This key is in use already.")
    _keep_days_positive = models.Constraint(
        "check(keep_days > 0)", "Please keep deliveries for at least one day."
    )

    @api.depends("provider", "key")
    def _compute_url(self):
        for account in self:
            path = f"/ecrm/webhook/{account.provider}/{account.key}"
            account.url = account.provider and account.get_base_url() + path

    @api.depends("provider")
    def _compute_setup(self):
        for account in self:
            account.setup_help = account.provider and self.env._(HELP[account.provider])
            account.uses_key = account.provider in esp.SIGNING
            account.uses_topics = account.provider == "amazon_ses"

    def _compute_new(self):
        self.new_password = self.new_signing_key = False

    @api.depends("new_password", "new_signing_key", "previous_until")
    def _compute_has(self):
        # sudo: whether there is a secret is none, only the secret is
        for account, account_sudo in zip(self, self.sudo(), strict=True):
            account.has_password = bool(account_sudo.login_digest)
            account.has_signing_key = bool(account_sudo.signing_key)
            account.has_previous = bool(
                account_sudo.previous_login_digest or account_sudo.previous_signing_key
            )

    def _compute_deliveries(self):
        deliveries = self.env["ecrm.webhook.delivery"]
        mine = [("account_id", "in", self.ids)]
        counts = dict(deliveries._read_group(mine, ["account_id"], ["__count"]))
        trouble = [*mine, ("status", "in", TROUBLE)]
        troubles = dict(deliveries._read_group(trouble, ["account_id"], ["__count"]))
        taken = [*mine, ("status", "in", TAKEN)]
        last = dict(deliveries._read_group(taken, ["account_id"], ["received_at:max"]))
        for account in self:
            account.delivery_count = counts.get(account, 0)
            account.trouble_count = troubles.get(account, 0)
            account.last_success_at = last.get(account)

    # ------------------------------------------------------------
    # SECRETS
    # ------------------------------------------------------------

    def _inverse_new_password(self):
        for account in self.filtered("new_password"):
            login = f"{account.username}:{account.new_password}"
            account._replace("login_digest", esp.signature.login_digest(login))
        # what was typed is told to nobody, not even in the answer
        self.invalidate_recordset(["new_password"], flush=False)

    def _inverse_new_signing_key(self):
        for account in self.filtered("new_signing_key"):
            account._replace("signing_key", account.new_signing_key.strip())
        self.invalidate_recordset(["new_signing_key"], flush=False)

    def _replace(self, name, value):
        """Put a secret in place of another, which stays good for a while."""
        # sudo: nobody may read secrets; the right to change the account was checked
        account_sudo = self.sudo()
        account_sudo.write(
            {
                name: value,
                f"previous_{name}": account_sudo[name],
                "previous_until": fields.Datetime.now() + GRACE,
            }
        )

    def write(self, vals):
        """Refuse a new user with the old password: only both together can be compared."""
        renamed = "username" in vals and any(
            account.username != vals["username"] and account.has_password for account in self
        )
        if renamed and not vals.get("new_password"):
            raise UserError(self.env._("Please type the password again: it goes with the user."))
        return super().write(vals)

    def action_forget_secrets(self):
        """Button: let neither a password nor a key of before be good any more."""
        self.check_access("write")
        # sudo: as above
        self.sudo().write(
            dict.fromkeys(["previous_login_digest", "previous_signing_key", "previous_until"])
        )

    def action_remove_password(self):
        """Button: ask for no password any more."""
        self.check_access("write")
        # sudo: as above
        self.sudo().write(dict.fromkeys(["login_digest", "previous_login_digest"]))

    def action_view_deliveries(self):
        """Button: show what came in."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ecrm_addon.ecrm_webhook_delivery_action"
        )
        return {**action, "domain": [("account_id", "in", self.ids)], "context": {}}

    @api.model
    @api.private
    def find(self, provider, key):
        """Return the account that an address stands for, or an empty one.

        :param str provider: code
        :param str key: as it stands in the address
        """
        if not _KEY.fullmatch(key):
            return self.browse()
        # sudo: who knocks is no user; the key is 192 random bits
        return self.sudo().search([("key", "=", key), ("provider", "=", provider)], limit=1)

    @api.private
    def options(self):
        """Return how what comes in is to be read, in the words of ``lib.email.esp``."""
        return frozenset({esp.INITIAL_OPENS} if self.has_initial_opens else ())

    @api.private
    def as_known(self):
        """Return the account in the words of ``lib.email.esp``."""
        account_sudo = self.sudo()  # nobody may read secrets, the door compares them
        is_old_good = self.previous_until and self.previous_until > fields.Datetime.now()

        def both(name):
            values = [account_sudo[name], is_old_good and account_sudo[f"previous_{name}"]]
            return tuple(value for value in values if value)

        return esp.Account(
            keys=both("signing_key"),
            logins=both("login_digest"),
            topics=tuple((self.topics or "").split()),
            url=self.url,
            certificate=self.env["ecrm.webhook.door"].certificate,
        )
