from uuid import NAMESPACE_URL, uuid5

from odoo import models

from ..lib.tracking.event import identity_of
from . import story

BROWSER = "demo-browser"


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
        if key == "browser":
            identity = {"device": BROWSER}
        elif customer:
            identity = {"partner_id": customer.id}
        else:
            return None
        return {
            "uid": str(uuid5(NAMESPACE_URL, f"ecrm demo {number} {key} {kind}")),
            "identity": identity,
            "occurred_at": self._time(days, number % 7 + 5),
            "kind": kind,
            "session_key": f"demo-{key}-{days}" if kind.startswith("web.") else None,
            "company_id": self.env.company.id,
            "website_id": self.env["website"].get_current_website().id,
            "path": path,
            "verdict": "human",
            "props": props,
        }

    def _load_identities(self):
        """Joel logs in on a browser that had looked around; Maya is known twice."""
        identities = self.env["ecrm.identity"]
        joel, maya = self._customer("joel"), self._customer("maya")
        kind, key = identity_of("device", BROWSER)
        browser = identities.search([("kind", "=", kind), ("key", "=", key)])
        if joel and not browser.link_ids:
            browser.link(joel, "login")
        newsletter = identities.search(
            [("partner_id", "=", self._ref("demo_partner_maya_newsletter").id)]
        )
        newsletter.merge(maya, "form", self.env._("Asked us to write to one address only"))
