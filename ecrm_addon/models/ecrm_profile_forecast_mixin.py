from odoo import models
from odoo.tools.misc import format_amount, format_date, formatLang

from .ecrm_score_run import HORIZON


class EcrmProfileForecastMixin(models.AbstractModel):
    """What a profile forecasts, in words, with how often such a forecast came true."""

    _name = "ecrm.profile.forecast.mixin"
    _description = "Forecast of a Profile"

    def _latest_runs(self):
        """Return the run whose parameters hold, by company."""
        # sudo: how a company was scored is told to whoever may see its profiles
        scorer_sudo = self.env["ecrm.scorer"].sudo()
        return {company: scorer_sudo._latest_run(company) for company in self.company_id}

    def _why_forecast(self, run):
        """Return what is to be expected, and on what it rests.

        :param ecrm.score.run run: whose parameters hold
        """
        sentences = [self._why_buy(run), self._why_value(), self._why_rhythm()]
        return " ".join(filter(None, sentences))

    def _why_buy(self, run):
        if self.p_buy_90d is False:
            return ""
        sentence = self.env._(
            "%(percent)s likely to buy within 90 days.", percent=self._percent(self.p_buy_90d)
        )
        like = self._customers_like(run)
        if not like:
            return sentence
        return f"{sentence} " + self.env._(
            "Of the %(count)s customers with the nearest forecasts (%(mean)s on average), "
            "%(percent)s did from %(start)s to %(end)s.",
            mean=self._percent(like["predicted"]),
            count=formatLang(self.env, like["customers"], digits=0),
            percent=self._percent(like["bought"]),
            start=format_date(self.env, run.holdout_from),
            end=format_date(self.env, run.holdout_to),
        )

    def _customers_like(self, run):
        """Return the part of the hold-out into which the probability falls, or None."""
        if run.horizon_days != HORIZON:
            return None
        parts = run.calibration or []
        above = (part for part in parts if self.p_buy_90d <= part["to"])
        return next(above, parts[-1] if parts else None)

    def _why_value(self):
        if self.expected_orders_12m is False:
            return ""
        orders = formatLang(self.env, self.expected_orders_12m, digits=1)
        if self.clv_12m is False:
            return self.env._("%s orders to expect in 12 months.", orders)
        company = self.company_id
        return self.env._(
            "%(orders)s orders to expect in 12 months, of about %(amount)s each: worth %(value)s "
            "in %(months)s months, at a margin of %(margin)s and a discount of %(discount)s a "
            "month.",
            orders=orders,
            amount=format_amount(self.env, self.expected_order_value, self.currency_id),
            value=format_amount(self.env, self.clv_12m, self.currency_id),
            months=company.ecrm_clv_months,
            margin=self._percent(
                company.ecrm_margin_percent / 100 if company.ecrm_value_basis == "revenue" else 1
            ),
            discount=self._percent(company.ecrm_discount_rate / 100),
        )

    def _why_rhythm(self):
        if self.rhythm_days is False:
            return ""
        days = formatLang(self.env, self.rhythm_days, digits=0)
        if not self.overdue_days:
            return self.env._("Orders every %s days, and is not late.", days)
        if self.overdue_days == 1:
            return self.env._("Orders every %s days, and is one day late.", days)
        return self.env._(
            "Orders every %(days)s days, and is %(late)s days late.",
            days=days,
            late=self.overdue_days,
        )

    def _percent(self, part):
        """Return a part of 1 as whole percents, or one decimal below 1 %."""
        if 0 < part < 0.001:
            return self.env._("less than 0.1 %")
        digits = 0 if part >= 0.01 or not part else 1
        return self.env._("%s %%", formatLang(self.env, 100 * part, digits=digits))
