"""A till of Odoo's point of sale, as its browser client talks to the server."""

import uuid

#: Odoo's modules that a till and margins need, on top of the template of all addons.
MODULES = "point_of_sale,sale_margin"


class Till:
    """An open session of a till of the administrator's company.

    :param harness.Session admin: who sells
    """

    def __init__(self, admin):
        self.admin = admin
        (config,) = admin.call("pos.config", "create", [[{"name": "Till"}]])
        admin.call("pos.config", "open_ui", [[config]])
        self.config = self.read(
            "pos.config",
            config,
            ["current_session_id", "payment_method_ids", "pricelist_id", "currency_id"],
        )
        self.session = self.config["current_session_id"][0]
        admin.call("pos.session", "set_opening_control", [[self.session], 0, ""])
        (self.cash,) = admin.call(
            "pos.payment.method",
            "search",
            [[["id", "in", self.config["payment_method_ids"]], ["is_cash_count", "=", True]]],
        )

    def read(self, model, record, fields):
        (row,) = self.admin.call(model, "read", [[record], fields])
        return row

    def sell(self, partner, *lines, date="2026-03-01 12:00:00", invoice=False, **values):
        """Sell and be paid in cash; return the id of the order.

        :param dict lines: of each product: ``product_id``, ``price_unit``, and what else
        """
        lines = [self._line(**line) for line in lines]
        total = sum(line["price_subtotal_incl"] for line in lines)
        payment = {"amount": total, "name": date, "payment_method_id": self.cash}
        reference = str(uuid.uuid4())
        order = {
            "uuid": reference,
            "name": f"Order {reference}",
            "state": "paid",
            "session_id": self.session,
            "partner_id": partner,
            "date_order": date,
            "amount_total": total,
            "amount_tax": total - sum(line["price_subtotal"] for line in lines),
            "amount_paid": total,
            "amount_return": 0,
            "lines": [[0, 0, line] for line in lines],
            "payment_ids": [[0, 0, payment]],
            "last_order_preparation_change": "{}",
            "to_invoice": invoice,
            **values,
        }
        # who makes a PDF of an invoice is no matter here
        answer = self.admin.call(
            "pos.order", "sync_from_ui", [[order]], context={"generate_pdf": False}
        )
        return next(row["id"] for row in answer["pos.order"] if row["uuid"] == reference)

    def give_back(self, partner, *lines, **values):
        """Take goods back and pay for them; return the id of the refund."""
        lines = [{"qty": -1, **line} for line in lines]
        return self.sell(partner, *lines, is_refund=True, **values)

    def lines(self, order):
        return self.read("pos.order", order, ["lines"])["lines"]

    @staticmethod
    def _line(product_id, price_unit, qty=1, tax=0, **values):
        return {
            "uuid": str(uuid.uuid4()),
            "product_id": product_id,
            "price_unit": price_unit,
            "qty": qty,
            "price_subtotal": price_unit * qty,
            "price_subtotal_incl": price_unit * qty + tax,
            "tax_ids": [[6, 0, []]],
            **values,
        }
