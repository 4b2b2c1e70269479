from odoo import api, fields, models
from odoo.tools.misc import format_amount, formatLang

from ..lib.scoring import loyalty, rfm

#: Scores are rounded to two digits; what is nearer is the same.
SAME = 0.001


class EcrmProfileWhyMixin(models.AbstractModel):
    """Why a profile says what it says: its inputs in words, in the reader's language.

    Nothing of it is stored: each sentence is made of figures of the row itself.
    """

    _name = "ecrm.profile.why.mixin"
    _inherit = ["ecrm.profile.forecast.mixin"]
    _description = "Reasons of a Profile"

    why = fields.Text(compute="_compute_why")

    @api.depends("computed_at", "order_count", "loyalty_score", "engagement", "tier_id")
    @api.depends_context("lang")
    def _compute_why(self):
        runs = self._latest_runs()
        for profile in self:
            lines = (
                profile._why_rfm(),
                profile._why_score(),
                profile._why_forecast(runs[profile.company_id]),
                profile._why_engagement(),
                profile._why_tier(),
            )
            profile.why = "\n".join(filter(None, lines))

    # ------------------------------------------------------------
    # SENTENCES
    # ------------------------------------------------------------

    def _why_rfm(self):
        """Return what was bought, each with its score behind it."""
        if not self.order_count:
            return self.env._("No order yet: not enough history for a score.")
        facts = [
            (self._days_ago(self.recency_days), "R", self.r_score),
            (self._orders(), "F", self.f_score),
            (self._money(), "M", self.m_score),
        ]
        sentence = ", ".join(
            f"{words} ({letter} {score})" if score else words for words, letter, score in facts
        )
        if self.r_score:
            return f"{sentence}."
        return self.env._(
            "%(facts)s. Not enough customers to compare with: at least %(count)s must have "
            "ordered when the company was last scored.",
            facts=sentence,
            count=rfm.MIN_CUSTOMERS,
        )

    def _days_ago(self, days):
        if days <= 0:
            return self.env._("Last order today")
        if days == 1:
            return self.env._("Last order yesterday")
        return self.env._("Last order %s days ago", days)

    def _orders(self):
        return (
            self.env._("one order")
            if self.order_count == 1
            else self.env._("%s orders", self.order_count)
        )

    def _money(self):
        spent = format_amount(self.env, self.monetary, self.currency_id)
        if not self.refunded:
            return self.env._("%s spent", spent)
        refunded = format_amount(self.env, self.refunded, self.currency_id)
        return self.env._(
            "%(spent)s spent net of %(refunded)s refunded", spent=spent, refunded=refunded
        )

    def _why_score(self):
        """Return the parts of the loyalty score, which add up to it."""
        if self.loyalty_score is False:
            return ""
        scores = (self.r_score, self.f_score, self.m_score, self.engagement)
        parts = loyalty.parts(*scores, self.company_id._ecrm_loyalty())
        if abs(sum(parts.values()) - self.loyalty_score) > SAME:
            return self.env._(
                "Loyalty %s, by rules that were changed since: the next scoring says more.",
                self._number(self.loyalty_score),
            )
        return self.env._(
            "Loyalty %(total)s = %(r)s for recency + %(f)s for frequency + %(m)s for money + "
            "%(engagement)s for engagement.",
            total=self._number(self.loyalty_score),
            **{name: self._number(points) for name, points in parts.items()},
        )

    def _why_engagement(self):
        if self.engagement is False:
            return ""
        sentences = [
            self.env._(
                "Engagement %(points)s: each act counts half after %(days)s days.",
                points=self._number(self.engagement),
                days=self.company_id.ecrm_half_life,
            )
        ]
        if age := self._age(self.last_visit_at):
            sentences.append(self.env._("Last visit %s.", age))
        if age := self._age(self.last_email_at):
            sentences.append(self.env._("Last reaction to an e-mail %s.", age))
        return " ".join(sentences)

    def _age(self, instant):
        """Return how long ago an instant was when the profile was computed."""
        if not instant:
            return ""
        days = (self.computed_at - instant).days
        if days <= 0:
            return self.env._("less than a day ago")
        return self.env._("one day ago") if days == 1 else self.env._("%s days ago", days)

    def _why_tier(self):
        if not self.tier_id:
            return ""
        sentences = [self._reached()]
        if self.tier_in_grace:
            days = self.company_id.ecrm_grace_days
            sentences.append(self.env._("Kept for %s grace days at most.", days))
        if self.missing_text:
            sentences.append(f"{self.missing_text}.")
        return " ".join(sentences)

    def _reached(self):
        """Return the tier with what it is measured by."""
        tier, within = self.tier_id.display_name, self.company_id._ecrm_tier_within()
        measure = self.company_id.ecrm_tier_measure
        if measure == "loyalty_score" and self.tier_value is not False:
            score = self._number(self.tier_value)
            return self.env._("%(tier)s: loyalty score %(score)s.", tier=tier, score=score)
        if self.tier_value is False:
            return self.env._("%s: kept, as what it is measured by is not known now.", tier)
        if measure == "clv":
            amount = format_amount(self.env, self.tier_value, self.currency_id)
            return self.env._("%(tier)s: lifetime value of %(amount)s.", tier=tier, amount=amount)
        if measure == "orders":
            return self.env._(
                "%(tier)s: %(count)d orders %(within)s.",
                tier=tier,
                count=self.tier_value,
                within=within,
            )
        return self.env._(
            "%(tier)s: %(amount)s spent %(within)s.",
            tier=tier,
            amount=format_amount(self.env, self.tier_value, self.currency_id),
            within=within,
        )

    def _number(self, value):
        """Return a number with as many decimals as it needs, at most two."""
        text = f"{value:.2f}".rstrip("0")
        decimals = len(text.partition(".")[2])
        return formatLang(self.env, value, digits=decimals)
