from odoo import models


class EcrmRequest(models.Model):
    """What canned answers call by a word in braces, such as ``{customer}``."""

    _inherit = "ecrm.request"

    def _thread_to_store(self, store, fields, *, request_list=None):
        """Hand the words over with the thread, so that the composer can fill them in at once."""
        result = super()._thread_to_store(store, fields, request_list=request_list)
        if request_list is not None and self.env.user._is_internal():
            for request in self:
                store.add(request, {"ecrm_words": request._ecrm_words()}, as_thread=True)
        return result

    def _ecrm_words(self):
        """Return word -> what it stands for in answers to a request.

        What is not known is left out: the word then stays in its braces, where the agent sees
        it before sending.
        """
        self.ensure_one()
        # sudo: agents need not be salespeople, and customers tell them the order's number
        order_sudo = self.sudo().order_id
        words = {
            "customer": self.partner_id.name,
            "number": self.number,
            "subject": self.name,
            "order": order_sudo.name,
            "product": self.product_id.display_name,
            "agent": self.env.user.name,
            "team": self.team_id.name,
            "company": self.company_id.name,
        }
        return {word: text for word, text in words.items() if text}
