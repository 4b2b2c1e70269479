from odoo import api, models


class EcrmRequestTeam(models.Model):
    """Who may touch a team is asked first: Odoo's alias mixin makes an alias before, and lets
    everybody write nothing.
    """

    _inherit = "ecrm.request.team"

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        result = super().write(vals)
        if "calendar_id" in vals:
            self.env["ecrm.request"]._renew_dues(self)
        return result
