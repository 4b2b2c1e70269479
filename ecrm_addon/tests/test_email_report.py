from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tools import SQL

from ..lib.email.domains import CORPORATE, PROVIDERS, provider_of
from ..queries import mailbox_providers
from .email_report_case import SENT, EmailReportCase

SCANNER = {"user_agent": "Mozilla/5.0 (compatible; Googlebot/2.1)", "ip_cut": "192.0.2.0/24"}
RELAY = {"user_agent": "Mozilla/5.0", "ip_cut": "17.58.0.0/24"}


class TestMailingReport(EmailReportCase):
    """A mailing to ten people, counted by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tea, cls.cups, cls.bait = cls.env["ecrm.email.link"].create(
            [
                {"mailing_id": cls.mailing.id, "position": 1, "url": "/tea", "label": "Tea"},
                {"mailing_id": cls.mailing.id, "position": 2, "url": "/cups", "label": "Cups"},
                {"mailing_id": cls.mailing.id, "url": "/", "is_honeypot": True},
            ]
        )
        domains = ["gmail.com"] * 4 + ["hotmail.com"] * 3 + ["firm.example"] * 3
        cls.mails = [
            cls._mail(email_normalized=f"reader{number}@{domain}")
            for number, domain in enumerate(domains)
        ]

    def _live(self):
        """Let things happen.

        0 opens and clicks both links, 1 opens twice, 2 clicks without pictures, 3 is a relay,
        4 a machine opens and clicks, 5 bounced for good, 6 for now, 7 fails, 8 opens and calls
        it spam, 9 nothing
        """
        mails = self.mails
        mails[7].sent_at = False  # it never left
        for mail in mails[:7] + mails[8:]:
            self._tell(mail, "sent", 0)
        for mail in mails[:5] + mails[8:]:
            self._tell(mail, "delivered", 0.1)
        self._tell(mails[0], "opened", 60)
        self._tell(mails[0], "clicked", 62, link_ref=self.tea.id)
        self._tell(mails[0], "clicked", 130, link_ref=self.cups.id)
        self._tell(mails[1], "opened", 90)
        self._tell(mails[1], "opened", 60 * 24 * 4)
        self._tell(mails[2], "clicked", 100, link_ref=self.tea.id)
        self._tell(mails[3], "opened", 1, **RELAY)
        self._tell(mails[4], "opened", 2, **SCANNER)
        self._tell(mails[4], "clicked", 2, link_ref=self.tea.id, **SCANNER)
        self._tell(mails[4], "clicked", 2, link_ref=self.bait.id, **SCANNER)
        self._tell(mails[5], "bounced", 1, bounce_kind="hard")
        self._tell(mails[6], "bounced", 1, bounce_kind="soft")
        self._tell(mails[7], "failed", 1)
        self._tell(mails[8], "opened", 95)
        self._tell(mails[8], "complained", 96)
        self._digest()

    def test_figures(self):
        self._live()
        report = self._report()
        expected = {
            "sent": 10, "delivered": 7, "failed": 1, "hard_bounced": 1, "soft_bounced": 1,
            "deferred": 0, "opened": 4, "opened_raw": 6, "clicked": 2, "clicked_raw": 3,
            "replied": 0, "unsubscribed": 0, "complained": 1,
        }  # fmt: skip
        figures = {name: report["figures"][name] for name in expected}
        self.assertEqual(figures, expected)
        rates = {
            "delivery_rate": 7 / 10,
            "open_rate": 4 / 7,
            "open_rate_raw": 6 / 7,
            "click_rate": 2 / 7,
            "click_rate_raw": 3 / 7,
            "click_to_open_rate": 2 / 4,
            "complaint_rate": 1 / 7,
            "hard_bounce_rate": 1 / 10,
            "soft_bounce_rate": 1 / 10,
        }
        for name, rate in rates.items():
            self.assertAlmostEqual(report["rates"][name], rate, msg=name)
        # the list tells the same
        row = self._row()
        self.assertEqual({name: row[name] for name in expected}, expected)
        for name, rate in rates.items():
            self.assertAlmostEqual(row[name], rate, msg=name)

    def test_who_opened_and_clicked(self):
        self._live()
        reports = self.env["ecrm.email.report"].with_user(self.user)
        hits = reports.get_mailing(self.mailing.id)["hits"]  # the digest has counted
        self.assertEqual(hits["opened"], {"human": 4, "machine": 1, "proxy": 1, "unknown": 0})
        self.assertEqual(hits["clicked"], {"human": 3, "machine": 1, "proxy": 0, "unknown": 0})

    def test_hours(self):
        """The first hour is that of the first mail; three days are shown."""
        self._live()
        hours = self._report()["hours"]
        self.assertEqual((len(hours), hours[0]["at"]), (72, "2026-03-02 08:00:00"))
        found = {number: (hour["opens"], hour["clicks"]) for number, hour in enumerate(hours)}
        found = {number: figures for number, figures in found.items() if any(figures)}
        # 62 minutes after 08:30 is in the second hour
        self.assertEqual(found, {1: (1, 1), 2: (2, 2)})

    def test_links(self):
        self._live()
        found = [
            (link["label"], link["human_clicks"], link["machine_clicks"], link["people"])
            for link in self._report()["links"]
        ]
        self.assertEqual(found, [("Tea", 2, 1, 2), ("Cups", 1, 0, 1)])

    def test_providers_and_programs(self):
        self._live()
        report = self._report()
        found = {row["name"]: (row["sent"], row["delivered"]) for row in report["domains"]}
        self.assertEqual(
            found, {"Gmail": (4, 4), "Outlook, Hotmail": (3, 1), "firm.example": (3, 2)}
        )
        programs = {row["name"]: (row["people"], row["opens"]) for row in report["clients"]}
        self.assertEqual(programs, {"Chrome": (4, 4), "Apple Mail (private)": (1, 1)})

    def test_nothing_was_sent(self):
        report = self._report(self._mailing("Draft"))
        self.assertEqual(report["figures"]["sent"], 0)
        self.assertEqual(set(report["rates"].values()), {None})
        self.assertFalse(report["hours"])

    def test_the_price_does_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["ecrm.email.report"].with_user(self.user).get_mailing(self.mailing.id)
            return self.env.cr.sql_log_count - before

        self._live()
        count()
        few = count()
        for _number in range(60):
            self._tell(self._mail(), "opened")
        self._digest()
        self.assertEqual(count(), few)
        self.assertLess(few, 20)

    def test_rights(self):
        outsider = new_test_user(
            self.env, "report_sales", "sales_team.group_sale_salesman_all_leads"
        )
        for call in (
            lambda env: env["ecrm.email.report"].get_mailing(self.mailing.id),
            lambda env: env["ecrm.email.health"].get_overview(),
            lambda env: env["ecrm.email.click"].get_heat_map(),
        ):
            self.assertRaises(AccessError, call, self.env(user=outsider))
            self.assertTrue(call(self.env(user=self.user)))

    def test_mails_of_another_company_are_not_counted(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.mails[0].company_id = company
        self.assertEqual(self._report()["figures"]["sent"], 9)
        stranger = new_test_user(
            self.env,
            "report_stranger",
            "ecrm_addon.group_ecrm_user",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertEqual(self._report(user=stranger)["figures"]["sent"], 10)
        self.mails[1].company_id = self.env.company
        self.assertEqual(self._report(user=stranger)["figures"]["sent"], 9)


class TestComparison(EmailReportCase):
    def test_a_rate_of_several_is_that_of_their_sums(self):
        campaign = self.env["utm.campaign"].create({"name": "Spring"})
        small, big = (self._mailing(name, campaign_id=campaign.id) for name in ("S", "B"))
        at = SENT + timedelta(hours=2)
        for mailing, mails in ((small, 2), (big, 8)):
            self._clicked(None, at, mailing)
            for _number in range(mails - 1):
                self._mail(mailing=mailing)
        self._renew()
        reports = self.env["ecrm.mailing.report"].with_user(self.user)
        [(group, rate, sent)] = reports._read_group(
            [("campaign_id", "=", campaign.id)], ["campaign_id"], ["click_rate:avg", "sent:sum"]
        )
        self.assertEqual((group, sent), (campaign, 10))
        self.assertAlmostEqual(rate, 2 / 10)  # the average of 1/2 and 1/8 is 0.3125
        self.assertAlmostEqual(self._row(small).click_rate, 1 / 2)

    def test_money_of_a_group(self):
        self._clicked(self.customer, SENT + timedelta(hours=1))
        self._mail()
        self._order(amount=50, date=SENT + timedelta(hours=3))
        row = self._row()
        self.assertEqual((row.orders, row.buyers, row.revenue), (1, 1, 50))
        self.assertEqual((row.order_rate, row.revenue_per_recipient), (0.5, 25))
        [(rate, per_recipient)] = self.env["ecrm.mailing.report"]._read_group(
            [("id", "=", self.mailing.id)],
            [],
            ["order_rate:avg", "revenue_per_recipient:avg"],
        )
        self.assertEqual((rate, per_recipient), (0.5, 25))

    def test_what_is_not_known_is_empty(self):
        self._mail(state="failed")
        self.assertIs(self._row().open_rate, False)

    def test_the_button_of_a_mailing(self):
        mailing = self.mailing.with_user(self.user).sudo()
        self.assertFalse(mailing.ecrm_has_report)
        self._clicked(self.customer, SENT + timedelta(hours=1), machine_click_count=1)
        self._renew()
        self.env.invalidate_all()
        self.assertTrue(mailing.ecrm_has_report)
        action = mailing.action_view_ecrm_report()
        self.assertEqual(action["context"]["active_id"], mailing.id)


class TestDeliverability(EmailReportCase):
    def test_providers_are_those_of_the_library(self):
        known = [domain for domains in PROVIDERS.values() for domain in domains]
        names = [domain for domain in known if "." in domain]
        brands = [domain for domain in known if "." not in domain]
        odd = ["live.example.org", "outlook.example", "shop.example", "me.com", "gmx.co.uk.example"]
        domains = (
            names
            + odd
            + [f"{brand}.{ending}" for brand in brands for ending in ("com", "de", "co.uk", "info")]
        )
        for domain in domains:
            [[told]] = self.env.execute_query(
                SQL("SELECT %s", mailbox_providers.provider(SQL("%s", domain)))
            )
            provider = provider_of(domain) or CORPORATE
            self.assertEqual(told, mailbox_providers.NAMES.get(provider, provider), domain)

    def test_spam_reports_are_pointed_out(self):
        for number in range(400):
            self._mail(
                email_normalized=f"a{number}@fine.example",
                **({"state": "complained", "complained_at": SENT} if not number else {}),
            )
            if number < 100:
                self._mail(
                    email_normalized=f"b{number}@bad.example",
                    **({"state": "complained", "complained_at": SENT} if not number else {}),
                )
        self.env.flush_all()
        rows = self.env["ecrm.email.domain.report"].with_user(self.user).search([])
        alerts = {row.domain: (row.period, row.alert) for row in rows}
        self.assertEqual(alerts["fine.example"], ("2026-03", "warning"))
        self.assertEqual(alerts["bad.example"], ("2026-03", "danger"))


class TestListHealth(EmailReportCase):
    def _overview(self):
        self.env.flush_all()
        return self.env["ecrm.email.health"].with_user(self.user).get_overview()

    def test_not_enough_history(self):
        overview = self._overview()
        self.assertIsNone(overview["score"])
        self.assertIn("Not enough history", overview["missing"])
        self.assertEqual(overview["now"]["rates"]["open_rate"], None)

    def test_a_score_and_its_reasons(self):
        lately = fields.Datetime.now() - timedelta(days=10)
        for number in range(40):
            opened = {"first_human_open_at": lately, "state": "opened"} if number < 10 else {}
            bounced = {"state": "bounced", "bounce_kind": "hard"} if number == 39 else {}
            self._mail(at=lately, **opened, **bounced)
        overview = self._overview()
        points = {reason["name"]: reason["points"] for reason in overview["reasons"]}
        # 10 of 39 reached; 1 of 40 bounced; nobody to compare the growth with
        self.assertEqual(points, {"engaged": 20.5, "recent": 10, "bounces": 10, "complaints": 20})
        self.assertEqual(overview["score"], round(100 * 60.5 / 90))
        self.assertIn("2.5 %", overview["reasons"][2]["words"])
        self.assertEqual(overview["now"]["figures"]["sent"], 40)


class TestBestHour(EmailReportCase):
    def test_hours_are_those_of_the_user(self):
        message = self._mail(self.customer)
        self._tell(message, "sent", 0)
        self._tell(message, "clicked", 60 * 15)  # Monday 23:30 UTC
        self._tell(message, "clicked", 60 * 15 + 1, **SCANNER)
        self._digest()
        clicks = self.env["ecrm.email.click"].with_user(self.user)
        for zone, best in (("UTC", [0, 23]), ("Europe/Paris", [1, 0])):
            own = [("partner_id", "=", self.customer.id)]
            found = clicks.with_context(tz=zone).get_heat_map(own)
            self.assertEqual((found["best"], found["total"]), (best, 1), zone)
        self.assertFalse(clicks.get_heat_map([("id", "=", 0)])["best"])


class TestEmailForm(EmailReportCase):
    def test_events_in_words(self):
        message = self._mail(self.customer)
        link = self.env["ecrm.email.link"].create(
            {"mailing_id": self.mailing.id, "position": 1, "url": "/tea", "label": "Tea"}
        )
        self._tell(message, "sent", 0)
        self._tell(message, "opened", 1, **RELAY)
        self._tell(message, "clicked", 60, link_ref=link.id)
        self._tell(message, "bounced", 61, smtp_status="4.2.2", description="Mailbox full")
        self._digest()
        marketer = new_test_user(self.env, "email_marketer", "ecrm_addon.group_ecrm_marketer")
        events = message.with_user(marketer).event_ids
        self.assertEqual(
            events.mapped("what"), ["Sent", "Opened by a privacy proxy", "Clicked “Tea”", "Bounced"]
        )
        self.assertIn("Apple loads all pictures", events[1].why)
        self.assertEqual(events[3].why, "4.2.2 Mailbox full")
        self.assertEqual(events[2].by_what, "Chrome")

    def test_every_reason_has_words(self):
        from ..lib.email.verdict import RULES

        words = self.env["ecrm.email.words"]._reason_words()
        self.assertFalse({code for code, _weight, _rule in RULES} - set(words))
