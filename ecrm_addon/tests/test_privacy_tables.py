from odoo.tools import SQL

from .privacy_case import SENTINEL, PrivacyCase

#: By these columns a row of ours is a person's, without naming her.
OF_IDENTITY = {"identity_id", "other_identity_id", "browser_id", "address_id", "identity_ref"}
OF_PARTNER = {"partner_id", "previous_partner_ref"}
#: Where the export tells of a table; None: it says nothing that another one does not say.
TOLD = {
    "ecrm_identity": "identities",
    "ecrm_identity_link": "identity_ledger",
    "ecrm_identity_claim": "claimed_addresses",
    "ecrm_consent": "consents",
    "ecrm_session": "visits",
    "ecrm_profile": "profiles",
    "ecrm_tier_change": "tier_changes",
    "ecrm_tier_warning": "tier_warnings",
    "ecrm_churn_alert": "churn_alerts",
    "ecrm_feedback": "feedback",
    "ecrm_privacy_request": "privacy_requests",
    "ecrm_touchpoint_data": "touchpoints",
    "ecrm_email_message": "emails",
    "ecrm_email_profile": "email_profiles",
    # what a visitor adds to the rows of a day, of two days: sums of her touchpoints
    "ecrm_web_part": None,
}


class TestTables(PrivacyCase):
    """No table of ours is forgotten by export or erasure, those yet to come included."""

    def _columns(self):
        """Return the columns that lead to a person: (table, column)."""
        return self.env.execute_query(
            SQL(
                """
                SELECT relname, attname FROM pg_attribute
                  JOIN pg_class ON pg_class.oid = attrelid
                 WHERE relname LIKE 'ecrm\\_%%' AND relkind IN ('r', 'p') AND NOT relispartition
                   AND relnamespace = current_schema::regnamespace
                   AND attname = ANY(%s) AND NOT attisdropped
                """,
                sorted(OF_IDENTITY | OF_PARTNER),
            )
        )

    def _rows(self, identity_ids, partner):
        """Return in which columns somebody is found, and how often."""
        self.env.flush_all()
        found = {}
        for table, column in self._columns():
            ids = identity_ids if column in OF_IDENTITY else partner.ids
            query = SQL(
                "SELECT count(*) FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(table),
                SQL.identifier(column),
                list(ids),
            )
            ((count,),) = self.env.execute_query(query)
            if count:
                found[table, column] = count
        return found

    def _life(self):
        """Give a person something in every table that may hold her; today, too."""
        browser, _consent = self._history(self.person)
        self._claim(browser, SENTINEL)
        website = self.env["website"].search([], limit=1)
        today = {**self._event(kind="web.page", at=self.env.cr.now().isoformat())}
        today |= {"identity": {"device": f"browser-{self.person.id}"}, "website_id": website.id}
        self.log.append([{**today, "session_key": "visit-today", "path": "/today"}])
        tier = self.env["ecrm.tier"].search([], limit=1)
        self.env["ecrm.tier.change"].create(
            {
                "partner_id": self.person.id,
                "company_id": self.env.company.id,
                "to_tier_id": tier.id,
                "move": "up",
                "date": self.env.cr.now(),
            }
        )
        self.env["ecrm.tier.warning"].create(
            {
                "partner_id": self.person.id,
                "company_id": self.env.company.id,
                "tier_id": tier.id,
                "date": self.env.cr.now(),
                "falls_on": "2026-06-01",
            }
        )
        self.env["ecrm.churn.alert"].create(
            {
                "partner_id": self.person.id,
                "company_id": self.env.company.id,
                "date": self.env.cr.now(),
                "state": "dismissed",
            }
        )
        self.env["ecrm.feedback"].create(
            {
                "kind": "nps",
                "partner_id": self.person.id,
                "company_id": self.env.company.id,
                "comment": f"Write to {SENTINEL}",
            }
        )
        self.env["ecrm.privacy.request"].create(
            {"kind": "access", "partner_id": self.person.id, "state": "done"}
        )
        mail = self.env["ecrm.email.message"].create(
            {
                "message_id": "<life@shop.example>",
                "email_normalized": SENTINEL,
                "partner_id": self.person.id,
                "kind": "message",
                "subject": f"For {SENTINEL}",
            }
        )
        self.env["ecrm.email.event"].record(
            [
                {"type": "sent", "source": "smtp", "email_message_ref": mail.id},
                {"type": "bounced", "source": "gateway", "recipient": SENTINEL},
            ]
        )
        self._digest()

    def _digest(self):
        while self.pipeline._digest():
            pass
        self.env.invalidate_all()

    def test_every_table_that_holds_a_person_is_told(self):
        self._life()
        told = self.privacy.export(self.person)
        found = self._rows(self.privacy._identities(self.person).ids, self.person)
        tables = {table for table, _column in found}
        self.assertEqual(tables, set(TOLD), "say where the export tells of it")
        for table in tables:
            if TOLD[table]:
                self.assertTrue(told[TOLD[table]], table)
        self.assertEqual(len(told["email_events"]), 2)

    def test_every_table_that_holds_a_person_is_emptied_of_her(self):
        self._life()
        identities = self.privacy._identities(self.person)
        ids = identities.ids
        self.assertGreater(len(self._rows(ids, self.person)), 10)
        self.privacy.erase(self.person)
        self._digest()
        # the proof of what was said stays, by a browser that is a hash of nobody's; and her
        # order, which is Odoo's, is counted anew
        stays = {("ecrm_consent", "identity_id"), ("ecrm_profile", "partner_id")}
        self.assertEqual(set(self._rows(ids, self.person)), stays)
        profile = self.env["ecrm.profile"].search([("partner_id", "=", self.person.id)])
        self.assertEqual((profile.order_count, profile.engagement), (1, False))
        self.assertEqual(self._grep(SENTINEL), [])
