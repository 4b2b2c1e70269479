from odoo import api, fields, models

from ..queries import find_uninterested


class EcrmSuppression(models.Model):
    """The sunset rule: who shows no interest for long is not mailed any more.

    Mailing on to people who never look harms the sender's reputation with all others.
    """

    _inherit = "ecrm.suppression"

    @api.model
    @api.private
    def _cron_sunset(self):
        """Every night: stop mailings to the uninterested, resume those who came back."""
        for company in self.env["res.company"].search([]):
            self._apply_sunset(company)
            if not self.env["ir.cron"]._commit_progress(1):
                return

    def _apply_sunset(self, company, at=None):
        at = at or fields.Datetime.now()
        for model in ("ecrm.suppression", "ecrm.email.message", "sale.order", "res.partner"):
            self.env[model].flush_model()
        revived = self.env.execute_query(find_uninterested.revive(company.id))
        self.browse(row[0] for row in revived)._lift("rule")
        self.flush_model()
        if company.ecrm_sunset:
            self.env.cr.execute(find_uninterested.add(company.id, at))
        self.invalidate_model()
