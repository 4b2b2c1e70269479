import itertools
import uuid
from datetime import datetime, timedelta, timezone

from odoo.fields import Command
from odoo.tests import TransactionCase, tagged

#: When the counts of these tests are made.
NOW = datetime.now(timezone.utc).replace(tzinfo=None, microsecond=0)


# after all modules are loaded: others may require fields that exist only then
@tagged("post_install", "-at_install")
class RecommendCase(TransactionCase):
    """A website with products of its own, and orders that are counted by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.recommender = cls.env["ecrm.recommender"]
        # a shop may have a history, of orders of no website, too
        published = cls.env["product.template"].search([("is_published", "=", True)])
        published.is_published = False
        cls.website = cls.env["website"].create(
            {"name": "Tea shop", "company_id": cls.env.company.id}
        )
        cls.ann, cls.bob, cls.dan = cls.env["res.partner"].create(
            [
                {"name": name, "email": f"{name.lower()}.pairs@example.com"}
                for name in ("Ann", "Bob", "Dan")
            ]
        )
        cls.buyers = itertools.cycle((cls.bob, cls.dan))
        names = ("tea", "cup", "pot", "jam", "rug")
        for name, product in zip(names, cls._products(*names), strict=True):
            setattr(cls, name, product)
        cls.nobody = cls.env["res.partner"]

    @classmethod
    def _products(cls, *names, **values):
        return cls.env["product.product"].create(
            [
                {
                    "name": name.capitalize(),
                    "type": "service",
                    "list_price": 10,
                    "sale_ok": True,
                    "is_published": True,
                    "taxes_id": False,
                    "website_id": cls.website.id,
                    **values,
                }
                for name in names
            ]
        )

    @classmethod
    def _order(cls, *products, days=1, partner=None, confirm=True, **values):
        """Return an order of some products, confirmed some days before ``NOW``.

        :param res.partner partner: None for Bob and Dan in turn
        """
        values = {"website_id": cls.website.id, "company_id": cls.website.company_id.id, **values}
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or next(cls.buyers)).id,
                "order_line": [
                    # whatever a pricelist of this shop says
                    Command.create({"product_id": product.id, "price_unit": 10, "discount": 0})
                    for product in products
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        order.date_order = NOW - timedelta(days=days)
        return order

    def _event(self, kind, browser, minutes=60, **values):
        """Append an event of a browser, some minutes before ``NOW``."""
        (answer,) = self.env["ecrm.log"].append(
            [
                {
                    "uid": str(uuid.uuid4()),
                    "kind": kind,
                    "occurred_at": NOW - timedelta(minutes=minutes),
                    "identity": {"device": f"recommend-{browser}"},
                    "website_id": self.website.id,
                    "company_id": self.website.company_id.id,
                    "verdict": "human",
                    **values,
                }
            ]
        )
        self.assertEqual(answer["status"], "stored", answer)

    def _build(self, website=None):
        return self.recommender._build(website or self.website, NOW)

    def _pairs(self, website=None):
        """Return what was counted: {(product, other): orders}, by the names of templates."""
        pairs = self.env["ecrm.product.pair"].search(
            [("website_id", "=", (website or self.website).id)]
        )
        return {(pair.product_tmpl_id.name, pair.other_tmpl_id.name): pair.orders for pair in pairs}

    def _recommend(self, *products, partner=None, website=None, **values):
        return self.recommender._recommend(
            website or self.website,
            self.nobody if partner is None else partner,
            [product.id for product in products],
            **values,
        )

    def _names(self, picks):
        products = self.env["product.product"].browse(pick.product_id for pick in picks)
        return [product.name for product in products]
