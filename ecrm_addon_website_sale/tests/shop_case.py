import re

from odoo.tests import HttpCase, tagged

from odoo.addons.ecrm_addon.lib.tracking import visit as visit_lib

from .browser import Browser


# after all modules are loaded: others may require fields that exist only then
@tagged("post_install", "-at_install")
class ShopCase(Browser, HttpCase):
    """A shop that asks for consent, two products, and a browser that can say yes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.write({"cookies_bar": True, "account_on_checkout": "optional"})
        cls.tea, cls.cup = cls.env["product.product"].create(
            [
                {
                    "name": name,
                    "type": "service",
                    "list_price": 10,
                    "sale_ok": True,
                    "is_published": True,
                    "taxes_id": False,
                }
                for name in ("Tea", "Cup")
            ]
        )
        cls.env.flush_all()
        cls.last_ids = {
            model: cls.env[model].search([], order="id desc", limit=1).id or 0
            for model in ("ecrm.touchpoint", "ecrm.identity", "ecrm.consent")
        }

    # ------------------------------------------------------------
    # THE SHOP
    # ------------------------------------------------------------

    def _add(self, product, quantity=1, **values):
        return self.make_jsonrpc_request(
            "/shop/cart/add",
            {
                "product_template_id": product.product_tmpl_id.id,
                "product_id": product.id,
                "quantity": quantity,
                **values,
            },
        )

    def _update(self, line, quantity):
        return self.make_jsonrpc_request(
            "/shop/cart/update",
            {"line_id": line.id, "product_id": line.product_id.id, "quantity": quantity},
        )

    def _submit_address(self, name="Ann Guest", email="ann.guest@example.com"):
        """Fill in the address as a guest."""
        page = self.url_open("/shop/address").text
        country = self.env.ref("base.be")
        answer = self.url_open(
            "/shop/address/submit",
            data={
                "csrf_token": re.search(r'csrf_token: "([0-9a-fo]+)"', page)[1],
                "name": name,
                "email": email,
                "phone": "+32 470 12 34 56",
                "street": "Street 1",
                "city": "Brussels",
                "zip": "1000",
                "country_id": country.id,
                "use_delivery_as_billing": "true",
                "address_type": "billing",
            },
        ).json()
        self.assertIn("redirectUrl", answer)

    # ------------------------------------------------------------
    # WHAT BECAME OF IT
    # ------------------------------------------------------------

    def _cart(self):
        return self.env["sale.order"].search([("website_id", "=", self.website.id)], limit=1)

    def _session_key(self, visit="visit-0001"):
        """Return the key under which a visit of this browser is stored."""
        vid = visit_lib.read_cookie(self.opener.cookies["ecrm_vid"])[0]
        return visit_lib.session_key(visit_lib.token(vid), visit)

    def _events(self, prefix="web.cart"):
        """Return what was told: kind, product or step, quantity."""
        touchpoints = self._new("ecrm.touchpoint", ("kind", "=like", f"{prefix}%"))
        return [
            (
                touchpoint.kind,
                touchpoint.props.get("name") or touchpoint.props.get("step"),
                touchpoint.props.get("quantity"),
            )
            for touchpoint in touchpoints.sorted(lambda event: (event.occurred_at, event.id))
        ]

    def _new(self, model, *domain):
        """Return what there is since this test began; a shop may have a history."""
        return self.env[model].search([("id", ">", self.last_ids[model]), *domain])
