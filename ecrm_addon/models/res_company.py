import psycopg2

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from odoo.addons.base.models.res_partner import _tz_get

from ..lib.scoring.decay import HALF_LIFE

TIER_MEASURES = [
    ("net_spend", "Money spent, net of refunds"),
    ("orders", "Number of orders"),
    ("loyalty_score", "Loyalty score"),
    ("clv", "Customer lifetime value (forecast)"),
]
#: Measures that are money in the company's currency.
IN_MONEY = ("net_spend", "clv")


class ResCompany(models.Model):
    _inherit = "res.company"

    ecrm_timezone = fields.Selection(
        _tz_get,
        "Time Zone of Scores",
        help="Days of orders and days since the last order are counted in this time zone. "
        "Empty: the time zone of the company's contact, else UTC.",
        groups="base.group_user",
    )
    ecrm_half_life = fields.Integer(
        "Half-life of Engagement",
        default=HALF_LIFE,
        required=True,
        help="Days after which a visit, an answered mail or an order counts half. A short "
        "time suits daily needs, a long one what is bought once a year.",
        groups="base.group_user",
    )
    ecrm_measure_emails = fields.Boolean(
        "Measure E-mails",
        default=True,
        help="Who opens a mail and which links are followed, of mailings as of quotations, "
        "orders, invoices and messages. Contacts who object are never measured.",
        groups="base.group_user",
    )
    ecrm_tier_measure = fields.Selection(
        TIER_MEASURES,
        "Tiers are Reached by",
        default="net_spend",
        required=True,
        help="What is compared with the minimum of each loyalty tier. By lifetime value: where "
        "no value is forecast, customers keep the tier they have, and new ones start in the "
        "lowest.",
        groups="base.group_user",
    )
    ecrm_tier_months = fields.Integer(
        "Months Looked at",
        default=12,
        required=True,
        help="What was spent, ordered or earned in the last so many months counts. The loyalty "
        "score and the lifetime value have no such window: they are of today.",
        groups="base.group_user",
    )
    ecrm_grace_days = fields.Integer(
        "Grace Days",
        default=60,
        required=True,
        help="A customer rises at once, but keeps a tier for so many days after falling "
        "below its minimum.",
        groups="base.group_user",
    )

    ecrm_cap_count = fields.Integer(
        "Mailings at Most",
        default=0,
        required=True,
        help="So many mailings at most go to one address in the days below. 0: any number.",
        groups="base.group_user",
    )
    ecrm_cap_days = fields.Integer(
        "Days of the Cap", default=7, required=True, groups="base.group_user"
    )
    ecrm_quiet_hours = fields.Boolean(
        "Quiet Hours",
        help="Mailings wait for the morning where the customer lives, as far as the contact's "
        "time zone is known, else where the company is.",
        groups="base.group_user",
    )
    ecrm_quiet_from = fields.Float(
        "Quiet from", default=21.0, required=True, groups="base.group_user"
    )
    ecrm_quiet_to = fields.Float(
        "Quiet until", default=8.0, required=True, groups="base.group_user"
    )
    ecrm_sunset = fields.Boolean(
        "Stop Mailings to the Uninterested",
        help="Who got 10 mailings in 180 days and neither opened nor clicked nor ordered gets no "
        "more of them. A click or an order lifts it.",
        groups="base.group_user",
    )

    @api.constrains("ecrm_cap_count", "ecrm_cap_days", "ecrm_quiet_from", "ecrm_quiet_to")
    def _check_ecrm_mailings(self):
        for company in self:
            if company.ecrm_cap_count < 0 or company.ecrm_cap_days < 1:
                raise ValidationError(self.env._("Allow 0 or more mailings in one day or more."))
            if not all(0 <= hour < 24 for hour in company._ecrm_quiet()):
                raise ValidationError(self.env._("Quiet hours are between 0:00 and 23:59."))

    @api.private
    def _ecrm_quiet(self):
        """Return the hours of the day between which mailings wait."""
        return self.ecrm_quiet_from, self.ecrm_quiet_to

    @api.constrains("ecrm_half_life", "ecrm_tier_months", "ecrm_grace_days")
    def _check_ecrm_days(self):
        for company in self:
            if company.ecrm_half_life < 1 or company.ecrm_tier_months < 1:
                raise ValidationError(
                    self.env._(
                        "The half-life of engagement and the months looked at for tiers "
                        "must be at least 1."
                    )
                )
            if company.ecrm_grace_days < 0:
                raise ValidationError(self.env._("The grace days cannot be negative."))

    @api.private
    def _ecrm_zone(self):
        """Return the time zone in which the days of this company are counted."""
        self.ensure_one()
        zone = self.ecrm_timezone or self.partner_id.tz or "UTC"
        return zone if self._ecrm_knows_zone(zone) else "UTC"

    @api.private
    def _ecrm_today(self):
        """Return the day that it is now for this company; for none, the day of UTC."""
        zone = self._ecrm_zone() if self else "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    @api.private
    def _ecrm_tier_period(self):
        """Return in words over which months a tier is measured, after what was reached."""
        months = self.ecrm_tier_months
        return (
            self.env._("in the last month")
            if months == 1
            else self.env._("in the last %s months", months)
        )

    @api.private
    def _ecrm_tier_within(self):
        """Return in words within which time something is reached."""
        months = self.ecrm_tier_months
        return (
            self.env._("within a month") if months == 1 else self.env._("within %s months", months)
        )

    @tools.ormcache("zone")
    def _ecrm_knows_zone(self, zone):
        """Tell whether PostgreSQL knows a time zone: its list may be older than Python's."""
        if zone == "UTC":
            return True
        try:
            with tools.mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self.env.execute_query(tools.SQL("SELECT now() AT TIME ZONE %s", zone))
        except psycopg2.DataError:
            return False
        return True
