import logging
from collections import defaultdict
from datetime import timedelta
from math import ceil

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ..lib.scoring.as_of import moment as moment_of
from ..queries import find_overdue, judge_alerts
from .nullable import NullableInteger, NullableMonetary

_logger = logging.getLogger(__name__)

ACTIVITY_TYPE = "ecrm_addon.mail_activity_type_churn"
STATES = [
    ("open", "Open"),
    ("snoozed", "Snoozed"),
    ("done", "Done"),
    ("dismissed", "Dismissed"),
    ("answered", "Won Back"),
]
#: What somebody has done is not told again for one rhythm of the customer, or this at least.
QUIET_DAYS = 30
#: How often it is looked who may read the customers found, and others are found instead.
ROUNDS = 5


class EcrmChurnAlert(models.Model):
    """Ledger of customers who were late by their own rhythm, and of whom somebody was told.

    ========= ==================================================================
    state     until when nobody is told again
    ========= ==================================================================
    open      as long as the activity is there
    snoozed   until the day in ``snoozed_until``
    done      the same; one rhythm of the customer, 30 days at least
    dismissed until the customer has ordered and is late once more
    answered  the customer ordered again; the next silence is another row
    ========= ==================================================================

    A row without a user was snoozed or dismissed by hand before anybody was told.
    """

    _name = "ecrm.churn.alert"
    _inherit = ["ecrm.churn.words.mixin"]
    _description = "Churn Alert"
    _order = "date desc, revenue_at_risk desc nulls last, id desc"
    _rec_name = "partner_id"

    # no cascade and no unique key: a contact merge moves these rows and loses none
    partner_id = fields.Many2one(
        "res.partner", "Customer", ondelete="set null", index=True, readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, index=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, help="Who was told.")
    date = fields.Date(required=True, readonly=True)
    last_order_date = fields.Date("Last Order", readonly=True, help="At the time of the alert.")
    rhythm_days = fields.Float(
        "Days between Orders", readonly=True, digits=(16, 1), aggregator="avg"
    )
    overdue_days = fields.Integer("Days Late", readonly=True, aggregator="avg")
    revenue_at_risk = NullableMonetary(readonly=True)
    state = fields.Selection(STATES, default="open", required=True, readonly=True)
    snoozed_until = fields.Date(readonly=True)
    # the index is for the deletion of activities, which is everybody's
    activity_id = fields.Many2one(
        "mail.activity", ondelete="set null", index="btree_not_null", readonly=True
    )
    answered_on = fields.Date(readonly=True)
    answer_days = NullableInteger(
        "Days to Order", readonly=True, aggregator="avg", help="From the alert to the next order."
    )
    answer_amount = NullableMonetary(
        "Ordered", readonly=True, help="Orders of that day, without taxes."
    )

    # ------------------------------------------------------------
    # EVERY NIGHT
    # ------------------------------------------------------------

    @api.model
    @api.private
    def tell(self, company):
        """Close what customers have answered, and tell salespeople who is late."""
        self._settle(company=company)
        if company.ecrm_churn_alerts:
            self._attempt(self._raise, company._ecrm_churn_rules())

    def _attempt(self, step, *args):
        """Do something; an error of ours stops neither the night's work nor an order."""
        try:
            with self.env.cr.savepoint():
                step(*args)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # the caller repeats the whole transaction
        except Exception:  # noqa: BLE001  # see above
            _logger.exception("Alerts were left as they are")

    def _find(self, rules):
        """Return of whom to tell, and whom, see ``find_overdue.build``.

        Rules of access are Odoo's, not SQL's: who turns out not to be allowed to read a
        contact is passed over the next time.
        """
        self.env.flush_all()
        unreadable = set()
        for _round in range(ROUNDS):
            rows = self.env.execute_query_dict(find_overdue.build(rules, unreadable))
            refused = self._unreadable(rows)
            if not refused:
                break
            unreadable |= refused
        return [row for row in rows if (row["user_id"], row["partner_id"]) not in refused]

    def _unreadable(self, rows):
        """Return the pairs of users and customers whom they may not read."""
        found = defaultdict(list)
        for row in rows:
            found[row["user_id"]].append(row["partner_id"])
        refused = set()
        for user in self.env["res.users"].browse(found):
            partners = self.env["res.partner"].with_user(user).browse(found[user.id])
            # in whichever of the companies that the user works for
            partners = partners.with_context(allowed_company_ids=user.company_ids.ids)
            partners -= partners._filtered_access("read")
            refused |= {(user.id, partner_id) for partner_id in partners.ids}
        return refused

    @api.private
    def _raise(self, rules):
        """Write alerts down, and schedule their activities.

        :param Rules rules: of which customers
        """
        values = {"company_id": rules.company_id, "date": rules.today}
        alerts = self.create([{**row, **values} for row in self._find(rules)])
        # nobody wants a mail for each: they stand in the list of activities in the morning
        activities = self.env["mail.activity"].with_context(mail_activity_quick_update=True)
        activities = activities.create([alert._activity_values() for alert in alerts])
        for alert, activity in zip(alerts, activities, strict=True):
            alert.activity_id = activity

    @api.model
    def _activity_type_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(ACTIVITY_TYPE)

    def _activity_values(self):
        user = self.user_id
        words = self.with_context(lang=user.lang)
        return {
            "activity_type_id": self._activity_type_id(),
            "res_model_id": self.env["ir.model"]._get_id("res.partner"),
            "res_id": self.partner_id.id,
            "user_id": user.id,
            "automated": True,
            "date_deadline": fields.Date.context_today(self.with_context(tz=user.tz)),
            "summary": words._summary(),
            "note": words._note(),
        }

    # ------------------------------------------------------------
    # WHAT BECAME OF THEM
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _settle(self, company=None, partners=None):
        """Bring alerts up to what their customers have done since.

        :param res.company company: alerts of this company, None: of all
        :param res.partner partners: of these customers, None: of all
        """
        self.env.flush_all()
        query = judge_alerts.build(company and company.id, partners and partners.ids)
        if rows := self.env.execute_query(query):
            self._attempt(self._apply, rows)

    def _apply(self, rows):
        """Let alerts become what they are found to be, see ``judge_alerts.build``."""
        found = defaultdict(list)
        for alert_id, verdict in rows:
            found[verdict].append(alert_id)
        self.browse(found["gone"] + found["forgotten"])._drop()
        self.browse(found["done"])._done()
        for company, alerts in self.browse(found["answered"]).grouped("company_id").items():
            alerts._answer(company)

    def _answer(self, company):
        """Write down what was ordered, and mark the activities as done."""
        scorer = self.env["ecrm.scorer"]
        moment = moment_of(None, fields.Datetime.now(), company._ecrm_zone())
        scope = scorer._scope(company, moment, **scorer._who(self.partner_id))
        self.env.flush_all()
        for alert_id, day, amount in self.env.execute_query(judge_alerts.answers(scope, self.ids)):
            alert = self.browse(alert_id)
            alert.write(
                {
                    "state": "answered",
                    "snoozed_until": False,
                    "answered_on": day,
                    "answer_days": (day - alert.date).days,
                    "answer_amount": amount,
                }
            )
            if alert.activity_id.active:
                words = alert.with_context(lang=alert.user_id.lang)
                # it is nobody's word, not even that of who confirmed the order
                activity = alert.activity_id.with_user(SUPERUSER_ID)
                activity.action_feedback(feedback=words._feedback())

    @api.private
    def _done(self):
        """Somebody took care of these: leave them in peace for a while."""
        activities = self.activity_id.filtered("active")
        for alert in self:
            quiet = timedelta(days=max(QUIET_DAYS, ceil(alert.rhythm_days)))
            until = alert.company_id._ecrm_today() + quiet
            alert.write({"state": "done", "snoozed_until": until})
        activities.unlink()

    def _drop(self):
        """Remove alerts with their activities, those done included."""
        activities = self.activity_id
        self.unlink()
        activities.unlink()

    # ------------------------------------------------------------
    # PRIVACY
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _forget(self, partners):
        """Remove what alerts said of customers, also where it stands in their chatter."""
        self.search([("partner_id", "in", partners.ids)])._drop()
        domain = [
            ("model", "=", "res.partner"),
            ("res_id", "in", partners.ids),
            ("mail_activity_type_id", "=", self._activity_type_id()),
        ]
        self.env["mail.message"].search(domain).unlink()

    @api.model
    @api.private
    def _remove_activities(self):
        """Remove all activities of our type, when the addon goes.

        Odoo would keep the open ones as to-dos, and our type for those that are done.
        """
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities.search([("activity_type_id", "=", self._activity_type_id())]).unlink()

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_snooze(self):
        """Button: tell nobody for as many days as the context says, 30 by default."""
        days = int(self.env.context.get("ecrm_snooze_days") or QUIET_DAYS)
        for company, alerts in self._decidable().grouped("company_id").items():
            until = company._ecrm_today() + timedelta(days=max(days, 1))
            alerts._set_aside({"state": "snoozed", "snoozed_until": until})

    def action_dismiss(self):
        """Button: tell nobody before the customer has ordered and is late once more."""
        self._decidable()._set_aside({"state": "dismissed", "snoozed_until": False})

    def _decidable(self):
        """Return those that are not closed, as superuser, if the user may decide on them."""
        self.check_access("read")
        # sudo: nobody edits an alert but by these buttons
        alerts_sudo = self.sudo().filtered(lambda alert: alert.state != "answered")
        owners = {alert.user_id or alert.partner_id.user_id for alert in alerts_sudo}
        self._check_may_decide(owners)
        return alerts_sudo

    def _set_aside(self, values):
        activities = self.activity_id.filtered("active")
        self.write(values)
        activities.unlink()

    @api.model
    @api.private
    def _check_may_decide(self, owners):
        """Refuse to decide on customers of others, but to who leads them.

        :param Iterable[res.users] owners: who looks after the customers; nobody is empty
        """
        leads = ("ecrm_addon.group_ecrm_marketer", "sales_team.group_sale_salesman_all_leads")
        if self.env.su or any(map(self.env.user.has_group, leads)):
            return
        if any(owner and owner != self.env.user for owner in owners):
            raise AccessError(
                self.env._("These are customers of another salesperson, who decides on them.")
            )
