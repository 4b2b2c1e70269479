from odoo import models


class EcrmCustomerCard(models.AbstractModel):
    _inherit = "ecrm.customer.card"

    def _facts(self, partner, profile):
        """Add how much the people of a customer wrote in forums, where they did."""
        facts = super()._facts(partner, profile)
        # sudo: a forum may be for others; only a number comes out
        posts_sudo = self.env["forum.post"].sudo()
        customer = partner.commercial_partner_id
        author = "create_uid.partner_id.commercial_partner_id"
        posts = posts_sudo.search_count([(author, "=", customer.id)])
        if posts:
            label = self.env._("Forum Posts")
            facts.append({"name": "forum_posts", "label": label, "type": "integer", "value": posts})
        return facts
