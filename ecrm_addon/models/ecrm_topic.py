import hashlib

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import ormcache


class EcrmTopic(models.Model):
    """What a customer may want to hear about, or not.

    Each mailing is of one topic; who switches a topic off gets no mailing of it, whichever
    list or filter it is sent to, and all others as before.
    """

    _name = "ecrm.topic"
    _description = "E-mail Topic"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True, help="As customers read it.")
    description = fields.Char(
        translate=True, help="One sentence for customers: what comes, and how often."
    )
    company_id = fields.Many2one(
        "res.company", index="btree_not_null", help="Empty: a topic of all companies."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    is_default = fields.Boolean(
        "Default", help="New mailings are of this topic, unless somebody chooses another one."
    )
    double_opt_in = fields.Boolean(
        "Only after Confirmation",
        help="Mailings of this topic go only to people who asked for it and confirmed that by "
        "a link in a mail, or who switched it on themselves.",
    )
    mailing_count = fields.Integer("Mailings", compute="_compute_mailing_count")

    @api.constrains("is_default", "active", "company_id")
    def _check_default(self):
        for topic in self.filtered("is_default"):
            domain = [("is_default", "=", True), ("company_id", "=", topic.company_id.id)]
            if self.search_count(domain, limit=2) > 1:
                raise ValidationError(
                    self.env._("There is a default topic already. Take the mark off it first.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def _compute_mailing_count(self):
        # sudo: how many there are is no secret; who may open them is for the button
        counts = dict(
            self.env["mailing.mailing"]
            .sudo()
            ._read_group([("ecrm_topic_id", "in", self.ids)], ["ecrm_topic_id"], ["__count"])
        )
        for topic in self:
            topic.mailing_count = counts.get(topic, 0)

    @api.model
    @api.private
    def of_company(self, company):
        """Return the topics from which customers of a company may choose."""
        return self.search_fetch(self._of(company), ["name", "description", "double_opt_in"])

    @api.private
    @ormcache("company.id")
    def ids_of_company(self, company):
        """Return the same in short, from the cache of the server, as it is asked on each visit
        to the home page: pairs of id and whether the topic takes a confirmation.
        """
        topics = self.search_fetch(self._of(company), ["double_opt_in"])
        return tuple((topic.id, topic.double_opt_in) for topic in topics)

    @api.model
    @api.private
    def default_of(self, company):
        """Return the topic of mailings for which nobody chose one; it may be empty."""
        domain = self._of(company) & Domain("is_default", "=", True)
        return self.search(domain, order="company_id nulls last, sequence, id", limit=1)

    @api.private
    def text_version(self):
        """Return which words a person was shown of this topic: a digest of them."""
        self.ensure_one()
        digest = hashlib.sha256(self._words().encode()).hexdigest()[:8]
        return f"topic {self.id} {digest}"

    def _words(self):
        return f"{self.name}\n{self.description or ''}"

    @staticmethod
    def _of(company):
        return Domain("company_id", "in", [False, company.id])

    def action_view_mailings(self):
        """Stat button: the mailings of this topic."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mailings"),
            "res_model": "mailing.mailing",
            "view_mode": "list,form",
            "domain": [("ecrm_topic_id", "=", self.id)],
            "context": {"default_ecrm_topic_id": self.id},
        }
