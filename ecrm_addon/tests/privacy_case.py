from odoo.tests import new_test_user
from odoo.tools import SQL

from ..lib.tracking.event import identity_of
from .common import EcrmCase

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36"
SENTINEL = "zyx.sentinel@example.org"


class PrivacyCase(EcrmCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.privacy = cls.env["ecrm.privacy"]
        cls.person = cls.env["res.partner"].create({"name": "Zyx", "email": SENTINEL})
        cls.manager = new_test_user(
            cls.env, "ecrm_dpo", "ecrm_addon.group_ecrm_manager,base.group_partner_manager"
        )

    def _browser(self, name="b1", partner=None):
        _kind, key = identity_of("device", name)
        identity = self.log.meet(key)
        if partner:
            identity.link(partner, "login")
        return identity

    def _claim(self, browser, address, at="2026-03-02 09:00:00", confirmed_at=False):
        """Let somebody have typed an address on a browser."""
        kind, key = identity_of("email", address)
        identities = self.env["ecrm.identity"]
        known = identities.search([("kind", "=", kind), ("key", "=", key)])
        return self.env["ecrm.identity.claim"].create(
            {
                "browser_id": browser.id,
                "address_id": (known or identities.create({"kind": kind, "key": key})).id,
                "claimed_at": at,
                "confirmed_at": confirmed_at,
            }
        )

    def _history(self, partner, at="2026-03-01 10:00:00"):
        """Give a person something in every table of ours."""
        browser = self._browser(f"browser-{partner.id}", partner)
        consent = self.env["ecrm.consent"].record(browser, "granted", source="cookie bar")
        self.log.append(
            [
                self._event(partner, "social.like", at, props={"by": partner.email}),
                {**self._event(kind="email.opened", at=at), "identity": {"email": partner.email}},
                {
                    **self._event(kind="web.page", at=at, session_key=f"visit-{partner.id}"),
                    "identity": {"device": f"browser-{partner.id}"},
                    "path": "/tea",
                    "consent_id": consent.id,
                },
                # is refused, and kept with its body
                {**self._event(kind="no.such"), "identity": {"email": partner.email}},
            ]
        )
        self._order(partner, date=at).ecrm_session_key = f"visit-{partner.id}"
        self.pipeline.run_now()
        return browser, consent

    def _tables(self):
        """Return every table and view-less relation of ours."""
        rows = self.env.execute_query(
            SQL(
                "SELECT relname FROM pg_class"
                " WHERE relname LIKE 'ecrm\\_%%' AND relkind IN ('r', 'p')"
                " AND relnamespace = current_schema::regnamespace"
            )
        )
        return [name for (name,) in rows]

    def _grep(self, text):
        """Return the tables of ours in which a text stands anywhere."""
        self.env.flush_all()
        found = []
        for table in self._tables():
            query = SQL(
                "SELECT EXISTS(SELECT FROM %s row WHERE strpos(lower(row::text), %s) > 0)",
                SQL.identifier(table),
                text.lower(),
            )
            if self.env.execute_query(query)[0][0]:
                found.append(table)
        return found
