from odoo import fields, models

from .nullable import NullableFloat


class EcrmFaq(models.Model):
    """How an article does: votes, and requests that it made needless."""

    _inherit = "ecrm.faq"

    vote_count = fields.Integer("Votes", compute="_compute_votes")
    helpful_share = NullableFloat(
        "Helped", compute="_compute_votes", help="Share of those who voted; empty without votes."
    )
    deflected_count = fields.Integer(
        "Requests Spared",
        compute="_compute_deflected_count",
        help="Somebody about to ask opened it and did not ask.",
    )

    def _compute_votes(self):
        votes = {article: [0, 0] for article in self}
        for article, is_helpful, count in self.env["ecrm.faq.vote"]._read_group(
            [("article_id", "in", self.ids)], ["article_id", "is_helpful"], ["__count"]
        ):
            votes[article][is_helpful] = count
        for article in self:
            no, yes = votes[article]
            article.vote_count = yes + no
            article.helpful_share = yes / (yes + no) if yes or no else False

    def _compute_deflected_count(self):
        counts = dict.fromkeys(self, 0)
        for article, is_sent, count in self.env["ecrm.faq.deflection"]._read_group(
            [("article_id", "in", self.ids)], ["article_id", "is_sent"], ["__count"]
        ):
            counts[article] += -count if is_sent else count
        for article in self:
            article.deflected_count = max(counts[article], 0)

    def action_open_votes(self):
        """Button: the votes on this article, those that say what was missing first."""
        action = self.env["ir.actions.act_window"]._for_xml_id("ecrm_addon.ecrm_faq_vote_action")
        return {**action, "domain": [("article_id", "in", self.ids)], "context": {}}
