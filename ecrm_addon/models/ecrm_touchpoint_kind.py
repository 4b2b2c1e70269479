from odoo import api, fields, models

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


class EcrmTouchpointKind(models.Model):
    """One word of the log's vocabulary, and what such an act adds to engagement."""

    _name = "ecrm.touchpoint.kind"
    _description = "Kind of Touchpoint"
    _order = "sequence, id"

    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
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
    sequence = fields.Integer(default=1000)

    _code_unique = models.Constraint("unique(code)", "This kind exists already.")

    @api.depends("code")
    def _compute_channel(self):
        for kind in self:
            kind.channel = (kind.code or "").partition(".")[0] or False

    def write(self, vals):
        # the scorer keeps the weights
        self.env.registry.clear_cache()
        return super().write(vals)
