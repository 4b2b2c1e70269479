import io
import json
import re
import zipfile

from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.mail.tests.common import MockEmail

from .test_portal import PortalCase

#: Whom the tests forget.
ADDRESS = "zed@example.com"


class PrivacyRequestCase(PortalCase, MockEmail):
    """Rosa, Tim and Zed ask for their data; a job in the background answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.requests = cls.env["ecrm.privacy.request"]
        cls.persons = cls.env["ecrm.privacy.person"]
        cls.company = cls.env["website"].get_current_website().company_id
        cls.dpo = new_test_user(
            cls.env,
            "request_dpo",
            "ecrm_addon.group_ecrm_manager,base.group_partner_manager",
            email="dpo@shop.example",
        )
        cls.company.ecrm_privacy_user_id = cls.dpo

    def setUp(self):
        super().setUp()
        self.env["ecrm.limits"].forget()
        self.addCleanup(self.env["ecrm.limits"].forget)

    def _person(self, partner):
        return self.persons.of_email(partner.email_normalized, self.company)

    def _work(self):
        """Let the background job run, as the scheduler does."""
        self.env.flush_all()
        self.env.ref("ecrm_addon.ir_cron_privacy").method_direct_trigger()
        self.env.invalidate_all()

    def _mails(self, address):
        return self.env["mail.mail"].search([("email_to", "=", address)], order="id desc")

    def _deliver(self):
        """Let all mails leave; those that are not kept go."""
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.env["mail.mail"].process_email_queue()

    def _link(self, address, kind="confirm/"):
        """Return the address to which the newest mail leads."""
        body = self._mails(address)[:1].body_html
        return re.search(rf"/ecrm/privacy/{kind}[0-9a-f]+", body)[0]

    def _guest_link(self, address):
        return f"/ecrm/privacy/{self.persons.token_for(address, self.company)}"

    def _csrf(self, path):
        found = re.search(r'name="csrf_token" value="([0-9a-fo]+)"', self.url_open(path).text)
        return found and found[1]

    def _send(self, page, path, **values):
        """Send a form of a page."""
        return self.url_open(path, data={"csrf_token": self._csrf(page), **values})

    @staticmethod
    def _archive(content):
        return zipfile.ZipFile(io.BytesIO(content))

    def _told(self, content):
        with self._archive(content) as archive:
            return json.loads(archive.read("data.json"))

    def _grep(self, text):
        """Return the tables of the whole database in which a text stands."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
                " AND relnamespace = current_schema::regnamespace ORDER BY relname"
            )
        )
        return [
            table
            for (table,) in rows
            if self.env.execute_query(
                SQL(
                    "SELECT EXISTS(SELECT FROM %s row WHERE strpos(lower(row::text), %s) > 0)",
                    SQL.identifier(table),
                    text.lower(),
                )
            )[0][0]
        ]
