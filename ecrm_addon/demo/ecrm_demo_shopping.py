from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from odoo import models

from ..lib.tracking.event import identity_of
from . import story

#: A visit begins so long before its order, and the login is its second act.
BEFORE_ORDER = timedelta(minutes=20)
#: Each step takes so long.
STEP = timedelta(seconds=75)


class EcrmDemo(models.AbstractModel):
    """Visits of customers: those in which they ordered, and those before they were known."""

    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_shopping]

    def _load_shopping(self):
        events = []
        for key, _customer, orders in self._customers(story.ONLINE):
            self._agree(key)
            baskets = {days: basket for days, basket, _fate in story.ORDERS[key]}
            for days in orders:
                steps = self._steps_to_order(baskets[days])
                events += self._prepare_visit(key, days, "google.com", steps)
            for days, referrer, looked_at in story.ANONYMOUS.get(key, ()):
                steps = self._steps_around(looked_at)
                events += self._prepare_visit(key, days, referrer, steps)
        self.env["ecrm.log"].append(events)

    def _agree(self, key):
        """Write down that a customer agreed in the cookie bar, before the first visit."""
        browser = self.env["ecrm.log"].meet(identity_of("device", self._browser(key))[1])
        ledger = self.env["ecrm.consent"]
        if ledger.current(browser):
            return
        visits = [*story.ONLINE[key], *(visit[0] for visit in story.ANONYMOUS.get(key, ()))]
        ledger.record(
            browser,
            "granted",
            source="cookie bar",
            website_id=self.env["website"].get_current_website().id,
            company_id=self.env.company.id,
            create_date=self._time(max(visits)) - BEFORE_ORDER,
        )

    @staticmethod
    def _browser(key):
        """Return the token of a customer's browser."""
        return f"demo-browser-{key}"

    @staticmethod
    def _visit_key(key, days):
        return f"demo-{key}-{days}"

    def _prepare_order_visit(self, key, days):
        """Return in which visit an order was made, where orders know it."""
        if "ecrm_session_key" not in self.env["sale.order"]._fields:
            return {}
        if days not in story.ONLINE.get(key, ()):
            return {}
        return {"ecrm_session_key": self._visit_key(key, days)}

    def _prepare_visit(self, key, days, referrer, steps):
        """Return the events of a visit, with the time that each page was looked at."""
        started = self._time(days) - BEFORE_ORDER
        common = {
            "identity": {"device": self._browser(key)},
            "session_key": self._visit_key(key, days),
            "company_id": self.env.company.id,
            "website_id": self.env["website"].get_current_website().id,
            "verdict": "human",
            "consent_id": self.env["ecrm.consent"].current(self._identity(self._browser(key))).id,
        }
        events = []
        for number, (kind, values) in enumerate(steps):
            event = {
                **common,
                "uid": str(uuid5(NAMESPACE_URL, f"ecrm demo visit {key} {days} {number}")),
                "occurred_at": started + number * STEP,
                "kind": kind,
                "referrer_host": None if number else referrer,
                **values,
                "props": {"device": "desktop", **values.get("props", {})},
            }
            events.append(event)
            if kind in ("web.page", "web.product"):
                events.append(self._prepare_leave(event, 30 + 10 * (number % 4)))
        return events

    def _prepare_leave(self, view, seconds):
        """Return the event that tells how long a view was looked at."""
        return {
            **view,
            "uid": str(uuid5(NAMESPACE_URL, f"{view['uid']} leave")),
            "occurred_at": min(view["occurred_at"] + timedelta(seconds=seconds), self._now()),
            "kind": "web.leave",
            "referrer_host": None,
            "res_model": None,
            "res_id": None,
            "props": {"view": view["uid"], "seconds": seconds, "scroll": 70},
        }

    def _steps_around(self, products):
        """Yield what somebody does who looks at products."""
        yield "web.page", {"path": "/"}
        for product in products:
            yield "web.product", self._prepare_view(product)

    def _steps_to_order(self, basket):
        """Yield what somebody does who orders: kind and values."""
        yield "web.page", {"path": "/shop"}
        for product, quantity in basket.items():
            view = self._prepare_view(product)
            yield "web.product", view
            props = {**view["props"], "quantity": quantity}
            yield "web.cart_add", {**view, "path": "/shop/cart", "props": props}
        for step in ("address", "payment"):
            path = {"address": "/shop/address", "payment": "/shop/payment"}[step]
            yield "web.checkout", {"path": path, "props": {"step": step}}

    def _prepare_view(self, key):
        """Return path, record and name of a product."""
        product = self._product(key)
        return {
            "res_model": "product.product",
            "res_id": product.id,
            "path": f"/shop/{self.env['ir.http']._slug(product.product_tmpl_id)}",
            "props": {"name": product.name},
        }
