import random
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from odoo import models

from . import story

#: How often visits come from somewhere: (source, medium, campaign, referring host).
SOURCES = [
    (6, (None, None, None, "google.com")),
    (4, (None, None, None, None)),
    (3, ("newsletter", "email", "autumn-offers", None)),
    (2, (None, None, None, "instagram.com")),
    (2, ("google", "cpc", "office-chairs", "google.com")),
    (1, (None, None, None, "bing.com")),
]
PAGES = ["/", "/shop", "/contactus", "/shop/category/desks-1", "/shop/category/chairs-2"]
#: What is searched for, and how much is found.
SEARCHES = [("standing desk", 0), ("desk", 7), ("office chair", 4), ("monitor arm", 0), ("lamp", 2)]
BROWSERS = 45
VISITS = 120
#: Browsers that took back their consent, and such that refused when asked once more.
WITHDRAWN, REFUSED = (4, 17, 31), (9, 26)
#: The share of visits that go on to the next step.
TO_PRODUCT, TO_CART, TO_CHECKOUT = 0.7, 0.35, 0.5


class EcrmDemo(models.AbstractModel):
    """A month on the website: visitors nobody knows yet, who look, search and fill carts."""

    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_browsing, self._load_consents]

    def _load_browsing(self):
        # the same story at each installation, told by the dice
        dice = random.Random(19)
        events = []
        for number in range(VISITS):
            events += self._visit(number, dice)
        self.env["ecrm.log"].append(events)

    def _visit(self, number, dice):
        """Return the events of one visit."""
        browser = dice.randrange(BROWSERS)
        started = self._now() - timedelta(days=30 * dice.random())
        if number < 3:
            started = self._now() - timedelta(minutes=4)  # on the website now
        device = dice.choices(["mobile", "desktop", "tablet"], [5, 4, 1])[0]
        source = dice.choices([entry for _n, entry in SOURCES], [n for n, _entry in SOURCES])[0]
        events = []
        for step, (kind, values) in enumerate(self._steps(dice)):
            props = {**values.pop("props", {}), "device": device}
            happened = started + timedelta(seconds=step * dice.randrange(5, 60))
            event = {
                "uid": str(uuid5(NAMESPACE_URL, f"ecrm demo visit {number} {step}")),
                "identity": {"device": f"demo-visitor-{browser}"},
                "occurred_at": min(happened, self._now()),
                "kind": kind,
                "session_key": f"demo-visit-{number}",
                "company_id": self.env.company.id,
                "website_id": self.env["website"].get_current_website().id,
                "verdict": "human",
                "props": props,
                **values,
            }
            if step == 0:
                names = ("utm_source", "utm_medium", "utm_campaign", "referrer_host")
                event.update(zip(names, source, strict=True))
            events.append(event)
            if kind in ("web.page", "web.product") and dice.random() < 0.8:
                events.append(self._prepare_leave(event, dice.randrange(5, 180)))
        return events

    def _load_consents(self):
        """Write down what the visitors said when they were asked."""
        ledger = self.env["ecrm.consent"]
        website = self.env["website"].get_current_website()
        said = {
            "website_id": website.id,
            "company_id": self.env.company.id,
            "source": "cookie bar",
        }
        tokens = [f"demo-visitor-{number}" for number in range(BROWSERS)]
        for number, token in enumerate(tokens):
            browser = self._identity(token)
            if not browser or ledger.current(browser):
                continue
            # the date counts while the module is installed, as everywhere in this story
            consent = ledger.record(browser, "granted", create_date=self._time(30), **said)
            if number in WITHDRAWN:
                consent.withdraw("cookie bar", create_date=self._time(1))
            elif number in REFUSED:
                ledger.record(browser, "refused", create_date=self._time(1), **said)

    def _steps(self, dice):
        """Yield what a visitor does, step by step: kind and values."""
        yield "web.page", {"path": dice.choice(PAGES)}
        if dice.random() < 0.3:
            term, results = dice.choice(SEARCHES)
            yield "web.search", {"path": "/shop", "props": {"term": term, "results": results}}
        if dice.random() > TO_PRODUCT:
            return
        for _look in range(dice.randrange(1, 4)):
            product = self._product(dice.choice(list(story.PRODUCTS)))
            about = {"res_model": "product.product", "res_id": product.id}
            path = f"/shop/{self.env['ir.http']._slug(product.product_tmpl_id)}"
            yield "web.product", {**about, "path": path, "props": {"name": product.name}}
        if dice.random() > TO_CART:
            return
        yield "web.cart_add", {**about, "props": {"name": product.name, "quantity": 1}}
        if dice.random() < TO_CHECKOUT:
            yield "web.checkout", {"path": "/shop/checkout", "props": {"step": "address"}}
