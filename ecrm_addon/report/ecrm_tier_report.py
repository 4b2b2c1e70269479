from odoo import fields, models
from odoo.tools import SQL


class EcrmTierReport(models.Model):
    """What moves did to tiers: each is one row of the tier entered and one of that left.

    So the net of a tier is the sum of its rows, month by month.
    """

    _name = "ecrm.tier.report"
    _description = "Tier Moves"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "tier_id"
    _depends = {"ecrm.tier.change": ["company_id", "date", "from_tier_id", "move", "to_tier_id"]}

    partner_id = fields.Many2one("res.partner", "Customer", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Datetime(readonly=True)
    tier_id = fields.Many2one("ecrm.tier", readonly=True)
    move = fields.Selection([("up", "Up"), ("down", "Down")], readonly=True)
    move_count = fields.Integer(
        "Moves", readonly=True, help="Each move once, at the tier that was entered."
    )
    risen = fields.Integer("Risen into It", readonly=True)
    fallen = fields.Integer("Fallen into It", readonly=True)
    left_count = fields.Integer("Left It", readonly=True, help="For a higher tier or a lower one.")
    net = fields.Integer(
        readonly=True,
        help="Who entered the tier, less who left it. Of all tiers together: who "
        "came into any tier, less who is in none any more.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT change.id * 2 + side.gone AS id, change.partner_id, change.company_id,
                   change.date, change.move, side.tier_id, 1 - side.gone AS move_count,
                   (side.gone = 0 AND change.move = 'up')::int AS risen,
                   (side.gone = 0 AND change.move = 'down')::int AS fallen,
                   CASE WHEN side.tier_id IS NOT NULL THEN side.gone ELSE 0 END AS left_count,
                   CASE WHEN side.tier_id IS NOT NULL THEN 1 - 2 * side.gone ELSE 0 END AS net
              FROM ecrm_tier_change change
             CROSS JOIN LATERAL (
                VALUES (change.to_tier_id, 0), (change.from_tier_id, 1)
             ) AS side(tier_id, gone)
             WHERE side.gone = 0 OR side.tier_id IS NOT NULL
            """
        )
