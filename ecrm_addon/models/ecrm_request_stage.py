from odoo import fields, models


class EcrmRequestStage(models.Model):
    """Where a support request stands, in the words of the company; customers read them, too."""

    _name = "ecrm.request.stage"
    _description = "Support Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    is_waiting = fields.Boolean(
        "Waits for the Customer",
        help="The time for an answer stands still. An answer of the customer brings it back.",
    )
    is_closed = fields.Boolean("Closed", help="Nothing is left to do.")
    fold = fields.Boolean("Folded in Kanban")
