from odoo import models
from odoo.tools.misc import format_date, formatLang


class EcrmChurnWordsMixin(models.AbstractModel):
    """What an alert tells, in the language of the context."""

    _name = "ecrm.churn.words.mixin"
    _description = "Words of a Churn Alert"

    def _summary(self):
        if self.revenue_at_risk is False:
            return self._late()
        return self.env._(
            "%(late)s, about %(money)s a year at risk",
            late=self._late(),
            money=self._about(self.revenue_at_risk),
        )

    def _late(self):
        if self.overdue_days == 1:
            return self.env._("One day late")
        return self.env._("%s days late", formatLang(self.env, self.overdue_days, digits=0))

    def _note(self):
        sentences = [
            self.env._(
                "Orders every %(rhythm)s days, last order on %(day)s: %(late)s days late.",
                rhythm=formatLang(self.env, self.rhythm_days, digits=0),
                day=format_date(self.env, self.last_order_date),
                late=formatLang(self.env, self.overdue_days, digits=0),
            )
        ]
        if self.revenue_at_risk is not False:
            money = self._about(self.revenue_at_risk)
            sentences.append(self.env._("About %s a year are at risk.", money))
        return " ".join(sentences)

    def _feedback(self):
        """Return what the customer did, for the activity that is not needed any more."""
        values = {
            "day": format_date(self.env, self.answered_on),
            "money": formatLang(self.env, self.answer_amount, currency_obj=self.currency_id),
            "days": self.answer_days,
        }
        if self.answer_days == 1:
            return self.env._(
                "Ordered for %(money)s on %(day)s, one day after the alert.", **values
            )
        return self.env._(
            "Ordered for %(money)s on %(day)s, %(days)s days after the alert.", **values
        )

    def _about(self, amount):
        """Return an amount without decimals: it is an estimate."""
        return formatLang(self.env, amount, currency_obj=self.currency_id, rounding_unit="units")
