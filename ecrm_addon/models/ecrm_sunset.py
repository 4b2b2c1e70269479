from odoo import api, fields, models

from ..queries import find_uninterested


class EcrmSuppression(models.Model):
    """The sunset rule: who shows no interest for long is not mailed any more.

    Mailing on to people who never look harms the sender's reputation with all others.
    """

    _inherit = "ecrm.suppression"

    @api.model
    @api.private
    def _cron_sunset(self, at=None):
        """Every night: stop mailings to the uninterested, resume those who came back."""
        at = at or fields.Datetime.now()
        for model in ("ecrm.suppression", "ecrm.email.message", "sale.order", "res.partner"):
            self.env[model].flush_model()
        for company in self.env["res.company"].search([]):
            revived = self.env.execute_query(find_uninterested.revive(company.id, at))
            self.browse(row[0] for row in revived)._lift("rule")
            self.flush_model()
            if company.ecrm_sunset:
                self.env.cr.execute(find_uninterested.add(company.id, at))
            if not self.env["ir.cron"]._commit_progress(1):
                break
        self.invalidate_model()
