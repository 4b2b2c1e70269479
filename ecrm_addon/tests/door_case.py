import json
import time
import uuid

from odoo.tests import HttpCase
from odoo.tools import SQL

from ..lib.tracking import visit as visit_lib
from ..models.ecrm_visit import BAR_COOKIE
from .common import EcrmCase

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
YES = '{"required":true,"optional":true}'
NO = '{"required":true,"optional":false}'
#: Nobody may write more than this says: row counts that a refused request must not change.
COUNTED = (
    "ecrm_touchpoint",
    "ecrm_quarantine",
    "ecrm_identity",
    "ecrm_consent",
    "ecrm_change",
    "utm_source",
    "utm_medium",
    "utm_campaign",
    "website_visitor",
    "website_track",
    "res_partner",
)


class DoorCase(EcrmCase, HttpCase):
    """A website with a cookie bar, and a browser that knocks at its door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.website.write({"cookies_bar": True, "domain": False})
        cls.env["website"].search([("id", "!=", cls.website.id)]).domain = "https://other.example"

    def setUp(self):
        super().setUp()
        self.agent = FIREFOX
        self.env["ecrm.limits"].forget()
        self.addCleanup(self.env["ecrm.limits"].forget)

    # ------------------------------------------------------------
    # BROWSER
    # ------------------------------------------------------------

    def _agree(self, answer=YES):
        """Answer the cookie bar as its script does."""
        self.opener.cookies.set(BAR_COOKIE, answer)

    def _send(self, *events, path="/ecrm/collect", **options):
        """Send events as the tracker does; ``body`` and ``headers`` override."""
        body = options.pop("body", None)
        if body is None:
            batch = {
                "v": 1,
                "sent": self._now(),
                "events": list(events),
                **options.pop("batch", {}),
            }
            body = json.dumps(batch)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": self.agent,
            "Accept-Language": "en",
            **options.pop("headers", {}),
        }
        return self.url_open(path, data=body, headers=headers, method="POST", **options)

    def _decide(self, state, **values):
        return self._send(path="/ecrm/consent", body=json.dumps({"state": state, **values}))

    @classmethod
    def _now(cls):
        return int(time.time() * 1000)

    @classmethod
    def _act(cls, kind="web.page", **values):
        """Return an event as the tracker writes it."""
        return {
            "id": str(uuid.uuid4()),
            "t": cls._now(),
            "k": kind,
            "u": f"{cls.base_url()}/shop",
            "s": "m3x8k2p9",
            "p": {},
            **values,
        }

    @property
    def _cookie(self):
        return self.opener.cookies.get(visit_lib.COOKIE)

    # ------------------------------------------------------------
    # WHAT CAME OF IT
    # ------------------------------------------------------------

    def _counts(self):
        self.env.flush_all()
        counts = {}
        for table in COUNTED:
            query = SQL("SELECT count(*) FROM %s", SQL.identifier(table))
            ((counts[table],),) = self.env.execute_query(query)
        return counts

    def _stored(self, *events):
        """Return the touchpoints of events, in their order."""
        self.env.invalidate_all()
        found = self.env["ecrm.touchpoint"].search(
            [("uid", "in", [event["id"] for event in events])]
        )
        by_uid = {touchpoint.uid: touchpoint for touchpoint in found}
        return [by_uid[event["id"]] for event in events if event["id"] in by_uid]

    def assertRefused(self, answer, *statuses):
        """Check that a request was answered with a status and, for programs, why."""
        self.assertIn(answer.status_code, statuses, answer.text[:300])
        self.assertLess(answer.status_code, 500)
        told = answer.json()
        self.assertTrue(told["error"])
        self.assertRegex(told["reason"], r"^[a-z_]+$")
