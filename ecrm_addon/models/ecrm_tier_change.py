from odoo import fields, models


class EcrmTierChange(models.Model):
    _name = "ecrm.tier.change"
    _description = "Tier Change"
    _order = "date desc, id desc"

    partner_id = fields.Many2one("res.partner", ondelete="set null", index=True, readonly=True)
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True)
