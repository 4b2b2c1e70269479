from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import ormcache

CHANNELS = [
    ("web", "Website"),
    ("order", "Orders"),
    ("email", "E-mail"),
    ("chat", "Chat"),
    ("forum", "Forum"),
    ("support", "Support"),
    ("feedback", "Feedback"),
    ("loyalty", "Loyalty"),
    ("consent", "Consent"),
    ("social", "Social"),
    ("app", "App"),
]

#: The longest that the CNIL accepts for audience measurement (guidelines of 17 September
#: 2020, and its page on exempt measurement of 4 July 2025).
WEB_MONTHS = 25
#: What customers are told of a kind, and what decides whether they are.
PORTAL_FIELDS = ["code", "name", "portal_name", "icon", "in_portal", "keep_months"]


class EcrmTouchpointKind(models.Model):
    """One word of the log's vocabulary, and what such an act adds to engagement."""

    _name = "ecrm.touchpoint.kind"
    _inherit = ["ecrm.cached.name.mixin"]
    _description = "Kind of Touchpoint"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    portal_name = fields.Char(
        "In the Customer's Words",
        translate=True,
        help="What customers read of such an act in their portal: a short sentence to them. "
        "Without it they read the name.",
    )
    channel = fields.Selection(CHANNELS, compute="_compute_channel", store=True)
    icon = fields.Char(default="fa-circle-o")
    weight = fields.Float(
        aggregator=None,
        help="Points that one such act adds to engagement, before it fades with time. "
        "A negative weight is a sign of displeasure.",
    )
    in_portal = fields.Boolean(
        "Shown to Customers",
        help="Customers see such acts of their own on their portal page.",
    )
    keep_months = fields.Integer(
        "Kept for (Months)",
        compute="_compute_keep_months",
        store=True,
        readonly=False,
        aggregator=None,
        help="Such touchpoints are removed before they are older than so many months, month "
        "by month, and never read again from Odoo's own tables. 0: kept for ever.",
    )
    can_set_retention = fields.Boolean(compute="_compute_can_set_retention")
    sequence = fields.Integer(default=1000)

    _code_unique = models.Constraint("unique(code)", "This kind exists already.")
    _keep_months_positive = models.Constraint(
        "CHECK(keep_months >= 0)", "Months to keep cannot be negative. 0 means for ever."
    )

    @api.depends("code")
    def _compute_channel(self):
        for kind in self:
            kind.channel = (kind.code or "").partition(".")[0] or False

    @api.depends("code")
    def _compute_keep_months(self):
        for kind in self:
            kind.keep_months = WEB_MONTHS if (kind.code or "").startswith("web.") else 0

    def _compute_can_set_retention(self):
        self.can_set_retention = self._may_set_retention()

    def _may_set_retention(self):
        return self.env.su or self.env.user.has_group("ecrm_addon.group_ecrm_manager")

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def write(self, vals):
        if "keep_months" in vals and not self._may_set_retention():
            raise AccessError(self.env._("Only an eCRM manager sets how long history is kept."))
        # the scorer keeps the weights
        self.env.registry.clear_cache()
        return super().write(vals)

    @api.model
    @api.private
    def portal_words(self):
        """Return what customers are told of each kind: code -> values of ``PORTAL_FIELDS``.

        It is kept in the cache of the server and is not to be changed.
        """
        return self._cached_portal_words(self.env.lang)

    @ormcache("lang")
    def _cached_portal_words(self, lang):
        # sudo: customers have no right on the vocabulary, whose words they read
        kinds_sudo = self.sudo().with_context(lang=lang)
        return {row["code"]: row for row in kinds_sudo.search_read([], PORTAL_FIELDS)}
