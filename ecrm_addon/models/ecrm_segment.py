from odoo import fields, models


class EcrmSegment(models.Model):
    _name = "ecrm.segment"
    _description = "RFM Segment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
