from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache

from ..lib.scoring import segments


class EcrmSegment(models.Model):
    """A named part of the customers, by their scores of recency, frequency and money.

    Each of the 125 combinations belongs to the first segment that fits, in the order of
    the table; the last one catches all. A change shows at the next scoring.
    """

    _name = "ecrm.segment"
    _inherit = ["ecrm.cached.name.mixin"]
    _description = "RFM Segment"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="A name that does not change with the language.")
    sequence = fields.Integer(default=10)
    description = fields.Char(translate=True, help="Who is in it, and what to do for them.")
    color = fields.Integer()
    company_id = fields.Many2one("res.company", index="btree_not_null")
    active = fields.Boolean(default=True)
    r_min = fields.Integer("R from", default=1, required=True)
    r_max = fields.Integer("R to", default=5, required=True)
    f_min = fields.Integer("F from", default=1, required=True)
    f_max = fields.Integer("F to", default=5, required=True)
    m_min = fields.Integer("M from", default=1, required=True)
    m_max = fields.Integer("M to", default=5, required=True)
    profile_count = fields.Integer("Customers", compute="_compute_profile_count")

    def _compute_profile_count(self):
        counts = dict(
            self.env["ecrm.profile"]._read_group(
                [("segment_id", "in", self.ids)], ["segment_id"], ["__count"]
            )
        )
        for segment in self:
            segment.profile_count = counts.get(segment, 0)

    @api.constrains("r_min", "r_max", "f_min", "f_max", "m_min", "m_max")
    def _check_ranges(self):
        for segment in self:
            for low, high in segment._ranges():
                if not 1 <= low <= high <= 5:
                    raise ValidationError(
                        self.env._("The scores of %s must go from 1 to 5.", segment.name)
                    )

    def write(self, vals):
        # the scorer keeps the cells
        self.env.registry.clear_cache()
        return super().write(vals)

    def action_create_mailing(self):
        """Button: a new mailing to the contacts of this segment's customers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Mailing to %s", self.name),
            "res_model": "mailing.mailing",
            "views": [(False, "form")],
            "context": {
                "default_mailing_type": "mail",
                "default_mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "default_mailing_domain": repr([("ecrm_segment_id", "in", self.ids)]),
            },
        }

    def _ranges(self):
        self.ensure_one()
        return (
            (self.r_min, self.r_max),
            (self.f_min, self.f_max),
            (self.m_min, self.m_max),
        )

    @api.private
    @ormcache("company_id")
    def _cells(self, company_id):
        """Return the segment ids of all 125 combinations, see ``segments.cells``."""
        # sudo: what is kept for all must not depend on who asked first
        segments_sudo = self.sudo().with_context(active_test=True)
        found = segments_sudo.search([("company_id", "in", [False, company_id])])
        return segments.cells([(segment.id, *segment._ranges()) for segment in found])
