from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..queries import read_alerts
from ..queries.find_overdue import Rules
from .ecrm_churn_alert import STATES

#: What a button may have changed; no field of the profile tells it.
CHURN_FIELDS = ("churn_alert_id", "churn_state", "churn_user_id", "churn_until")


class EcrmProfile(models.Model):
    """What is known of a customer at risk beside the scores: who cares, and who was told."""

    _inherit = "ecrm.profile"

    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    churn_alert_id = fields.Many2one(
        "ecrm.churn.alert",
        compute="_compute_churn_alert",
        help="The alert that holds; none, if somebody is to be told.",
    )
    churn_state = fields.Selection(
        [state for state in STATES if state[0] != "answered"],
        "Alert",
        compute="_compute_churn_alert",
        search="_search_churn_state",
    )
    churn_user_id = fields.Many2one(
        "res.users",
        "Told",
        compute="_compute_churn_alert",
        search="_search_churn_user_id",
        help="Who was told that the customer is late.",
    )
    churn_until = fields.Date("Snoozed until", compute="_compute_churn_alert")

    @api.depends("computed_at", "partner_id", "company_id")
    def _compute_churn_alert(self):
        """Read the alerts of all profiles in one query."""
        alerts = self.env["ecrm.churn.alert"]
        # the statement reads what may not be written yet
        alerts.flush_model()
        today = fields.Date.context_today(self)
        held = dict(self.env.execute_query(read_alerts.build(self.ids, today)))
        # sudo: whoever may see the profile may see what was done about it
        alerts_sudo = alerts.sudo().browse(held.values())
        by_id = {alert.id: alert for alert in alerts_sudo}
        for profile in self:
            alert = by_id.get(held.get(profile.id), alerts_sudo.browse())
            profile.churn_alert_id = alert
            profile.churn_state = alert.state
            profile.churn_user_id = alert.user_id
            profile.churn_until = alert.snoozed_until

    def _search_churn_state(self, operator, value):
        return self._search_held(operator, value, "state")

    def _search_churn_user_id(self, operator, value):
        return self._search_held(operator, value, "user_id")

    def _search_held(self, operator, values, column):
        """Return the domain of the profiles whose alert has one of some values.

        A value of False also finds those without an alert.
        """
        if operator != "in":
            return NotImplemented
        self.env["ecrm.churn.alert"].flush_model()
        today = fields.Date.context_today(self)
        name = SQL.identifier("held", column)
        known = [value for value in values if value]

        def having(condition):
            return Domain.custom(
                to_sql=lambda model, alias, query: read_alerts.having(alias, today, condition)
            )

        found = having(SQL("%s = ANY(%s)", name, known)) if known else Domain.FALSE
        return found | ~having(SQL("%s IS NOT NULL", name)) if False in values else found

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    @api.model
    def action_at_risk(self):
        """Menu: customers who are late; who has such customers sees own ones first.

        :return dict: the window action
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "ecrm_addon.ecrm_profile_action_risk"
        )
        own = [("overdue_days", ">", 0), ("partner_id.user_id", "=", self.env.uid)]
        context = {"search_default_current": 1}
        if self.search_count(own, limit=1):
            context["search_default_mine"] = 1
        return {**action, "context": context}

    def action_churn_snooze(self):
        """Button: tell nobody of these customers for some days, see ``action_snooze``."""
        self._churn_alerts().action_snooze()
        self.invalidate_recordset(CHURN_FIELDS)

    def action_churn_dismiss(self):
        """Button: tell nobody before these customers have ordered once more."""
        self._churn_alerts().action_dismiss()
        self.invalidate_recordset(CHURN_FIELDS)

    def action_churn_alert(self):
        """Button: schedule the activities now, whatever was snoozed or the cap says.

        Whom nobody looks after is the user's own task.
        """
        self.check_access("read")
        # sudo: who may see that a customer is late may ask the salesperson to call
        alerts_sudo = self.env["ecrm.churn.alert"].sudo()
        for company, profiles in self.grouped("company_id").items():
            rules = Rules(
                company_id=company.id,
                today=company._ecrm_today(),
                user_id=self.env.uid,
                customer_ids=profiles.partner_id.ids,
            )
            alerts_sudo._raise(rules)
        self.invalidate_recordset(CHURN_FIELDS)

    def _churn_alerts(self):
        """Return the alerts that hold for these customers; who has none gets one."""
        self.check_access("read")
        alerts = self.env["ecrm.churn.alert"]
        missing = self.filtered(lambda profile: not profile.churn_alert_id)
        alerts._check_may_decide({profile.user_id for profile in missing})
        # sudo: alerts are made by these buttons only
        made_sudo = alerts.sudo().create([profile._churn_values() for profile in missing])
        return self.churn_alert_id | made_sudo.sudo(False)

    def _churn_values(self):
        """Return the values of an alert of which nobody was told."""
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "date": self.company_id._ecrm_today(),
            "last_order_date": self.last_order_date,
            "rhythm_days": self.rhythm_days,
            "overdue_days": self.overdue_days,
            "revenue_at_risk": self.revenue_at_risk,
        }
