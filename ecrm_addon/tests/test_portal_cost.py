from odoo.tests import tagged

from .pages_case import PagesCase

#: Queries that a page of ours may take more than Odoo's own page of the account.
MORE = 8


@tagged("post_install", "-at_install")
class TestCost(PagesCase):
    """What a page costs does not grow with what a customer did."""

    def _counts(self):
        """Return the queries of each page of ours, and of Odoo's own beside them."""
        self._login(self.zed)
        routes = [route for route in self._pages("user") if "<" not in route.url]
        self.assertGreaterEqual(len(routes), 3)
        counts = {route.url: self._queries(lambda r=route: self._open(r)) for route in routes}
        for path in ("/my", "/my/security"):
            counts[path] = self._queries(lambda p=path: self.url_open(p))
        return counts

    def _queries(self, call):
        for _warm in range(3):
            call()
        before = self.cr.sql_log_count
        call()
        return self.cr.sql_log_count - before

    def test_many_rows(self):
        self._append(self.zed, count=30, path="/shop")
        few = self._counts()
        self._append(self.zed, count=2970, path="/shop")
        for number in range(12):
            self._order(self.zed, amount=number + 1)
        identity = self.env["ecrm.identity"].search([("partner_id", "=", self.zed.id)], limit=1)
        for number in range(40):
            state = "withdrawn" if number % 2 else "granted"
            self.env["ecrm.consent"].record(identity, state, "measure", source="portal")
        many = self._counts()
        self.assertEqual(many, few)
        stock = many.pop("/my/security")
        # Odoo's own home page asks more than that; script/bench holds it against one without us
        many.pop("/my")
        dear = {path: count for path, count in many.items() if count > stock + MORE}
        self.assertFalse(dear, f"beside {stock} of Odoo's own")
