import uuid

from odoo import fields
from odoo.tests import TransactionCase, tagged


# after all modules are loaded: others may require fields that exist only then
@tagged("post_install", "-at_install")
class EcrmCase(TransactionCase):
    """A company with a customer, and short words for what tests do again and again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.log = cls.env["ecrm.log"]
        cls.pipeline = cls.env["ecrm.pipeline"]
        cls.product = cls.env["product.product"].create(
            {"name": "Tea", "type": "service", "taxes_id": False}
        )
        cls.customer = cls.env["res.partner"].create({"name": "Ann", "email": "ann@example.com"})

    @classmethod
    def _order(cls, partner=None, amount=100, confirm=True, date=None, **values):
        """Return an order of one line; confirmed, and then dated, unless told otherwise."""
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "order_line": [
                    fields.Command.create(
                        {"product_id": cls.product.id, "price_unit": amount, "tax_ids": False}
                    )
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        if date:
            order.date_order = date
        return order

    @classmethod
    def _event(cls, partner=None, kind="web.page", at="2026-01-01 10:00:00", **values):
        """Return an event as a door hands it over."""
        return {
            "uid": str(uuid.uuid4()),
            "kind": kind,
            "occurred_at": at,
            "identity": {"partner_id": (partner or cls.customer).id},
            **values,
        }

    def _touchpoints(self, partner=None, **domain):
        """Return the touchpoints of a contact, oldest first."""
        conditions = [("partner_id", "=", (partner or self.customer).id)]
        conditions += [(name, "=", value) for name, value in domain.items()]
        return self.env["ecrm.touchpoint"].search(conditions, order="occurred_at, id")

    def _identities(self, partner=None):
        return self.env["ecrm.identity"].search(
            [("partner_id", "=", (partner or self.customer).id)]
        )
