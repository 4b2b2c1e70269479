from odoo import api, fields, models

from ..lib.privacy.table import ANONYMISED, ERASED, KEPT


class EcrmEraseWizardLine(models.TransientModel):
    """One kind of data, and what becomes of it."""

    _name = "ecrm.erase.wizard.line"
    _description = "What is Erased"

    wizard_id = fields.Many2one("ecrm.erase.wizard", ondelete="cascade")
    label = fields.Char("Data", readonly=True)
    count = fields.Integer("Number", readonly=True)
    action = fields.Selection(
        [(ERASED, "Erased"), (ANONYMISED, "Made anonymous"), (KEPT, "Kept")],
        "What Happens",
        readonly=True,
    )
    reason = fields.Char("Why", readonly=True)
    until = fields.Date("Kept until", readonly=True)

    @api.model
    def _values(self, part):
        """Return the values of a line.

        :param Part part: see ``lib.privacy.table``
        """
        return {
            "label": part.label,
            "count": part.count,
            "action": part.action,
            "reason": part.reason,
            "until": part.until,
        }
