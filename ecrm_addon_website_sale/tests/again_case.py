from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged


# after all modules are loaded: others may require fields that exist only then
@tagged("post_install", "-at_install")
class AgainCase(HttpCase):
    """Ada and Bob of one company, Eve of nobody's, with a login each; a shop with four products."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.prevent_zero_price_sale = False
        cls.firm = cls.env["res.partner"].create({"name": "Tearoom", "is_company": True})
        cls.ada = cls._customer("ada", parent_id=cls.firm.id)
        cls.bob = cls._customer("bob", parent_id=cls.firm.id)
        cls.eve = cls._customer("eve")
        cls.tea, cls.cup, cls.pot, cls.tin = cls.env["product.product"].create(
            [cls._product(name) for name in ("Tea", "Cup", "Pot", "Tin")]
        )

    @staticmethod
    def _product(name, **values):
        return {
            "name": name,
            "type": "consu",
            "list_price": 10,
            "sale_ok": True,
            "is_published": True,
            "taxes_id": False,
            **values,
        }

    @classmethod
    def _customer(cls, login, **values):
        partner = cls.env["res.partner"].create(
            {"name": login.capitalize(), "email": f"{login}@example.com", **values}
        )
        cls.env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": login,
                "password": f"{login}-password",
                "partner_id": partner.id,
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )
        return partner

    @classmethod
    def _order(cls, partner, quantities, days=0, **line):
        """Return an order that was confirmed so many days ago.

        :param dict quantities: product -> how much
        """
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "website_id": cls.website.id,
                "company_id": cls.website.company_id.id,
                "order_line": [
                    Command.create({"product_id": product.id, "product_uom_qty": quantity, **line})
                    for product, quantity in quantities.items()
                ],
            }
        )
        order.action_confirm()
        order.date_order = fields.Datetime.now() - timedelta(days=days)
        return order

    def _login(self, partner):
        login = partner.user_ids.login
        self.authenticate(login, f"{login}-password")

    # ------------------------------------------------------------
    # FORMS AND PAGES
    # ------------------------------------------------------------

    def _submit(self, path, from_path="/my/orders", token=True, **values):
        """Send a form as the browser does, and follow it."""
        if token:
            page = html.fromstring(self.url_open(from_path).text)
            values["csrf_token"] = page.xpath("//input[@name='csrf_token']/@value")[0]
        return self.url_open(path, data=values or {"a": "1"})

    def _reorder(self, order, **values):
        return self._submit(f"/my/orders/{order.id}/reorder", **values)

    def _told(self, response, part="o_ecrm_reorder"):
        """Return what the cart says, as one line of text."""
        found = html.fromstring(response.text).xpath(f"//*[contains(@class, '{part}')]")
        return " ".join(" ".join(each.text_content().split()) for each in found)

    def _in_cart(self, partner):
        """Return what is in the cart: name -> quantity."""
        cart = self.env["sale.order"].search(
            [("partner_id", "=", partner.id), ("state", "=", "draft")], limit=1
        )
        return {
            line.product_id.name: line.product_uom_qty
            for line in cart.order_line
            if line._show_in_cart()
        }

    def _queries(self, path):
        """Return how many queries a page takes once its caches are warm."""
        for _warm in range(3):
            self.url_open(path)
        before = self.cr.sql_log_count
        self.url_open(path)
        return self.cr.sql_log_count - before
