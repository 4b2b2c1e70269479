"""Forms that are sent with somebody else's numbers and addresses: M22, M55.

The forms are those that stand on our pages, each field as the browser would send it, and what a
stranger adds to them.
"""

from lxml import html

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .pages_case import PagesCase
from .trust_case import MUTED

#: Pages that ask for an address, and answer the same whoever has it.
ASKING = ("/ecrm/subscribe", "/ecrm/privacy")
#: By these columns a row is a person's.
OF_PERSON = ("partner_id", "email_normalized", "email", "identity_id", "user_id")


@tagged("post_install", "-at_install")
class TestForms(PagesCase):
    def _forms(self, path):
        """Return (action, fields) of the forms of ours on a page."""
        response = self.url_open(path)
        page = html.fromstring(response.text, base_url=self.base_url() + path)
        page.make_links_absolute()
        return [
            (form.action, dict(form.fields))
            for form in page.xpath("//div[@id='wrap']//form[@method='post' or @method='POST']")
        ]

    def _rows_of(self, partner):
        """Return a digest of all that our tables hold of a person, by table."""
        self.env.flush_all()
        identities = self.env["ecrm.identity"].search([("partner_id", "=", partner.id)])
        values = {
            "partner_id": partner.ids,
            "user_id": partner.user_ids.ids,
            "identity_id": identities.ids,
            "email": [partner.email_normalized],
            "email_normalized": [partner.email_normalized],
        }
        columns = self.env.execute_query(
            SQL(
                """
                SELECT table_name, column_name FROM information_schema.columns
                  JOIN pg_class ON relname = table_name AND relkind IN ('r', 'p')
                               AND NOT relispartition
                 WHERE table_schema = current_schema AND table_name LIKE 'ecrm\\_%%'
                   AND column_name = ANY(%s)
                """,
                list(OF_PERSON),
            )
        )
        return {
            (table, column): self.env.execute_query(
                SQL(
                    "SELECT md5(string_agg(row::text, '' ORDER BY row::text))"
                    " FROM %s row WHERE %s = ANY(%s)",
                    SQL.identifier(table),
                    SQL.identifier("row", column),
                    values[column],
                )
            )
            for table, column in columns
        }

    def _foreign(self, partner):
        """Return what a stranger adds to a form so that it be another person's."""
        identity = self.env["ecrm.identity"].search([("partner_id", "=", partner.id)], limit=1)
        preference = self.env["ecrm.email.preference"].of_address(
            partner.email_normalized, self.env.company
        )
        return {
            "partner_id": partner.id,
            "user_id": partner.user_ids.id,
            "uid": partner.user_ids.id,
            "email": partner.email,
            "address": partner.email,
            "email_from": partner.email,
            "identity_id": identity.id,
            "preference_id": preference.id,
            "company_id": self.other_company.id,
            "res_id": partner.id,
            "id": partner.id,
        }

    @mute_logger(*MUTED)
    def test_somebody_elses_numbers_in_a_form(self):
        """M22: what a form is about is whose session it is, and nothing else."""
        foreign, tried = self._foreign(self.tim), 0
        self._login(self.rosa)
        theirs = self._rows_of(self.tim)
        self.assertTrue(any(digest[0][0] for digest in theirs.values()))
        for route in self._pages("user", types=["http"]):
            if "<" in route.url:
                continue
            for action, fields in self._forms(route.url):
                added = {name: value for name, value in foreign.items() if name not in fields}
                sent = {name: value for name, value in fields.items() if value is not None}
                response = self.url_open(action, data={**sent, **added})
                self.assertIn(response.status_code, (200, 303, 422), action)
                tried += 1
        for route in self._pages("user", "POST", ["jsonrpc"]):
            self.assertIsNone(self._error(route, self._open(route, data=foreign)), route.url)
        self.assertGreater(tried, 0)
        self.assertEqual(self._rows_of(self.tim), theirs)

    @mute_logger(*MUTED)
    def test_known_and_unknown_addresses(self):
        """M55: a form answers the same, and tells nobody who is a customer."""
        self.authenticate(None, None)
        routed = {route.url for route in self._pages("public", "POST")}
        for path in filter(routed.__contains__, ASKING):
            answers = []
            for email in (self.zed.email, "nobody.zed@example.com"):
                ((action, fields), *_more) = self._forms(path)
                sent = {name: value or "" for name, value in fields.items()}
                named = next(name for name in fields if "mail" in name)
                response = self.url_open(action, data={**sent, named: email})
                status, headers, text = self._without(response, path)
                self.assertEqual(status, 200, path)
                answers.append((status, headers, text.replace(email, "")))
            self.assertEqual(*answers, path)
