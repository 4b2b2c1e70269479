from odoo import api, fields, models
from odoo.fields import Domain


class SaleOrder(models.Model):
    _inherit = "sale.order"

    ecrm_session_key = fields.Char(
        "Visit Key",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="ecrm_addon.group_ecrm_user",
        help="The visit to the website in which the customer made this order: of a cart the "
        "one in which it was begun, of an order the one in which it was confirmed or paid.",
    )
    ecrm_session_id = fields.Many2one(
        "ecrm.session",
        "Visit",
        compute="_compute_ecrm_session_id",
        groups="ecrm_addon.group_ecrm_user",
    )

    @api.depends("ecrm_session_key")
    def _compute_ecrm_session_id(self):
        keys = [key for key in self.mapped("ecrm_session_key") if key]
        sessions = self.env["ecrm.session"].search([("session_key", "in", keys)])
        by_key = {session.session_key: session for session in sessions}
        for order in self:
            order.ecrm_session_id = by_key.get(order.ecrm_session_key)

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_view_ecrm_journey(self):
        """Stat button: what the customer did up to this order, and what became of it."""
        self.ensure_one()
        identities = self.env["ecrm.timeline"]._identities(self.partner_id.commercial_partner_id)
        before = Domain("identity_id", "in", identities.ids) & Domain(
            "occurred_at", "<=", fields.Datetime.to_string(self.date_order or fields.Datetime.now())
        )
        own = Domain("res_model", "=", self._name) & Domain("res_id", "=", self.id)
        return self.env["ecrm.touchpoint"]._action_list(
            self.env._("Journey to %s", self.display_name), before | own
        )

    def action_view_ecrm_session(self):
        """Stat button: the visit to the website in which the customer made this order."""
        self.ensure_one()
        return self.ecrm_session_id.get_formview_action()

    # ------------------------------------------------------------
    # BUSINESS
    # ------------------------------------------------------------

    def _ecrm_note_visit(self):
        """Keep in which visit this happens to orders: the last one made them.

        There is none where an employee, a payment provider or a cron does it.
        """
        session_key = self.env["ecrm.visit"].session_key()
        if session_key:
            # sudo: visitors know nothing of the field
            orders_sudo = self.sudo()
            orders_sudo.filtered(
                lambda order: order.ecrm_session_key != session_key
            ).ecrm_session_key = session_key

    def _action_confirm(self):
        self._ecrm_note_visit()
        result = super()._action_confirm()
        self.env["ecrm.pipeline"]._refresh(self.partner_id, records=self)
        return result

    def _action_cancel(self):
        # what was never confirmed changes no figure of the customer
        confirmed = self.filtered(lambda order: order.state == "sale")
        result = super()._action_cancel()
        self.env["ecrm.pipeline"]._refresh(confirmed.partner_id, records=confirmed)
        return result
