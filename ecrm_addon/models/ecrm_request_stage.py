from odoo import api, fields, models
from odoo.exceptions import ValidationError


class EcrmRequestStage(models.Model):
    """Where a support request stands, in the words of the company and in those for customers."""

    _name = "ecrm.request.stage"
    _description = "Support Stage"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    portal_name = fields.Char(
        "Customers Read", translate=True, help="Empty: they read the name of the stage."
    )
    sequence = fields.Integer(default=10)
    is_waiting = fields.Boolean(
        "Waits for the Customer",
        help="The time for an answer stands still. An answer of the customer brings it back.",
    )
    is_closed = fields.Boolean("Closed", help="Nothing is left to do.")
    is_cancelled = fields.Boolean(
        "Without a Solution",
        help="Closed, but not solved: withdrawn, merged or sent in error. Nobody is asked "
        "whether the answer helped.",
    )
    fold = fields.Boolean("Folded in Kanban")

    @api.constrains("is_waiting", "is_closed", "is_cancelled")
    def _check_kind(self):
        for stage in self:
            if stage.is_waiting and stage.is_closed:
                raise ValidationError(
                    self.env._("A stage that waits for the customer is not closed.")
                )
            if stage.is_cancelled and not stage.is_closed:
                raise ValidationError(self.env._("Requests without a solution are closed ones."))

    @api.model
    @api.private
    def _cancelled(self):
        """Return the stage of requests that are closed without a solution."""
        return self.search([("is_cancelled", "=", True)], limit=1) or self.search(
            [("is_closed", "=", True)], limit=1
        )
