import random
from datetime import datetime, timedelta
from itertools import permutations

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user

from ..lib.email import best_hour, engagement
from .common import EcrmCase

BANDS = ("new", "engaged", "lukewarm", "dormant", "lost", "suppressed")


class TestEmailEngagement(EcrmCase):
    """How warm contacts are towards mail: the closed form, whatever the order of events."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.profiles = cls.env["ecrm.email.profile"]
        cls.company = cls.env.company

    def _mail(self, days, partner=None, company=True, **values):
        """Return a mail of so many days ago."""
        partner = partner or self.customer
        at = self.now - timedelta(days=days)
        number = self.env["ecrm.email.message"].search_count([])
        return self.env["ecrm.email.message"].create(
            {
                "message_id": f"<engagement-{number}@x.org>",
                "email_normalized": partner.email_normalized,
                "partner_id": partner.id,
                "company_id": company and self.company.id,
                "kind": "mailing",
                "sent_at": at,
                "state": "sent",
                **values,
            }
        )

    def _act(self, mail, type_, days, verdict="human", **values):
        """Write what was done with a mail so many days ago, as the digest leaves it."""
        self.env["ecrm.email.event"].create(
            {
                "type": type_,
                "occurred_at": self.now - timedelta(days=days),
                "source": "test",
                "email_message_ref": mail.id,
                "verdict": verdict if type_ in ("opened", "clicked") else False,
                "is_digested": True,
                **values,
            }
        )

    def _profile(self, partner=None):
        self.profiles.renew([(partner or self.customer).id])
        return self.profiles.search(
            [("partner_id", "=", (partner or self.customer).id), ("company_id", "!=", False)]
        )

    def test_state_equals_the_closed_form_in_any_order(self):
        chance = random.Random(13)
        start = datetime(2026, 1, 1)
        for _round in range(40):
            acts = [
                (chance.choice(list(engagement.WEIGHTS.values())), start + timedelta(hours=hours))
                for hours in chance.sample(range(12_000), 5)
            ]
            at = start + timedelta(days=chance.uniform(501, 700))
            expected = engagement.closed_form(acts, at)
            for order in permutations(acts):
                state = None
                for weight, then in order:
                    state = engagement.add(state, weight, then)
                self.assertAlmostEqual(engagement.value_at(state, at), expected, delta=1e-9)

    def test_profile_equals_the_closed_form(self):
        mail, other = self._mail(100), self._mail(20)
        acts = [("opened", 99), ("clicked", 98), ("opened", 19.5), ("replied", 3)]
        acts += [("unsubscribed", 2)]
        for type_, days in acts:
            self._act(mail if days > 50 else other, type_, days)
        profile = self._profile()
        at = profile.email_score_at
        dated = [
            (engagement.WEIGHTS[type_], self.now - timedelta(days=days)) for type_, days in acts
        ]
        self.assertAlmostEqual(profile.email_score, engagement.closed_form(dated, at), delta=1e-9)
        expected = engagement.closed_form(dated, fields.Datetime.now())
        self.assertAlmostEqual(profile.score, expected, delta=1e-4)

    def test_a_late_event_changes_nothing_but_its_share(self):
        mail = self._mail(60)
        self._act(mail, "clicked", 1)
        before = self._profile().score
        self._act(mail, "opened", 31)
        after = self._profile()
        self.assertAlmostEqual(after.score - before, 0.5 * engagement.power(31), delta=1e-4)

    def test_only_people_count(self):
        mail = self._mail(5)
        for verdict in ("machine", "proxy", "unknown"):
            self._act(mail, "opened", 4, verdict)
            self._act(mail, "clicked", 4, verdict)
        self._act(mail, "bounced", 4, bounce_kind="soft")
        self._act(mail, "clicked", 4, method="HEAD")
        self.assertIs(self._profile().email_score, False)
        self._act(mail, "bounced", 4, bounce_kind="hard")
        self.assertAlmostEqual(self._profile().email_score, -10)

    def test_an_act_counts_once_a_day(self):
        mail = self._mail(5)
        noon = fields.Datetime.to_datetime(f"{(self.now - timedelta(days=3)).date()} 12:00:00")
        for minutes in range(0, 60, 10):
            self._act(mail, "opened", 3, occurred_at=noon + timedelta(minutes=minutes))
        self.assertAlmostEqual(self._profile().email_score, 0.5)

    def test_an_order_after_a_click_counts(self):
        mail = self._mail(12)
        self._act(mail, "clicked", 11)
        order = self._order(date=self.now - timedelta(days=9))
        self._order(date=self.now - timedelta(days=2))  # nine days after the click
        self.env["sale.order"].flush_model()
        profile = self._profile()
        self.assertEqual(profile.email_score_at, order.date_order)
        expected = 8 + 3 * engagement.power(2)
        self.assertAlmostEqual(profile.email_score, expected, delta=1e-4)

    def test_bands_fade_without_being_written(self):
        """What was engaged is lost a year later, in lists and filters too."""
        mail = self._mail(1)
        self._act(mail, "clicked", 0.5)
        profile = self._profile()
        for days, first, expected in (
            (0, 400, "engaged"),
            (0, 10, "engaged"),
            (16, 400, "engaged"),
            (18, 400, "lukewarm"),
            (18, 20, "new"),
            (76, 400, "lukewarm"),
            (78, 400, "dormant"),
            (176, 400, "dormant"),
            (178, 400, "lost"),
            (5000, 6000, "lost"),
            (90_000, 90_000, "lost"),
        ):
            profile.write(
                {
                    "email_score_at": self.now - timedelta(days=days),
                    "first_mail_at": self.now - timedelta(days=first),
                }
            )
            self.customer.invalidate_recordset()
            profile.invalidate_recordset()
            with self.subTest(days=days, first=first):
                value = engagement.value_at(
                    engagement.State(profile.email_score, profile.email_score_at), self.now
                )
                self.assertEqual(engagement.band(value, first), expected)
                self.assertEqual(profile.band, expected)
                self.assertEqual(self.customer.ecrm_email_band, expected)
                for band in BANDS:
                    domain = [("id", "=", self.customer.id), ("ecrm_email_band", "=", band)]
                    found = self.env["res.partner"].search(domain)
                    self.assertEqual(bool(found), band == expected)

    def test_who_is_blocked_is_suppressed(self):
        self._act(self._mail(2), "clicked", 1)
        self.assertEqual(self._profile().band, "engaged")
        self.env["mail.blacklist"]._add(self.customer.email)
        self.env.flush_all()
        self.profiles.invalidate_model()
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.ecrm_email_band, "suppressed")
        domain = [("ecrm_email_band", "in", ["suppressed"]), ("id", "=", self.customer.id)]
        self.assertEqual(self.env["res.partner"].search(domain), self.customer)

    def test_without_mail_nothing_is_known(self):
        partner = self.env["res.partner"].create({"name": "Nobody", "email": "n@example.com"})
        self.profiles.renew(partner.ids)
        self.assertFalse(partner.ecrm_email_band)
        self.assertIs(partner.ecrm_email_score, False)
        found = self.env["res.partner"].search(
            [("id", "in", (partner | self.customer).ids), ("ecrm_email_band", "!=", False)]
        )
        self.assertFalse(found)

    def test_counts(self):
        opened = {"first_human_open_at": self.now}
        self._mail(200, **opened)
        self._mail(100, **opened, first_human_click_at=self.now, last_human_click_at=self.now)
        self._mail(10)
        self._mail(9, state="bounced")
        profile = self._profile()
        counts = (profile.received_count, profile.opened_count, profile.clicked_count)
        self.assertEqual(counts, (2, 1, 1))
        self.assertEqual(profile.last_human_click_at, self.now)

    def test_best_hour(self):
        self.customer.tz = "Europe/Berlin"
        day = (self.now - timedelta(days=40)).date()
        for number, hour in enumerate((22, 23, 23, 0, 9, 9)):  # UTC; one or two more in Berlin
            at = fields.Datetime.to_datetime(f"{day + timedelta(days=number)} {hour:02}:30:00")
            self._act(self._mail(50), "clicked", 0, occurred_at=at)
        profile = self._profile()
        counts = [0] * 24
        for event in self.env["ecrm.email.event"].search([("type", "=", "clicked")]):
            local = fields.Datetime.context_timestamp(
                event.with_context(tz="Europe/Berlin"), event.occurred_at
            )
            counts[local.hour] += 1
        self.assertEqual(profile.best_hour, best_hour.best_hour(counts))
        self.assertIn(profile.best_hour, (0, 1))
        self.assertEqual(self.customer.ecrm_best_hour, profile.best_hour)
        self.assertIs(self.profiles.company_hour(), None)  # one customer is no company

    def test_the_companys_hour_stands_in(self):
        people = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(5)])
        self.profiles.create(
            [
                {"partner_id": person.id, "company_id": self.company.id, "best_hour": 17}
                for person in people
            ]
        )
        self.assertEqual(self.customer.ecrm_best_hour, 17)
        domain = [("id", "=", self.customer.id), ("ecrm_best_hour", "=", 17)]
        self.assertEqual(self.env["res.partner"].search(domain), self.customer)

    def test_mails_of_no_company_count_for_each(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._act(self._mail(4, company=False), "clicked", 2)
        self._act(self._mail(4), "opened", 2)
        self.assertAlmostEqual(self._profile().email_score, 3.5, delta=1e-6)
        here = self.customer.ecrm_email_score
        there = self.customer.with_company(other).ecrm_email_score
        self.assertAlmostEqual(here, 3.5 * engagement.power(2), delta=0.006)  # as shown
        self.assertAlmostEqual(there, 3 * engagement.power(2), delta=0.006)

    def test_order_and_group(self):
        self._act(self._mail(2), "clicked", 1)
        self._profile()
        nobody = self.env["res.partner"].create({"name": "Nobody"})
        both = [("id", "in", (self.customer | nobody).ids)]
        partners = self.env["res.partner"]
        self.assertEqual(partners.search(both, order="ecrm_email_score")[0], self.customer)
        groups = partners._read_group(both, ["ecrm_email_band"], ["__count"])
        self.assertEqual(dict(groups), {"engaged": 1, False: 1})

    def test_a_merge_moves_what_was_done(self):
        twin = self.env["res.partner"].create({"name": "Ann", "email": "ann@example.com"})
        self._act(self._mail(3, partner=twin), "clicked", 2)
        self._act(self._mail(3), "opened", 2)
        self._profile(twin), self._profile()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | twin).ids, self.customer)
        self.assertFalse(twin.exists())
        profile = self._profile()
        self.assertEqual(len(profile), 1)
        self.assertAlmostEqual(profile.email_score, 3.5, delta=1e-6)

    def test_who_may_read(self):
        self._act(self._mail(2), "clicked", 1)
        self._profile()
        clerk = new_test_user(self.env, "ecrm_clerk", "base.group_user")
        with self.assertRaises(AccessError):
            self.env["res.partner"].with_user(clerk).search([("ecrm_email_band", "=", "new")])
        with self.assertRaises(AccessError):
            self.customer.with_user(clerk).read(["ecrm_email_score"])
        user = new_test_user(self.env, "ecrm_reader", "base.group_user,ecrm_addon.group_ecrm_user")
        self.assertEqual(self.customer.with_user(user).ecrm_email_band, "engaged")

    def test_mailings_choose_by_band(self):
        self._act(self._mail(2), "clicked", 1)
        self._profile()
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Warm ones",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": [("ecrm_email_band", "=", "engaged")],
            }
        )
        self.assertIn(self.customer.id, mailing._get_recipients())
