from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, tagged

from odoo.addons.web.tests import test_js

from .common import EcrmCase


@tagged("post_install", "-at_install")
class TestUnits(test_js.HOOTCommon):
    """The components of the screens, without a server."""

    def test_units(self):
        suite = self._generate_hash("@ecrm_addon")
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000&id={suite}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )


class TestTours(EcrmCase, HttpCase):
    def test_customer(self):
        customer = self.env["res.partner"].create({"name": "Tour Customer"})
        start = fields.Datetime.now() - timedelta(days=200)
        self.log.append(
            [
                self._event(customer, at=(start + timedelta(days=n)).isoformat(), path=f"/p/{n}")
                for n in range(130)
            ]
        )
        self._order(customer)
        self.pipeline.run_now()
        self.start_tour("/odoo/ecrm-customers", "ecrm_customer", login="admin", timeout=180)

    def test_visits(self):
        visit = {"identity": {"device": "tour"}, "session_key": "tour-visit", "verdict": "human"}
        visit["company_id"] = self.env.company.id
        now = fields.Datetime.now()
        acts = ("web.page", "web.product", "web.cart_add")
        self.log.append(
            [
                self._event(
                    kind=kind,
                    path="/tour",
                    **{**visit, "at": now - timedelta(seconds=90 - 20 * number)},
                )
                for number, kind in enumerate(acts)
            ]
        )
        self.pipeline.run_now()
        self.start_tour("/odoo/ecrm-visitors", "ecrm_visits", login="admin", timeout=180)
