from odoo import api, fields, models

from ..queries import roll_up_mailings, tune_batch


class EcrmMailingStat(models.Model):
    """The figures of a mailing within one company: derived, counted anew by the digest.

    ``company_id`` is that of the recipients; empty for contacts of no company.
    """

    _name = "ecrm.mailing.stat"
    _inherit = "ecrm.email.figure.mixin"
    _description = "Figures of a Mailing"
    _log_access = False
    _rec_name = "mailing_id"

    mailing_id = fields.Many2one(
        "mailing.mailing", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    first_sent = fields.Datetime(readonly=True)
    domains = fields.Json(readonly=True, help="Figures by the recipients' domain.")
    hours = fields.Json(readonly=True, help="Opens and clicks by hour after sending.")
    agents = fields.Json("Programs", readonly=True, help="Opens and clicks by program.")
    links = fields.Json(readonly=True, help="Clicks by link.")

    @api.model
    @api.private
    def note(self, refs):
        """Note that something happened to mails: their mailings are to be counted anew."""
        self.env.cr.execute(roll_up_mailings.note(self._name, refs))

    @api.model
    @api.private
    def renew_noted(self):
        """Count those mailings anew to whose mails something happened."""
        self.renew(self.env["ecrm.change"].take(self._name))

    @api.model
    @api.private
    def renew(self, mailing_ids):
        """Count mailings anew."""
        if not mailing_ids:
            return
        self.env.flush_all()
        self.env.execute_query(tune_batch.build())
        # sudo: the digest counts for everybody
        mailings_sudo = self.env["mailing.mailing"].sudo().browse(mailing_ids)
        for mailing_id in mailings_sudo.exists().ids:
            self.env.cr.execute(roll_up_mailings.forget(mailing_id))
            self.env.cr.execute(roll_up_mailings.build(mailing_id))
        self.invalidate_model()
