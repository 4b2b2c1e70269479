from odoo import fields, models

from ..models.nullable import NullableFloat


class SaleReport(models.Model):
    """Sales by how their customers stood when they ordered."""

    _inherit = "sale.report"

    ecrm_loyalty_score = NullableFloat(
        "Loyalty Score at Order",
        readonly=True,
        aggregator="avg",
        groups="ecrm_addon.group_ecrm_user",
    )
    ecrm_tier_id = fields.Many2one(
        "ecrm.tier", "Loyalty Tier at Order", readonly=True, groups="ecrm_addon.group_ecrm_user"
    )
    ecrm_segment_id = fields.Many2one(
        "ecrm.segment",
        "Customer Segment at Order",
        readonly=True,
        groups="ecrm_addon.group_ecrm_user",
    )

    def _select_additional_fields(self):
        # rows are grouped by the order's key, so that all its columns may be selected
        return {
            **super()._select_additional_fields(),
            "ecrm_loyalty_score": "s.ecrm_loyalty_score",
            "ecrm_tier_id": "s.ecrm_tier_id",
            "ecrm_segment_id": "s.ecrm_segment_id",
        }
