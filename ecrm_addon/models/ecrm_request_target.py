from odoo import api, fields, models

from .ecrm_request import PRIORITIES


class EcrmRequestTarget(models.Model):
    """Within how many business hours a team answers and solves requests of a priority."""

    _name = "ecrm.request.target"
    _description = "Support Target"
    _order = "team_id, priority desc"
    _rec_name = "team_id"

    team_id = fields.Many2one("ecrm.request.team", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="team_id.company_id")
    priority = fields.Selection(PRIORITIES, required=True, default="1")
    answer_hours = fields.Float(
        "First Answer", help="Business hours from the question to the first answer. 0: no target."
    )
    solve_hours = fields.Float(
        "Solution",
        help="Business hours from the question to the solution, without the time in which the "
        "request waits for the customer. 0: no target.",
    )

    _unique_priority = models.Constraint(
        "unique(team_id, priority)", "A team has one target per priority."
    )
    _check_hours = models.Constraint(
        "CHECK(answer_hours >= 0 AND solve_hours >= 0)", "Hours of a target cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        targets = super().create(vals_list)
        self.env["ecrm.request"]._renew_dues(targets.team_id)
        return targets

    def write(self, vals):
        teams = self.team_id
        result = super().write(vals)
        self.env["ecrm.request"]._renew_dues(teams | self.team_id)
        return result

    def unlink(self):
        teams = self.team_id
        result = super().unlink()
        self.env["ecrm.request"]._renew_dues(teams.exists())
        return result
