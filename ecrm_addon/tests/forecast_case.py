import json
import random
from datetime import date, timedelta

from .score_case import ScoreCase

TODAY = date(2026, 6, 30)


class ForecastCase(ScoreCase):
    """Companies with a few hundred customers who buy as the MBG/NBD model says."""

    @staticmethod
    def _histories(count, seed, days=365):
        """Return the orders of customers, as lists of (day, amount), always the same."""
        dice = random.Random(seed)
        histories = []
        for _number in range(count):
            day = dice.uniform(0, 0.7 * days)
            rate, leaves = dice.gammavariate(1.0, 1 / 40), dice.betavariate(0.9, 2.5)
            scale = 60 / dice.gammavariate(4.0, 1.0)
            orders = []
            while day < days:
                when = TODAY - timedelta(days=days - 1 - int(day))
                orders.append((when, round(scale * dice.gammavariate(6.0, 1.0), 2)))
                if dice.random() < leaves:
                    break
                day += dice.expovariate(rate)
            histories.append(orders)
        return histories

    @classmethod
    def _bought(cls, partners, histories, company=None):
        """Write the orders of customers as the past left them.

        By SQL, as copies of one order: Odoo needs minutes to create and confirm a thousand.
        """
        first = cls._buy(partners[0], 1, company=company)
        cls.env.flush_all()
        rows = [
            {
                "partner_id": partner.id,
                "partner_invoice_id": partner.id,
                "partner_shipping_id": partner.id,
                "date_order": f"{day} 12:00:00",
                "amount_untaxed": amount,
                "amount_total": amount,
            }
            for partner, orders in zip(partners, histories, strict=True)
            for day, amount in orders
        ]
        cls.env.cr.execute(
            """
            INSERT INTO sale_order
            SELECT (jsonb_populate_record(
                       first, told || jsonb_build_object('id', nextval('sale_order_id_seq'))
                   )).*
              FROM sale_order first, jsonb_array_elements(%s::jsonb) told
             WHERE first.id = %s
            """,
            (json.dumps(rows), first.id),
        )
        first.write({"state": "cancel"})
        cls.env.flush_all()
        cls.env.invalidate_all()
