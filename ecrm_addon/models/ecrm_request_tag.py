from random import randint

from odoo import fields, models


class EcrmRequestTag(models.Model):
    """A word by which support requests are sorted; of all companies together."""

    _name = "ecrm.request.tag"
    _description = "Support Tag"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    color = fields.Integer(default=lambda self: randint(1, 11))

    _unique_name = models.Constraint("unique(name)", "There is a tag of this name already.")
