from odoo import api, fields, models


class EcrmScoreRun(models.Model):
    _name = "ecrm.score.run"
    _description = "Scoring Run"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    customer_count = fields.Integer(readonly=True)

    @api.model
    @api.private
    def score(self, company, as_of=None, model="mbgnbd", horizon_days=None):
        return self
