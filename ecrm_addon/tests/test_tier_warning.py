from unittest.mock import patch

from freezegun import freeze_time

from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user

from .fall_case import FallCase


class TestTierWarning(FallCase):
    """Customers are told once before they lose a tier, if the company wants it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"email": "tea@shop.example", "ecrm_tier_warning": True})
        cls.ann.write({"name": "Ann", "email": "ann@ecrm.example"})
        # in the window until 9 January 2026, kept until 8 February
        cls._buy(cls.ann, 2500, "2025-01-10")

    def setUp(self):
        super().setUp()
        # a test must not commit
        cron = type(self.env["ir.cron"])
        self.startPatcher(patch.object(cron, "_commit_progress", lambda *a, **k: 60))

    def _warned(self, day, partner=None):
        """Return the mails of a night, as the nightly step makes them."""
        before = self.env["mail.mail"].search([])
        self._night(day, partner)
        with freeze_time(f"{day} 03:00:00"):
            self.env["ecrm.tier.warning"]._warn(self.run)
        return self.env["mail.mail"].search([("id", "not in", before.ids)])

    def _warnings(self, partner=None):
        return self.env["ecrm.tier.warning"].search(
            [("partner_id", "=", (partner or self.ann).id)], order="id"
        )

    # ------------------------------------------------------------
    # ONCE
    # ------------------------------------------------------------

    def test_off_unless_switched_on(self):
        self.assertFalse(self._company("Coffee House").ecrm_tier_warning)
        self.company.ecrm_tier_warning = False
        self.assertFalse(self._warned("2026-02-01"))

    def test_once_some_days_before(self):
        self.assertFalse(self._warned("2026-01-25"))
        (mail,) = self._warned("2026-01-26")
        self.assertEqual(mail.recipient_ids, self.ann)
        self.assertEqual(mail.subject, "You are Gold until February 8, 2026")
        offer = "Orders worth 2,000.00\N{NO-BREAK SPACE}€ without taxes keep it"
        self.assertIn(offer, mail.body_html)
        self.assertIn("you will be Bronze", mail.body_html)
        self.assertEqual(mail.email_from, self.company.email_formatted)
        self.assertEqual(mail.state, "outgoing", "Odoo's queue sends it")
        (warning,) = self._warnings()
        self.assertEqual(str(warning.falls_on), "2026-02-09")
        self.assertEqual(str(warning.date), "2026-01-26 03:00:00")
        for day in ("2026-01-26", "2026-01-27", "2026-02-08", "2026-02-09", "2026-02-10"):
            self.assertFalse(self._warned(day))
        self.assertEqual(self._profile(self.ann).tier_id.name, "Bronze")

    def test_a_fall_put_off_a_little_is_the_same(self):
        self._buy(self.ann, 2000, "2025-01-18")
        self.company.ecrm_tier_warning_days = 30
        self.tiers["platinum"].minimum = 20000
        self.assertTrue(self._warned("2026-01-20"))
        self.assertEqual(str(self._warnings().falls_on), "2026-02-17")
        self._buy(self.ann, 2000, "2025-01-25")
        self.assertFalse(self._warned("2026-01-27"))
        self.assertEqual(str(self._profile(self.ann).tier_falls_on), "2026-02-24")

    def test_another_fall_is_told_again(self):
        self.assertTrue(self._warned("2026-01-26"))
        self._buy(self.ann, 2000, "2026-01-30")
        self.assertFalse(self._warned("2026-02-10"))
        self.assertFalse(self._warned("2027-02-01"))
        self.assertTrue(self._warned("2027-02-20"))
        self.assertEqual(len(self._warnings()), 2)

    def test_the_nightly_step_does_it(self):
        self.env.flush_all()
        with freeze_time("2026-01-26 03:00:00"):
            self.pipeline._cron_score()
        self.assertEqual(len(self._warnings()), 1)

    def test_not_for_a_run_of_the_past(self):
        with freeze_time("2026-02-01 03:00:00"):
            run = self._score("2026-01-31")
            self.assertTrue(self._profile(self.ann).tier_falls_on)
            self.env["ecrm.tier.warning"]._warn(run)
        self.assertFalse(self._warnings())

    def test_many_in_batches(self):
        people = self._people(5)
        for number, partner in enumerate(people):
            partner.email = f"many{number}@ecrm.example"
            self._buy(partner, 2500, "2025-01-10")
        module = "odoo.addons.ecrm_addon.models.ecrm_tier_warning.BATCH"
        with patch(module, 2):
            mails = self._warned("2026-01-30")
        self.assertEqual(mails.recipient_ids, people | self.ann)
        self.assertEqual(len(mails), 6)

    # ------------------------------------------------------------
    # NOT TO
    # ------------------------------------------------------------

    def test_who_said_no(self):
        topic = self.env.ref("ecrm_addon.ecrm_topic_tier")
        suppressions = self.env["ecrm.suppression"]
        for values in ({"scope": "marketing"}, {"scope": "topic", "topic_id": topic.id}):
            with freeze_time("2026-01-01 10:00:00"):
                row = suppressions.create({"email_normalized": "ann@ecrm.example", **values})
            self.assertFalse(self._warned("2026-01-26"))
            row._lift("staff")
        self.env["mail.blacklist"]._add("ann@ecrm.example")
        self.assertFalse(self._warned("2026-01-27"))
        self.env["mail.blacklist"]._remove("ann@ecrm.example")
        # no is no for that night only: who may be written to later is
        self.assertTrue(self._warned("2026-01-28"))

    def test_who_gets_no_more_mailings_now(self):
        self.company.write({"ecrm_cap_count": 1, "ecrm_cap_days": 7})
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Spring",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            }
        )
        self.env["mailing.trace"].create(
            {
                "mass_mailing_id": mailing.id,
                "email": "ann@ecrm.example",
                "model": "res.partner",
                "res_id": self.ann.id,
                "trace_status": "sent",
                "sent_datetime": "2026-01-25 10:00:00",
            }
        )
        mailing.user_id.company_id = self.company
        self.assertFalse(self._warned("2026-01-26"))
        self.assertTrue(self._warned("2026-02-03"))

    def test_who_objected_to_profiles(self):
        identity = self.env["ecrm.identity"].create(
            {"kind": "email", "key": self.ann.email_normalized}
        )
        self.env["ecrm.consent"].record(identity, "withdrawn", "profile")
        self.assertFalse(self._warned("2026-01-26"))

    def test_who_has_no_address_or_works_here(self):
        self.ann.email = False
        self.assertFalse(self._warned("2026-01-26"))
        self.ann.email = "ann at home"
        self.assertFalse(self._warned("2026-01-27"))
        clerk = new_test_user(self.env, "ecrm_tier_clerk", "base.group_user").partner_id
        self._buy(clerk, 2500, "2025-01-10")
        self.assertFalse(self._warned("2026-01-28"))

    def test_nobody_without_a_topic(self):
        """Nobody could unsubscribe."""
        self.env["ecrm.topic"].search([]).active = False
        self.assertFalse(self._warned("2026-01-26"))

    def test_of_this_company_alone(self):
        other = self._company("Coffee House", ecrm_grace_days=30)
        self._buy(self.ann, 2500, "2025-01-10", other)
        self.assertEqual(len(self._warned("2026-01-26")), 1)
        with freeze_time("2026-01-26 03:00:00"):
            self.env["ecrm.tier.warning"]._warn(self._score(company=other))
        self.assertEqual(self._warnings().company_id, self.company)
        other.ecrm_tier_warning = True
        with freeze_time("2026-01-26 03:00:00"):
            self.env["ecrm.tier.warning"]._warn(self._score(company=other))
        self.assertEqual(self._warnings().company_id, self.company | other)

    # ------------------------------------------------------------
    # THE MAIL
    # ------------------------------------------------------------

    def test_in_the_language_of_the_customer(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        template = self.env.ref("ecrm_addon.mail_template_tier_warning")
        template.with_context(
            lang="fr_FR"
        ).subject = (
            "Niveau {{ object.tier_id.name }} jusqu'au {{ format_date(object.tier_until, 'long') }}"
        )
        self.tiers["gold"].with_context(lang="fr_FR").name = "Or"
        self.ann.lang = "fr_FR"
        (mail,) = self._warned("2026-01-26")
        self.assertEqual(mail.subject, "Niveau Or jusqu'au 8 février 2026")
        self.assertRegex(mail.body_html, r"2\s000,00\s€")

    def test_it_can_be_unsubscribed_from(self):
        (mail,) = self._warned("2026-01-26")
        topic = self.env.ref("ecrm_addon.ecrm_topic_tier")
        self.assertEqual(mail.ecrm_topic_id, topic)
        self.assertTrue(topic.active, "customers can choose it")
        (copy,) = self.env["ecrm.email.sender"].prepare(mail, mail._prepare_outgoing_list())
        self.assertIn("/ecrm/u/", copy["headers"]["List-Unsubscribe"])
        self.assertIn("/ecrm/u/", copy["body"])

    def test_scores_are_not_for_customers(self):
        self.company.ecrm_tier_measure = "loyalty_score"
        profile = self._profile(self.ann) or self._night("2026-01-05")
        profile.write({"tier_falls_on": "2026-02-09", "tier_falls_short": 12.5})
        self.assertEqual(profile.tier_keep_offer, "Each order and each visit helps to keep it.")
        self.assertIn("12.5 more points keep it", profile.tier_fall_text)
        self.company.ecrm_tier_measure = "clv"
        profile.invalidate_recordset()
        self.assertEqual(profile.tier_keep_offer, "Each order and each visit helps to keep it.")

    def test_a_template_with_a_fault_stops_nobody_else(self):
        template = self.env.ref("ecrm_addon.mail_template_tier_warning").copy(
            {"body_html": '<p t-out="object.nothing_like_it"/>'}
        )
        self.company.ecrm_tier_warning_template_id = template
        with self.assertLogs("odoo.addons.ecrm_addon.models.ecrm_tier_warning", "ERROR"):
            self.assertFalse(self._warned("2026-01-26"))
        self.company.ecrm_tier_warning_template_id = False
        self.assertTrue(self._warned("2026-01-27"))

    # ------------------------------------------------------------
    # AFTERWARDS
    # ------------------------------------------------------------

    def test_the_history_says_it(self):
        self._warned("2026-01-26")
        (told,) = self._touchpoints(self.ann, kind="loyalty.tier_warned")
        self.assertEqual(str(told.occurred_at), "2026-01-26 03:00:00")
        self.assertEqual(told.company_id, self.company)
        self.assertEqual((told.res_model, told.res_id), ("ecrm.tier.warning", self._warnings().id))

    def test_nothing_of_it_stays_of_who_objects(self):
        self._warned("2026-01-26")
        identity = self._identities(self.ann)[:1]
        self.env["ecrm.consent"].record(identity, "withdrawn", "profile")
        self.assertFalse(self._warnings())
        self.assertFalse(self._touchpoints(self.ann, kind="loyalty.tier_warned"))

    def test_a_contact_merge_keeps_it(self):
        self._warned("2026-01-26")
        double = self.ann.copy()
        with freeze_time("2026-01-27 03:00:00"):
            wizard = self.env["base.partner.merge.automatic.wizard"].create({})
            wizard._merge((double | self.ann).ids, double)
        self.assertEqual(len(self._warnings(double)), 1)
        self.assertFalse(self._warned("2026-01-28", double))

    def test_settings(self):
        settings = self.env["res.config.settings"].with_company(self.company)
        with Form(settings.create({})) as form:
            form.ecrm_tier_warning = False
            form.ecrm_tier_warning = True
            form.ecrm_tier_warning_days = 7
        self.assertEqual(self.company.ecrm_tier_warning_days, 7)
        for days in (0, 91):
            with self.assertRaises(ValidationError):
                self.company.ecrm_tier_warning_days = days

    def test_preview(self):
        self._night("2026-01-26")
        settings = self.env["res.config.settings"].with_company(self.company).create({})
        action = settings.action_ecrm_preview_tier_warning()
        preview = self.env[action["res_model"]].with_context(**action["context"])
        with Form(preview) as form:
            self.assertEqual(form.resource_ref, f"ecrm.profile,{self._profile(self.ann).id}")
            self.assertEqual(form.subject, "You are Gold until February 8, 2026")
