from odoo import api, fields, models

FACTS = (
    ("order_count", "integer"),
    ("revenue", "monetary"),
    ("refunded", "monetary"),
    ("average_order", "monetary"),
    ("first_order_date", "date"),
    ("last_order_date", "date"),
    ("last_visit_at", "datetime"),
    ("last_email_at", "datetime"),
)


class EcrmCustomerCard(models.AbstractModel):
    """What the tab "Customer 360" says above the timeline, in words and figures."""

    _name = "ecrm.customer.card"
    _description = "Score Card of a Customer"

    @api.model
    def get_card(self, partner_id):
        """Renew the customer to which a contact belongs, and return its card.

        :param int partner_id: any contact of the customer
        :return dict: ``known`` (whether there is a profile), ``scope`` (whose figures these
            are), ``tier``, ``score``, ``segment``, ``engagement``, ``rfm``, ``forecast``,
            ``facts``, ``computed_at``, ``currency_id`` and ``email`` (what this contact does
            with mail, see ``ecrm.email.card``); what is not known is False
        """
        profiles = self.env["ecrm.profile"]
        profiles.check_access("read")
        partner = self.env["res.partner"].browse(partner_id)
        partner.check_access("read")
        customer = partner.commercial_partner_id
        self.env["ecrm.pipeline"]._refresh(customer)
        profile = profiles.search(
            [("partner_id", "=", customer.id), ("company_id", "=", self.env.company.id)]
        )
        return {
            "known": bool(profile),
            "scope": self._scope(partner, customer),
            "tier": self._tier(profile),
            "score": self._score(profile),
            "segment": self._segment(profile),
            "engagement": self._engagement(profile),
            "rfm": self._rfm(profile),
            "forecast": self._forecast(profile),
            "facts": self._facts(partner, profile),
            "computed_at": fields.Datetime.to_string(profile.computed_at),
            "currency_id": self.env.company.currency_id.id,
            "email": self.env["ecrm.email.card"].of(partner),
        }

    def _scope(self, partner, customer):
        """Return a sentence where the figures are about more than this one contact."""
        people = self.env["res.partner"].search_count(
            [("commercial_partner_id", "=", customer.id), ("id", "!=", customer.id)]
        )
        if partner != customer:
            return self.env._(
                "These are the figures of %s, with all its contacts together.",
                customer.display_name,
            )
        if people:
            return self.env._(
                "All figures count %(company)s and its %(people)s contacts together.",
                company=customer.display_name,
                people=people,
            )
        return False

    # ------------------------------------------------------------
    # TILES: what it is, and why
    # ------------------------------------------------------------

    def _tier(self, profile):
        """Return the tier, since when, until when and why, and how far the next one is."""
        if not profile.tier_id:
            return False
        return {
            "name": profile.tier_id.display_name,
            "since": fields.Date.to_string(profile.tier_since),
            "falls": profile.tier_fall_text,
            "why": profile._why_tier(),
            "next": profile.next_tier_id.display_name,
            "progress": round(profile.tier_progress or 0),
        }

    def _score(self, profile):
        if not profile or profile.loyalty_score is False:
            return False
        return {"value": round(profile.loyalty_score), "why": profile._why_score()}

    def _segment(self, profile):
        segment = profile.segment_id
        return segment and {"name": segment.display_name, "why": segment.description or ""}

    def _engagement(self, profile):
        if not profile.engagement_band:
            return False
        bands = dict(profile._fields["engagement_band"]._description_selection(self.env))
        return {"name": bands[profile.engagement_band], "why": profile._why_engagement()}

    def _forecast(self, profile):
        """Return the chance that the customer buys, with what it rests on."""
        if profile.p_buy_90d is False or not profile:
            return False
        (run,) = profile._latest_runs().values()
        return {
            "name": profile._percent(profile.p_buy_90d),
            # the value stands among the facts below
            "why": " ".join(filter(None, (profile._why_buy(run), profile._why_rhythm()))),
        }

    def _rfm(self, profile):
        """Return the three scores, or the facts that will lead to them."""
        if not profile.order_count:
            return False
        money = profile._money()
        return [
            {
                "letter": "R",
                "score": profile.r_score,
                "label": self.env._("Recency"),
                "why": profile._days_ago(profile.recency_days),
            },
            {
                "letter": "F",
                "score": profile.f_score,
                "label": self.env._("Frequency"),
                "why": profile._orders().capitalize(),
            },
            {
                "letter": "M",
                "score": profile.m_score,
                "label": self.env._("Money"),
                "why": money[:1].upper() + money[1:],
            },
        ]

    # ------------------------------------------------------------
    # FACTS
    # ------------------------------------------------------------

    def _facts(self, partner, profile):
        """Return the figures below the scores; a bridge may add its own."""
        forecast = [("clv_12m", "monetary")] if profile.clv_12m is not False and profile else []
        return [self._fact(profile, name, kind) for name, kind in [*FACTS, *forecast]]

    def _fact(self, profile, name, kind):
        """Return one figure; who never ordered has 0 orders, but no last order."""
        field = profile._fields[name]
        value = profile[name]
        if kind == "date":
            value = fields.Date.to_string(value)
        elif kind == "datetime":
            value = fields.Datetime.to_string(value)
        elif kind == "monetary" and not profile.order_count:
            value = False
        return {
            "name": name,
            "label": field._description_string(self.env),
            "type": kind,
            "value": value,
        }
