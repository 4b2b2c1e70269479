from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import float_compare, format_list

#: What a person has of a shop's money or points, and what was sent to this person alone.
SHOWN_TYPES = ("loyalty", "ewallet", "gift_card")
COUPON_TYPES = ("coupons", "next_order_coupons")
CARD_FIELDS = ["program_id", "points", "expiration_date", "code"]
PROGRAM_FIELDS = [
    "name",
    "program_type",
    "portal_point_name",
    "currency_id",
    "company_id",
    "date_from",
    "date_to",
    "sale_ok",
]
REWARD_FIELDS = ["program_id", "description", "required_points", "discount_mode"]
#: Cards that the card on the home page names.
NAMED = 3


class ResPartner(models.Model):
    """Points, rewards and money of one person: as in Odoo's portal, never a colleague's."""

    _inherit = "res.partner"

    def _ecrm_portal_sections(self, profile_sudo, params):
        """Add ``programs``, ``wallets``, ``coupons``, and ``points``, what came and went."""
        sections = super()._ecrm_portal_sections(profile_sudo, params)
        held_sudo = self._ecrm_portal_cards_sudo(SHOWN_TYPES + COUPON_TYPES)
        cards_sudo = held_sudo.filtered(lambda card: card.program_type in SHOWN_TYPES)
        own = {
            "programs": self._ecrm_portal_programs(cards_sudo, profile_sudo.tier_id),
            "wallets": self._ecrm_portal_wallets(cards_sudo),
            "coupons": self._ecrm_portal_coupons(held_sudo - cards_sudo),
            "points": self._ecrm_portal_points(cards_sudo, params.get("points")),
        }
        has_any = any(own[name] for name in ("programs", "wallets", "coupons"))
        is_empty = sections["is_empty"] and not has_any
        return {**sections, **own, "is_empty": is_empty}

    def _ecrm_portal_cards_sudo(self, types=SHOWN_TYPES):
        # sudo: as in Odoo's own portal, customers have no right on cards, these are theirs
        cards_sudo = self.env["loyalty.card"].sudo()
        domain = [
            ("partner_id", "=", self.id),
            ("company_id", "in", self._ecrm_portal_companies()),
            ("program_id.active", "=", True),
            ("program_id.program_type", "in", types),
            "|",
            ("expiration_date", "=", False),
            ("expiration_date", ">=", fields.Date.context_today(self)),
        ]
        return cards_sudo.search_fetch(domain, CARD_FIELDS, order="id")

    def _ecrm_portal_companies(self):
        """Return whose programs count here, as for an order: the company's and its parents'."""
        return [False, *self.env.company.sudo().parent_ids.ids]

    # ------------------------------------------------------------
    # PROGRAMS
    # ------------------------------------------------------------

    def _ecrm_portal_programs(self, cards_sudo, tier_sudo):
        """Return the programs in which this person has points or can earn some.

        :return list[dict]: ``name``, ``points`` (text), ``expires`` and ``ends`` (dates),
            ``closed`` (for whom it is, where this is not for the customer) and ``rewards``
        """
        # all that are held: one query for what points and money need of them
        programs_sudo = self._ecrm_portal_offered_sudo(cards_sudo.program_id)
        programs_sudo = programs_sudo.filtered(lambda program: program.program_type == "loyalty")
        cards_sudo = cards_sudo.filtered(lambda card: card.program_id in programs_sudo)
        closed_sudo = programs_sudo.filtered(lambda program: program._ecrm_is_closed_to(tier_sudo))
        rewards = self._ecrm_portal_rewards_sudo(programs_sudo - closed_sudo)
        # nobody is offered to earn what only others can
        unused_sudo = programs_sudo - closed_sudo - cards_sudo.program_id
        held = [(card.program_id, card) for card in cards_sudo]
        held += [(program, cards_sudo.browse()) for program in unused_sudo]
        return [
            {
                "name": program.name,
                "points": program._ecrm_amount(card.points),
                "expires": card.expiration_date,
                "ends": program.date_to,
                "closed": program in closed_sudo and program._ecrm_closed_message(),
                "rewards": [
                    self._ecrm_portal_reward(reward, card.points)
                    for reward in rewards.get(program, ())
                ],
            }
            for program, card in held
        ]

    def _ecrm_portal_offered_sudo(self, held_sudo):
        """Return the programs that are held, and those that the shop shows to everybody."""
        # sudo: customers have no right on programs; these are made for them
        programs_sudo = self.env["loyalty.program"].sudo()
        offered = self._ecrm_portal_running()
        offered &= Domain("program_type", "=", "loyalty") & Domain("portal_visible", "=", True)
        domain = Domain("id", "in", held_sudo.ids) | offered
        names = [
            *PROGRAM_FIELDS,
            *(["website_id"] if "website_id" in programs_sudo._fields else []),
        ]
        return programs_sudo.search_fetch(domain, names, order="sequence, id")

    def _ecrm_portal_running(self):
        """Return the domain of programs that count on an order of today."""
        today = fields.Date.context_today(self)
        running = Domain("sale_ok", "=", True)
        running &= Domain("company_id", "in", self._ecrm_portal_companies())
        running &= Domain("date_from", "=", False) | Domain("date_from", "<=", today)
        running &= Domain("date_to", "=", False) | Domain("date_to", ">=", today)
        programs = self.env["loyalty.program"]
        if "website_id" in programs._fields:
            website = self.env["website"].get_current_website()
            running &= Domain("website_id", "in", [False, website.id])
        return running

    def _ecrm_portal_rewards_sudo(self, programs_sudo):
        """Return the rewards of programs that can be claimed today, the cheapest first."""
        running_sudo = programs_sudo.filtered_domain(self._ecrm_portal_running())
        if not running_sudo:
            return {}
        domain = Domain("program_id", "in", running_sudo.ids)
        domain &= (
            Domain("reward_type", "!=", "product")
            | Domain("reward_product_tag_id", "!=", False)
            | Domain("reward_product_id.active", "=", True)
        )
        # sudo: as programs
        rewards_sudo = self.env["loyalty.reward"].sudo()
        return rewards_sudo.search_fetch(domain, REWARD_FIELDS).grouped("program_id")

    def _ecrm_portal_reward(self, reward_sudo, points):
        program, cost = reward_sudo.program_id, reward_sudo.required_points
        is_ready = float_compare(points, cost, precision_digits=2) >= 0
        price = program._ecrm_amount(cost)
        if reward_sudo.discount_mode == "per_point":
            price = self.env._("from %s on", price)
        return {
            "name": reward_sudo.description,
            "cost": price,
            "missing": False if is_ready else program._ecrm_amount(cost - points),
        }

    # ------------------------------------------------------------
    # MONEY
    # ------------------------------------------------------------

    def _ecrm_portal_wallets(self, cards_sudo):
        """Return what a person has in money: wallets, and gift cards with something on them."""
        return [
            {
                "name": card.program_id.name,
                "amount": card.program_id._ecrm_amount(card.points),
                "expires": card.expiration_date,
                # to be typed in where somebody orders
                "code": card.program_type == "gift_card" and card.code,
            }
            for card in cards_sudo
            if card.program_type == "ewallet" or card.program_type == "gift_card" and card.points
        ]

    def _ecrm_portal_coupons(self, coupons_sudo):
        """Return the coupons that were sent to a person and still bring something."""
        rewards = self._ecrm_portal_rewards_sudo(coupons_sudo.program_id)
        brings = {
            coupon: [
                reward.description
                for reward in rewards.get(coupon.program_id, ())
                if float_compare(coupon.points, reward.required_points, precision_digits=2) >= 0
            ]
            for coupon in coupons_sudo
        }
        return [
            {
                "name": coupon.program_id.name,
                "amount": format_list(self.env, told, "or"),
                "expires": coupon.expiration_date,
                "code": coupon.code,
            }
            for coupon, told in brings.items()
            if told
        ]

    # ------------------------------------------------------------
    # HOME PAGE
    # ------------------------------------------------------------

    def _ecrm_home_loyalty(self):
        """Tell of a program in which everybody can begin, where there is nothing else to tell."""
        told = super()._ecrm_home_loyalty()
        tiers = self.env["ecrm.tier"]
        if told or not self._ecrm_portal_programs(self.env["loyalty.card"].sudo(), tiers):
            return told
        hint = self.env._("Your next order earns points.")
        return {"standing": "", "hint": hint, "next": "", "progress": 0, "missing": ""}

    def _ecrm_home_points(self):
        cards_sudo = self._ecrm_portal_cards_sudo()
        # points first, then money
        cards_sudo = cards_sudo.sorted(lambda card: card.program_type != "loyalty")
        return super()._ecrm_home_points() + [
            card.program_id._ecrm_amount(card.points)
            for card in cards_sudo[:NAMED]
            if card.points or card.program_type == "loyalty"
        ]
