from odoo import models
from odoo.fields import Domain


class SaleOrder(models.Model):
    """Programs that name tiers are for customers who are in one of them.

    The tier is that of the order's commercial customer in the order's company, now. What was
    granted stays once the order is confirmed or paid; before, it goes when the order's
    programs are computed anew, and the order says so.
    """

    _inherit = "sale.order"

    # ------------------------------------------------------------
    # WHICH PROGRAMS
    # ------------------------------------------------------------

    def _ecrm_closed_programs(self):
        """Return the programs that are not for the customer of this order."""
        self.ensure_one()
        closed = self.env["loyalty.program"]._ecrm_closed(
            self.partner_id.commercial_partner_id, self.company_id
        )
        if closed and self._ecrm_is_settled():
            closed -= self._get_applied_programs()
        return closed

    def _ecrm_is_settled(self):
        """Tell whether the customer has agreed to this price already, or paid it."""
        # sudo: payments are not readable for everybody; only whether there is one comes out
        transactions_sudo = self.sudo().transaction_ids
        return self.state == "sale" or any(
            transaction.state in ("authorized", "done") for transaction in transactions_sudo
        )

    def _get_program_domain(self):
        domain = super()._get_program_domain()
        return self._ecrm_without_closed(domain, "id")

    def _get_trigger_domain(self):
        domain = super()._get_trigger_domain()
        return self._ecrm_without_closed(domain, "program_id")

    def _ecrm_without_closed(self, domain, field):
        """Return a domain without closed programs, in the form in which it came.

        Ids and not the field of tiers: whoever makes the order may not read that. Some
        overrides change the leaves of a list, so a list stays one.
        """
        closed = self._ecrm_closed_programs()
        if not closed:
            return domain
        leaf = (field, "not in", closed.ids)
        return domain & Domain(*leaf) if isinstance(domain, Domain) else [leaf, *domain]

    # ------------------------------------------------------------
    # APPLYING
    # ------------------------------------------------------------

    def _try_apply_program(self, program, coupon=None):
        if program in self._ecrm_closed_programs():
            return {"error": program._ecrm_closed_message()}
        return super()._try_apply_program(program, coupon)

    def _try_apply_code(self, code):
        """Say for whom a code is, instead of that it does not exist."""
        status = super()._try_apply_code(code)
        if "not_found" in status and (program := self._ecrm_closed_by_code(code)):
            return {"error": program._ecrm_closed_message()}
        return status

    def _ecrm_closed_by_code(self, code):
        """Return the program that a typed code would have found if it were not closed."""
        closed = self._ecrm_closed_programs()
        # sudo: only who has the code learns of its program
        rule_sudo = self.env["loyalty.rule"].sudo()
        rule_sudo = rule_sudo.search([("mode", "=", "with_code"), ("code", "=", code)], limit=1)
        card_sudo = self.env["loyalty.card"].sudo().search([("code", "=", code)], limit=1)
        return (rule_sudo.program_id or card_sudo.program_id) & closed

    def _get_claimable_rewards(self, forced_coupons=None):
        rewards = super()._get_claimable_rewards(forced_coupons)
        if rewards and (closed := self._ecrm_closed_programs()):
            for coupon in [card for card in rewards if card.program_id in closed]:
                del rewards[coupon]
        return rewards

    def _apply_program_reward(self, reward, coupon, **kwargs):
        if reward.program_id in self._ecrm_closed_programs():
            return {"error": reward.program_id._ecrm_closed_message()}
        return super()._apply_program_reward(reward, coupon, **kwargs)

    # ------------------------------------------------------------
    # LOSING
    # ------------------------------------------------------------

    def _update_programs_and_rewards(self):
        """Tell the order which of its benefits went with the tier."""
        closed = self._ecrm_closed_programs()
        lost = closed & self._get_applied_programs()
        result = super()._update_programs_and_rewards()
        for program in lost - self._get_applied_programs():
            self._ecrm_tell_lost(program)
        return result

    def _ecrm_tell_lost(self, program):
        message = self.env._(
            "%s It was taken off this order, as the customer is in no such tier any more.",
            program._ecrm_closed_message(),
        )
        # sudo: customers change their own cart, and may not write into its chatter
        self.sudo().message_post(body=message, subtype_xmlid="mail.mt_note")
        # the cart of a shop has a place for what its customer should know
        if "shop_warning" in self._fields and "website_id" in self._fields and self.website_id:
            self.sudo().shop_warning = message
