from odoo import fields, models


class EcrmTierChange(models.Model):
    _inherit = "ecrm.tier.change"

    measure = fields.Selection(
        selection_add=[("points", "Points earned in loyalty programs")],
        ondelete={"points": "set null"},
    )

    def _reason_words(self):
        words = super()._reason_words()
        return {**words, "points": self.env._("%(reached)s points earned in %(days)s days")}
