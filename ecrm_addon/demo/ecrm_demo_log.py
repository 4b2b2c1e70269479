from uuid import NAMESPACE_URL, uuid5

from odoo import models

from ..lib.tracking.event import identity_of
from . import story
from .ecrm_demo_shopping import BEFORE_ORDER, STEP


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_events, self._load_identities]

    def _load_events(self):
        """Append what no record of Odoo's tells; each event has a fixed id."""
        events = [
            self._prepare_event(number, *event)
            for number, event in enumerate(story.EVENTS + story.REFUSED)
        ]
        self.env["ecrm.log"].append([event for event in events if event])

    def _prepare_event(self, number, key, days, kind, path, props):
        customer = self._customer(key)
        if not customer:
            return None
        on_website = kind.startswith("web.")
        identity = {"partner_id": customer.id}
        if on_website and key in story.KNOWN:
            identity = {"device": self._browser(key)}  # whose it is comes out later
        return {
            "uid": str(uuid5(NAMESPACE_URL, f"ecrm demo {number} {key} {kind}")),
            "identity": identity,
            "occurred_at": self._time(days, number % 7 + 5),
            "kind": kind,
            "session_key": self._visit_key(key, days) if on_website else None,
            "company_id": self.env.company.id,
            "website_id": self.env["website"].get_current_website().id,
            "path": path,
            "verdict": "human",
            "consent_id": self._consent_id(key, days) if on_website else None,
            "props": props,
        }

    def _consent_id(self, key, days):
        """Return the consent under which a visit was recorded, None where there was none."""
        consent = self.env["ecrm.consent"].current(self._identity(self._browser(key)))
        if not consent or consent.create_date > self._time(days):
            return None
        return consent.id

    def _identity(self, token):
        """Return the identity of a browser."""
        kind, key = identity_of("device", token)
        return self.env["ecrm.identity"].search([("kind", "=", kind), ("key", "=", key)])

    def _load_identities(self):
        """Some log in on a browser that had looked around; Maya is known twice."""
        identities = self.env["ecrm.identity"]
        for key, customer, (days, evidence) in self._customers(story.KNOWN):
            browser = self._identity(self._browser(key))
            if not browser.link_ids:
                # a checkout tells at its end who it was, a login at its beginning
                since = self._time(days) - (STEP if evidence == "checkout" else BEFORE_ORDER)
                browser.with_context(default_occurred_at=since).link(customer, evidence)
        maya = self._customer("maya")
        newsletter = identities.search(
            [("partner_id", "=", self._ref("demo_partner_maya_newsletter").id)]
        )
        newsletter.merge(maya, "form", self.env._("Asked us to write to one address only"))
