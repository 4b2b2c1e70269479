from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .nullable import NullableInteger


class EcrmRequest(models.Model):
    """What the screens of agents show and do beside the request itself."""

    _inherit = "ecrm.request"
    _rec_names_search = ["number", "name", "partner_id.name", "email"]

    tag_ids = fields.Many2many("ecrm.request.tag", string="Tags")
    order_name = fields.Char(related="order_id.name", string="Order Number")
    tier_name = fields.Char(
        "Tier", compute="_compute_tier_name", groups="ecrm_addon.group_ecrm_user"
    )
    csat = NullableInteger(
        "Satisfaction",
        compute="_compute_csat",
        help="From 1 to 5, by the newest answer of the customer.",
    )

    @api.depends("partner_id")
    @api.depends_context("company")
    def _compute_tier_name(self):
        for request in self:
            request.tier_name = request.partner_id.ecrm_tier_id.display_name or False

    def _compute_csat(self):
        # sudo: whoever answers requests reads what customers thought of the answers
        scores = self.env["ecrm.feedback"].sudo()._scores_about(self)
        for request in self:
            request.csat = scores.get(request.id, False)

    # ------------------------------------------------------------
    # WHO HEARS OF IT
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        requests = super().create(vals_list)
        context = self.env.context
        if context.get("mail_create_nolog") and not context.get("tracking_disable"):
            requests._tell_followers()
        return requests

    def _creation_subtype(self):
        """Let who follows a team hear of its new requests, as Odoo does for projects."""
        if self.env.context.get("mail_create_nolog"):
            # a mail is the first message itself, and one that the customer has to find
            return super()._creation_subtype()
        return self.env.ref("ecrm_addon.mt_request_new")

    def _tell_followers(self):
        """Tell who follows the team of requests that came by mail."""
        # sudo: mails come from everybody
        for request_sudo in self.sudo():
            request_sudo.message_post(
                body=request_sudo._creation_message(),
                subtype_xmlid="ecrm_addon.mt_request_new",
                author_id=self.env.ref("base.partner_root").id,
            )

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_assign_to_me(self):
        """Button: take requests; those of a colleague, too."""
        self.write({"user_id": self.env.user.id})

    def action_wait(self):
        """Button: nothing can be done before the customer answers."""
        stage = self.env["ecrm.request.stage"].search([("is_waiting", "=", True)], limit=1)
        if not stage:
            raise UserError(self.env._("No stage waits for the customer. Mark one under Stages."))
        self.write({"stage_id": stage.id})

    def action_solve(self):
        """Button: the question is answered."""
        self._move_to_closed([("is_cancelled", "=", False)])

    def action_cancel(self):
        """Button: there is nothing to answer, such as for advertising."""
        self._move_to_closed([("is_cancelled", "=", True)])

    def action_reopen(self):
        """Button: it was not solved after all."""
        stages = self.env["ecrm.request.stage"].search(
            [("is_closed", "=", False), ("is_waiting", "=", False)]
        )
        # the last of them: work on it has begun
        self.filtered("is_closed").write({"stage_id": stages[-1:].id})

    def action_merge(self):
        """Action: choose into which of these requests the others go."""
        requests = self
        if len(self) == 1:
            # from the form: all that is open of the same person
            domain = Domain("is_closed", "=", False) & Domain("company_id", "=", self.company_id.id)
            same = self.search(domain & self._customer_domain(self.partner_id))
            requests |= same.filtered(self._is_same_person)
        return self._open_wizard(
            "ecrm.request.merge.wizard",
            self.env._("Merge Requests"),
            {"request_ids": requests.ids, "target_id": min(requests.ids)},
        )

    def action_split(self):
        """Button: make a request of its own of a second question."""
        self.ensure_one()
        return self._open_wizard(
            "ecrm.request.split.wizard", self.env._("Split Request"), {"request_id": self.id}
        )

    def _open_wizard(self, model, name, values):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "target": "new",
            "context": {f"default_{field}": value for field, value in values.items()},
        }

    def _move_to_closed(self, domain):
        domain = [("is_closed", "=", True), *domain]
        stage = self.env["ecrm.request.stage"].search(domain, limit=1)
        if not stage:
            raise UserError(self.env._("No stage is closed in this way. Mark one under Stages."))
        self.write({"stage_id": stage.id})
