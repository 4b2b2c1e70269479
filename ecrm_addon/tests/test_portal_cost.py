from odoo.tests import tagged

from .pages_case import PagesCase

#: Queries that a page of ours may take more than Odoo's own page of the account.
MORE = 8
#: The same for the people of a company: each time a rule of Odoo's asks who belongs to it, that
#: takes a query a level.
MORE_OF_COMPANY = 12


@tagged("post_install", "-at_install")
class TestCost(PagesCase):
    """What a page costs does not grow with what a customer did."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.uma = cls._portal_user("uma")

    def _counts(self, partner):
        """Return the queries of each page of ours, and of Odoo's own beside them."""
        self._login(partner)
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

    def _live_on(self, partner, events, orders, answers):
        self._append(partner, count=events, path="/shop")
        for number in range(orders):
            self._order(partner, amount=number + 1)
        identity = self.env["ecrm.identity"].search([("partner_id", "=", partner.id)], limit=1)
        for number in range(answers):
            state = "withdrawn" if number % 2 else "granted"
            self.env["ecrm.consent"].record(identity, state, "measure", source="portal")

    def test_many_rows(self):
        for partner, more in ((self.uma, MORE), (self.zed, MORE_OF_COMPANY)):
            self._live_on(partner, 30, 6, 4)
            few = self._counts(partner)
            self._live_on(partner, 2970, 12, 40)
            many = self._counts(partner)
            grown = {path: count for path, count in many.items() if count > few[path]}
            self.assertFalse(grown, f"with more rows than for {few}")
            stock = many.pop("/my/security")
            # Odoo's own home page asks more; script/bench holds it against one without us
            many.pop("/my")
            dear = {path: count for path, count in many.items() if count > stock + more}
            self.assertFalse(dear, f"beside {stock} of Odoo's own")
