from odoo.exceptions import ValidationError
from odoo.tests import HttpCase, new_test_user

from .desk_case import DeskCase

MAIL = """From: Ann <ann@example.com>
To: {to}
Subject: Where is my tea?
Message-ID: <{id}@example.com>
Date: Mon, 09 Feb 2026 09:00:00 +0000
Content-Type: text/plain

Where?
"""


class TestSwitch(DeskCase):
    """Support requests of ours are switched off where another helpdesk answers customers."""

    def _company(self, **values):
        company = self.env["res.company"].create({"name": "Desk Company", **values})
        return company

    def test_menus_are_there_while_any_company_takes_requests(self):
        menu = self.env.ref("ecrm_addon.ecrm_request_menu")
        companies = self.env["res.company"].search([])
        other = self._company()
        companies.ecrm_support = False
        self.assertTrue(menu.active)
        other.ecrm_support = False
        self.assertFalse(menu.active)
        companies[0].ecrm_support = True
        self.assertTrue(menu.active)

    def test_customers_are_led_to_pages_only(self):
        for url in ("/helpdesk", "https://help.example.com/new", False):
            self.env.company.ecrm_support_url = url
        for url in ("javascript:alert(1)", "//evil.example", "/\\evil.example", "help", "http://"):
            with self.assertRaises(ValidationError):
                self.env.company.ecrm_support_url = url

    def test_mail_is_refused(self):
        self.env.company.alias_domain_id = self.env["mail.alias.domain"].create(
            {"name": "desk.example"}
        )
        team = self.team.copy({"name": "By Mail"})
        team.write({"alias_name": "desk", "alias_domain_id": self.env.company.alias_domain_id.id})
        team.alias_id.alias_contact = "everyone"
        requests = self.env["ecrm.request"]
        before = requests.search_count([])

        def receive(number):
            mail = MAIL.format(to="desk@desk.example", id=number)
            return self.env["mail.thread"].message_process(None, mail)

        self.assertTrue(receive("on"))
        self.assertEqual(requests.search_count([]), before + 1)
        self.env.company.ecrm_support = False
        self.assertFalse(receive("off"))
        self.assertEqual(requests.search_count([]), before + 1)


class TestGate(DeskCase, HttpCase):
    """Each page of support requests is behind the switch."""

    def _pages(self):
        """Return the routes of ours under which requests are."""
        return [
            rule
            for rule in self.env["ir.http"].routing_map().iter_rules()
            if rule.rule.startswith(("/support", "/my/support"))
            and rule.endpoint.__module__.startswith("odoo.addons.ecrm_addon")
        ]

    def test_no_page_is_forgotten(self):
        for rule in self._pages():
            self.assertTrue(rule.endpoint.routing.get("ecrm_support"), rule.rule)

    def test_off(self):
        new_test_user(self.env, "desk_portal", "base.group_portal")
        self.authenticate("desk_portal", "desk_portal")
        company = self.env["website"].search([], limit=1).company_id
        company.write({"ecrm_support": False, "ecrm_support_url": False})
        paths = [rule.rule for rule in self._pages() if "<" not in rule.rule]
        for path in paths:
            self.assertIn(self.url_open(path).status_code, (404, 405), path)
        company.ecrm_support_url = "/helpdesk"
        for path in paths:
            answer = self.url_open(path, allow_redirects=False)
            if answer.status_code != 405:
                self.assertEqual(answer.status_code, 303, path)
                self.assertTrue(answer.headers["Location"].endswith("/helpdesk"), path)
