from odoo import api, fields, models
from odoo.exceptions import AccessError

WHAT = [
    ("asked", "Asked"),
    ("mailed", "Mail made"),
    ("confirmed", "Confirmed by mail"),
    ("assigned", "Assigned"),
    ("started", "Started"),
    ("built", "File made"),
    ("fetched", "File fetched"),
    ("removed", "File removed"),
    ("erased", "Erased"),
    ("objected", "Objection noted"),
    ("prolonged", "Prolonged"),
    ("refused", "Refused"),
    ("expired", "Not confirmed in time"),
    ("failed", "Failed"),
    ("todo", "Needs somebody"),
    ("done", "Done"),
]
BY = [("customer", "Customer"), ("user", "Employee"), ("system", "System")]


class EcrmPrivacyRequestEvent(models.Model):
    """Audit trail of privacy requests: what was done, when, and by whom.

    It names no customer, so that it can stay when she is forgotten. Nobody edits or deletes
    a line, the administrator included.
    """

    _name = "ecrm.privacy.request.event"
    _description = "Line of an Audit Trail"
    _order = "id"
    _rec_name = "what"

    # nobody deletes a request; only when the addon goes, both do
    request_id = fields.Many2one(
        "ecrm.privacy.request", required=True, ondelete="cascade", index=True, readonly=True
    )
    company_id = fields.Many2one(related="request_id.company_id")
    what = fields.Selection(WHAT, required=True, readonly=True)
    by = fields.Selection(BY, required=True, readonly=True)
    # employees only: a customer is "the customer"
    user_id = fields.Many2one("res.users", "Employee", ondelete="set null", readonly=True)
    about_user_id = fields.Many2one("res.users", "To", ondelete="set null", readonly=True)
    detail = fields.Char(readonly=True)
    create_date = fields.Datetime("When", readonly=True)

    def write(self, vals):
        if vals:
            raise AccessError(self.env._("The audit trail is never edited: it is proof."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("The audit trail is never deleted: it is proof."))
