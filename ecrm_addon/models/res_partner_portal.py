from odoo import fields, models
from odoo.tools.misc import format_amount, format_date, formatLang

from ..queries.roll_tiers import LOOK_AHEAD
from ..queries.scoring_scope import STANDING

MOVES_SHOWN = 10
#: Nobody reads more; who wants all of it downloads it.
MOVES_AT_MOST = 500
PROFILE_FIELDS = [
    "company_id",
    "tier_id",
    "tier_since",
    "tier_value",
    "tier_falls_on",
    "tier_falls_to_id",
    "tier_falls_short",
]
MOVE_FIELDS = [
    "date",
    "from_tier_id",
    "to_tier_id",
    "move",
    "company_id",
    "measure",
    "value",
    "minimum",
    "window_days",
]


class ResPartner(models.Model):
    """What a customer may see of their loyalty: the one way from eCRM to the portal.

    A level belongs to the customer, so the people of one company see the company's. Scores,
    segments and forecasts are left out here, not in the templates.
    """

    _inherit = "res.partner"

    def _ecrm_portal_values(self, params=None):
        """Return the customer's level, how it came about and what it brings.

        :param dict params: what the page was asked for: ``moves`` is "all" or nothing; what
            else is in it is a bridge's or nobody's
        :return dict: ``tier`` (None without one), ``start`` (text: what to do without one),
            ``tiers``, ``is_empty`` (neither levels nor points), ``moves``, ``more_moves``
            (bool), ``months`` that a level looks back, ``is_company``: whether the level is
            that of this person's company
        """
        self.ensure_one()
        return self._ecrm_portal_sections(self._ecrm_portal_profile_sudo(), params or {})

    def _ecrm_portal_sections(self, profile_sudo, params):
        """Return the values of the page's sections; a bridge adds its own."""
        limit = MOVES_AT_MOST if params.get("moves") == "all" else MOVES_SHOWN
        moves = self._ecrm_portal_moves(limit + 1)
        # all levels first: that reads the customer's own one along with them
        tiers = self._ecrm_portal_tiers(profile_sudo.tier_id)
        return {
            "tiers": tiers,
            "is_empty": not tiers and not profile_sudo.tier_id,
            "tier": self._ecrm_portal_tier(profile_sudo),
            "start": self._ecrm_portal_start(profile_sudo),
            "moves": moves[:limit],
            "more_moves": len(moves) > limit == MOVES_SHOWN,
            "months": self.env.company.sudo().ecrm_tier_months,
            "is_company": self._ecrm_is_of_company(),
        }

    def _ecrm_is_of_company(self):
        """Tell whether the level is that of this person's company."""
        return self.commercial_partner_id != self

    def _ecrm_portal_profile_sudo(self):
        # sudo: customers have no right on profiles; this one is theirs, in this company
        profiles_sudo = self.env["ecrm.profile"].sudo()
        domain = [
            ("partner_id", "=", self.commercial_partner_id.id),
            ("company_id", "=", self.env.company.id),
        ]
        return profiles_sudo.search_fetch(domain, PROFILE_FIELDS, limit=1)

    # ------------------------------------------------------------
    # LEVEL
    # ------------------------------------------------------------

    def _ecrm_portal_tier(self, profile_sudo):
        """Return the level: since when, why, and how far the next one is."""
        if not profile_sudo.tier_id:
            return None
        return {
            "name": profile_sudo.tier_id.name,
            "since": profile_sudo.tier_since,
            "why": self._ecrm_portal_why(profile_sudo),
            "next": profile_sudo.next_tier_id.name,
            "progress": int(profile_sudo.tier_progress or 0),
            "reached": self._ecrm_portal_measured(profile_sudo.tier_value),
            "asked": self._ecrm_portal_measured(profile_sudo.next_tier_id.minimum),
            "missing": self._ecrm_portal_missing(profile_sudo),
            "keep": self._ecrm_portal_keep(profile_sudo),
        }

    def _ecrm_portal_start(self, profile_sudo):
        """Return how somebody without a level gets one; nothing where there are no levels."""
        tiers = self.env["ecrm.tier"]
        steps = tiers._steps(self.env.company.id)
        if profile_sudo.tier_id or not steps:
            return ""
        people = self | self.commercial_partner_id
        # sudo: they may not read the ledger in which they said so
        if self.env["ecrm.consent"].sudo()._refuse_profiles(people):
            return self.env._("You have no level, as you asked us to make no profile of you.")
        lowest, minimum = steps[0]
        tier = tiers.browse(lowest).sudo().display_name
        if not minimum:
            return self.env._("You have no level yet: %s begins with your first order.", tier)
        asked = self._ecrm_portal_measured(minimum)
        if not asked:
            return self.env._(
                "You have no level yet. Each order and each visit brings you closer to %s.", tier
            )
        return self.env._(
            "You have no level yet: %(tier)s takes %(minimum)s %(within)s.",
            tier=tier,
            minimum=asked,
            within=self.env.company.sudo()._ecrm_tier_within(),
        )

    def _ecrm_portal_missing(self, profile_sudo):
        """Return how far the next level is. The score behind it is not for customers."""
        if not profile_sudo.next_tier_id:
            return ""
        if self.env.company.sudo().ecrm_tier_measure not in STANDING:
            return profile_sudo.missing_text
        tier = profile_sudo.next_tier_id.display_name
        return self.env._("Each order and each visit brings you closer to %s", tier)

    def _ecrm_portal_why(self, profile_sudo):
        """Return in plain words why the customer is on this level."""
        company_sudo = self.env.company.sudo()
        if company_sudo.ecrm_tier_measure in STANDING:
            return self.env._("Your level follows what you order and how often you visit us.")
        sentences = [self._ecrm_portal_reached(profile_sudo.tier_value)]
        if profile_sudo.tier_in_grace:
            sentences.append(
                self.env._(
                    "%(tier)s takes %(minimum)s.",
                    tier=profile_sudo.tier_id.name,
                    minimum=self._ecrm_portal_measured(profile_sudo.tier_id.minimum),
                )
            )
        return " ".join(sentences)

    def _ecrm_portal_keep(self, profile_sudo):
        """Return until when the level is theirs, what keeps it, and which one comes then."""
        tier, then = profile_sudo.tier_id, profile_sudo.tier_falls_to_id
        text = self._ecrm_portal_keep_text(profile_sudo)
        if text and then:
            return self.env._("%(keep)s Then it is %(tier)s.", keep=text, tier=then.display_name)
        if text or not tier.minimum or self.env.company.sudo().ecrm_tier_measure in STANDING:
            return text
        values = {"tier": tier.display_name, "days": LOOK_AHEAD}
        if self._ecrm_is_of_company():
            return self.env._(
                "As things are, your company keeps %(tier)s for the next %(days)s days.", **values
            )
        return self.env._("As things are, you keep %(tier)s for the next %(days)s days.", **values)

    def _ecrm_portal_keep_text(self, profile_sudo):
        """Return until when a level that ends soon is theirs, and what keeps it; or nothing."""
        if not profile_sudo.tier_falls_on:
            return ""
        values = {
            "tier": profile_sudo.tier_id.display_name,
            "day": format_date(self.env, profile_sudo.tier_until, date_format="long"),
            "offer": profile_sudo.tier_keep_offer,
        }
        if self._ecrm_is_of_company():
            return self.env._("Your company keeps %(tier)s until %(day)s. %(offer)s", **values)
        return self.env._("You keep %(tier)s until %(day)s. %(offer)s", **values)

    def _ecrm_portal_reached(self, value):
        company_sudo = self.env.company.sudo()
        values = {
            "reached": self._ecrm_portal_measured(value),
            "period": company_sudo._ecrm_tier_period(),
        }
        is_company = self._ecrm_is_of_company()
        if company_sudo.ecrm_tier_measure == "orders":
            if is_company:
                return self.env._("Your company placed %(reached)s %(period)s.", **values)
            return self.env._("You placed %(reached)s %(period)s.", **values)
        if company_sudo.ecrm_tier_measure != "net_spend":
            if is_company:
                return self.env._("Your company earned %(reached)s %(period)s.", **values)
            return self.env._("You earned %(reached)s %(period)s.", **values)
        if is_company:
            return self.env._(
                "Your company spent %(reached)s %(period)s, without taxes and refunds.",
                **values,
            )
        return self.env._(
            "You spent %(reached)s %(period)s, without taxes and refunds.",
            **values,
        )

    def _ecrm_portal_measured(self, value):
        """Return an amount of what levels are measured by; scores are not for customers."""
        company_sudo = self.env.company.sudo()
        if company_sudo.ecrm_tier_measure in STANDING:
            return ""
        if company_sudo.ecrm_tier_measure == "net_spend":
            return format_amount(self.env, value or 0, company_sudo.currency_id)
        if company_sudo.ecrm_tier_measure != "orders":
            return self.env._("%s points", formatLang(self.env, value or 0, digits=0))
        return self.env._("one order") if value == 1 else self.env._("%d orders", value or 0)

    def _ecrm_portal_tiers(self, current_sudo):
        """Return all levels of this company, lowest first, with what they take and bring."""
        # sudo: customers have no right on tiers; names and benefits are made for them
        tiers_sudo = self.env["ecrm.tier"].sudo()
        steps = tiers_sudo._steps(self.env.company.id)
        return [
            {
                "name": tier.name,
                "minimum": self._ecrm_portal_minimum(tier),
                "benefits": tier.benefits,
                "current": tier == current_sudo,
            }
            for tier in tiers_sudo.browse(tier_id for tier_id, _minimum in steps)
        ]

    def _ecrm_portal_minimum(self, tier_sudo):
        if not tier_sudo.minimum:
            return self.env._("From the first order on")
        minimum = self._ecrm_portal_measured(tier_sudo.minimum)
        within = self.env.company.sudo()._ecrm_tier_within()
        return minimum and self.env._("From %(minimum)s %(within)s", minimum=minimum, within=within)

    def _ecrm_portal_moves(self, limit):
        # sudo: customers have no right on the ledger; these are their own moves
        moves_sudo = self.env["ecrm.tier.change"].sudo()
        domain = [
            ("partner_id", "=", self.commercial_partner_id.id),
            ("company_id", "=", self.env.company.id),
        ]
        return [
            {
                "date": fields.Datetime.context_timestamp(self, move.date).date(),
                "up": move.move != "down",
                "text": self._ecrm_portal_move(move),
                # scores and forecasts are not for customers
                "reason": move.measure and move.measure not in STANDING and move.reason,
            }
            for move in moves_sudo.search_fetch(domain, MOVE_FIELDS, limit=limit)
        ]

    def _ecrm_portal_move(self, move_sudo):
        before, after = move_sudo.from_tier_id.display_name, move_sudo.to_tier_id.display_name
        if not after:
            return self.env._("No level any more")
        if not before:
            return self.env._("Your first level: %s", after)
        return self.env._("From %(before)s to %(after)s", before=before, after=after)
