from odoo import fields, models


class EcrmTier(models.Model):
    _name = "ecrm.tier"
    _description = "Loyalty Tier"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one("res.company", index=True)
