from odoo import fields, models
from odoo.tools.misc import format_amount, format_date, formatLang

from ..queries.scoring_scope import STANDING

MOVES_SHOWN = 10
PROFILE_FIELDS = ["company_id", "tier_id", "tier_since", "tier_value", "tier_falls_on"]
CARD_FIELDS = ["program_id", "points", "expiration_date"]
MOVE_FIELDS = ["date", "from_tier_id", "to_tier_id", "move"]


class ResPartner(models.Model):
    """What a customer may see of their loyalty: the one way from eCRM to the portal.

    A level belongs to the customer, so the people of one company see the company's. Scores,
    segments and forecasts are left out here, not in the templates.
    """

    _inherit = "res.partner"

    def _ecrm_portal_card(self):
        """Return the text of the card on /my, or False where there is nothing to tell."""
        profile_sudo = self._ecrm_portal_profile_sudo()
        if profile_sudo.tier_id:
            return self._ecrm_portal_standing(profile_sudo)
        if profile_sudo or self._ecrm_portal_identity_ids():
            return self.env._("Your history with us")
        return False

    def _ecrm_portal_values(self):
        """Return the customer's level, how it came about, and the points of this person.

        :return dict: ``tier`` (None without one), ``tiers``, ``moves``, ``points``,
            ``months`` that a level looks back, ``is_company``: whether the level is that of
            this person's company
        """
        self.ensure_one()
        profile_sudo = self._ecrm_portal_profile_sudo()
        return {
            # all levels first: that reads the customer's own one along with them
            "tiers": self._ecrm_portal_tiers(profile_sudo.tier_id),
            "tier": self._ecrm_portal_tier(profile_sudo),
            "moves": self._ecrm_portal_moves(),
            "points": self._ecrm_portal_points(),
            "months": self.env.company.sudo().ecrm_tier_months,
            "is_company": self.commercial_partner_id != self,
        }

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
        }

    def _ecrm_portal_standing(self, profile_sudo):
        tier, missing = profile_sudo.tier_id.name, self._ecrm_portal_missing(profile_sudo)
        return f"{tier} · {missing}" if missing else tier

    def _ecrm_portal_missing(self, profile_sudo):
        """Return how far the next level is. The score behind it is not for customers."""
        if not profile_sudo.next_tier_id:
            return ""
        if self.env.company.sudo().ecrm_tier_measure not in STANDING:
            return profile_sudo.missing_text
        tier = profile_sudo.next_tier_id.name
        return self.env._("Each order and each visit brings you closer to %s", tier)

    def _ecrm_portal_why(self, profile_sudo):
        """Return in plain words why the customer is on this level."""
        company_sudo = self.env.company.sudo()
        if company_sudo.ecrm_tier_measure in STANDING:
            return self.env._("Your level follows what you order and how often you visit us.")
        sentences = [self._ecrm_portal_reached(profile_sudo.tier_value)]
        if profile_sudo.tier_in_grace and profile_sudo.tier_until:
            sentences.append(
                self.env._(
                    "%(tier)s takes %(minimum)s; you keep it until %(day)s.",
                    tier=profile_sudo.tier_id.name,
                    minimum=self._ecrm_portal_measured(profile_sudo.tier_id.minimum),
                    day=format_date(self.env, profile_sudo.tier_until, date_format="long"),
                )
            )
        return " ".join(sentences)

    def _ecrm_portal_reached(self, value):
        company_sudo = self.env.company.sudo()
        values = {
            "reached": self._ecrm_portal_measured(value),
            "months": company_sudo.ecrm_tier_months,
        }
        is_company = self.commercial_partner_id != self
        if company_sudo.ecrm_tier_measure == "orders":
            if is_company:
                return self.env._(
                    "Your company placed %(reached)s in the last %(months)s months.", **values
                )
            return self.env._("You placed %(reached)s in the last %(months)s months.", **values)
        if company_sudo.ecrm_tier_measure != "net_spend":
            if is_company:
                return self.env._(
                    "Your company earned %(reached)s in the last %(months)s months.", **values
                )
            return self.env._("You earned %(reached)s in the last %(months)s months.", **values)
        if is_company:
            return self.env._(
                "Your company spent %(reached)s in the last %(months)s months, without taxes "
                "and refunds.",
                **values,
            )
        return self.env._(
            "You spent %(reached)s in the last %(months)s months, without taxes and refunds.",
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
        months = self.env.company.sudo().ecrm_tier_months
        return minimum and self.env._(
            "From %(minimum)s in %(months)s months", minimum=minimum, months=months
        )

    def _ecrm_portal_moves(self):
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
            }
            for move in moves_sudo.search_fetch(domain, MOVE_FIELDS, limit=MOVES_SHOWN)
        ]

    def _ecrm_portal_move(self, move_sudo):
        before, after = move_sudo.from_tier_id.name, move_sudo.to_tier_id.name
        if not after:
            return self.env._("No level any more")
        if not before:
            return self.env._("Your first level: %s", after)
        return self.env._("From %(before)s to %(after)s", before=before, after=after)

    # ------------------------------------------------------------
    # POINTS
    # ------------------------------------------------------------

    def _ecrm_portal_points(self):
        """Return the points of this very person, where Odoo's loyalty programs are used."""
        if "loyalty.card" not in self.env:
            return []
        # sudo: as in Odoo's own portal, customers have no right on cards, these are theirs
        cards_sudo = self.env["loyalty.card"].sudo()
        domain = [
            ("partner_id", "=", self.id),
            ("company_id", "in", [False, self.env.company.id]),
            ("program_id.active", "=", True),
            ("program_id.program_type", "in", ["loyalty", "ewallet"]),
            "|",
            ("expiration_date", "=", False),
            ("expiration_date", ">=", fields.Date.context_today(self)),
        ]
        return [
            {
                "name": card.program_id.name,
                "points": card.points_display,
                "expires": card.expiration_date,
                "url": f"/my/loyalty_card/{card.id}/history",
            }
            for card in cards_sudo.search_fetch(domain, CARD_FIELDS)
        ]
