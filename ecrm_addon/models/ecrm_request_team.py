from odoo import api, fields, models

from odoo.addons.mail.tools.alias_error import AliasError

from ..lib.support.share import share_out

ASSIGN = [
    ("manual", "By Hand"),
    ("load", "To Who Has the Fewest Open Requests"),
]


class EcrmRequestTeam(models.Model):
    """Who answers support requests together, and by which address they are asked."""

    _name = "ecrm.request.team"
    _inherit = ["mail.alias.mixin.optional", "mail.thread"]
    _description = "Support Team"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer()
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    user_id = fields.Many2one(
        "res.users",
        "Team Leader",
        ondelete="set null",
        domain="[('share', '=', False)]",
        help="Is told of late requests that are nobody's.",
    )
    member_ids = fields.Many2many("res.users", string="Members", domain="[('share', '=', False)]")
    assign = fields.Selection(
        ASSIGN,
        "New Requests Are Given",
        required=True,
        default="manual",
        help="By load: within a minute, to the member with the fewest open requests. Who is on "
        "leave by the working calendar gets none.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        "Business Hours",
        ondelete="set null",
        domain="[('company_id', 'in', [company_id, False])]",
        help="In which the hours of the targets are counted. Empty: those of the company.",
    )
    target_ids = fields.One2many("ecrm.request.target", "team_id", "Targets", copy=True)
    open_count = fields.Integer("Open", compute="_compute_counts")
    unassigned_count = fields.Integer("Unassigned", compute="_compute_counts")
    late_count = fields.Integer("Late", compute="_compute_counts")

    def _compute_counts(self):
        """Count the open requests of all teams in two queries."""
        requests = self.env["ecrm.request"]
        domain = [("team_id", "in", self.ids), ("is_closed", "=", False)]
        by_team = {
            team.id: (count, count - assigned)
            for team, count, assigned in requests._read_group(
                domain, ["team_id"], ["__count", "user_id:count"]
            )
        }
        late = dict(
            (team.id, count)
            for team, count in requests._read_group(
                [*domain, ("is_late", "=", True)], ["team_id"], ["__count"]
            )
        )
        for team in self:
            team.open_count, team.unassigned_count = by_team.get(team.id, (0, 0))
            team.late_count = late.get(team.id, 0)

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("ecrm.request")
        if self.id:
            values["alias_defaults"] = {"team_id": self.id, "source": "email"}
        return values

    def _alias_get_error(self, message, message_dict, alias):
        """Refuse new requests where another helpdesk answers customers.

        Odoo asks the team about new ones only: what customers write about an old request still
        comes to it.
        """
        if self and not self.company_id._ecrm_has_support():
            return AliasError(
                "ecrm_support_off", self.env._("no questions are answered at this address any more")
            )
        return super()._alias_get_error(message, message_dict, alias)

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    @api.private
    def _targets(self):
        """Return (team id, priority) -> target, of these teams."""
        targets = self.env["ecrm.request.target"].search([("team_id", "in", self.ids)])
        return {(target.team_id.id, target.priority): target for target in targets}

    @api.private
    def _present_members(self):
        """Return the members who can take a request now: at work, and in this company."""
        self.ensure_one()
        members = self.member_ids.filtered(
            lambda user: user.active and self.company_id in user.company_ids
        )
        now = fields.Datetime.now()
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id.user_id", "in", members.ids),
                ("time_type", "=", "leave"),
                ("date_from", "<=", now),
                ("date_to", ">", now),
            ]
        )
        return members - leaves.resource_id.user_id

    @api.private
    def _share_out(self, count):
        """Return to whom the next requests go, in their order.

        The load of a member is what is open of all teams; of two with the same load it is the
        one whose last request came longer ago.

        :param int count: how many requests there are
        :return list[int]: ids of users; empty, if nobody is there
        """
        members = self._present_members()
        groups = self.env["ecrm.request"]._read_group(
            [("user_id", "in", members.ids), ("is_closed", "=", False)],
            ["user_id"],
            ["__count", "id:max"],
        )
        loads = {user.id: (0, 0) for user in members}
        loads |= {user.id: (open_count, last_id) for user, open_count, last_id in groups}
        return share_out(loads, count)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_requests(self):
        """Card of a team: its open requests."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("ecrm_addon.ecrm_request_action")
        action["context"] = {
            "search_default_open": 1,
            "search_default_team_id": self.id,
            "default_team_id": self.id,
        }
        return action
