from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    ecrm_tier_measure = fields.Selection(
        selection_add=[("points", "Points earned in loyalty programs")],
        ondelete={"points": "set default"},
    )
