from odoo.exceptions import ValidationError
from odoo.tests import Form, new_test_user, tagged

from .mailing_case import MailingCase


@tagged("post_install", "-at_install")
class TestTopics(MailingCase):
    def test_a_mailing_is_of_the_default_topic(self):
        mailing = self._mailing(ecrm_topic_id=False)
        self.assertEqual(mailing._ecrm_topic(), self.news)
        form = Form(self.env["mailing.mailing"])
        self.assertEqual(form.ecrm_topic_id, self.news)

    def test_a_mailing_to_a_list_is_of_the_lists_topic(self):
        mailing_list = self.env["mailing.list"].create(
            {"name": "Tips", "ecrm_topic_id": self.tips.id}
        )
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Tip 1",
                "mailing_model_id": self.env["ir.model"]._get_id("mailing.list"),
                "contact_list_ids": mailing_list.ids,
            }
        )
        self.assertEqual(mailing.ecrm_topic_id, self.tips)
        mailing.ecrm_topic_id = self.news
        self.assertEqual(mailing.ecrm_topic_id, self.news)

    def test_one_default_topic_per_company(self):
        with self.assertRaises(ValidationError):
            self.tips.is_default = True
        own = self.env["ecrm.topic"].create(
            {"name": "Own", "is_default": True, "company_id": self.company.id}
        )
        self.assertEqual(self.env["ecrm.topic"].default_of(self.company), own)
        other = self.env["res.company"].create({"name": "Other"})
        self.assertEqual(self.env["ecrm.topic"].default_of(other), self.news)
        self.assertNotIn(own, self.env["ecrm.topic"].of_company(other))

    def test_the_name_is_translated(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.news.with_context(lang="fr_FR").name = "Nouvelles"
        self.assertEqual(self.news.with_context(lang="en_US").name, "News and offers")
        self.assertEqual(self.news.with_context(lang="fr_FR").name, "Nouvelles")

    def test_who_sends_mailings_chooses_a_topic_without_other_rights(self):
        user = new_test_user(self.env, "mailer", "mass_mailing.group_mass_mailing_user")
        mailing = self._mailing().with_user(user)
        mailing.ecrm_topic_id = self.tips
        self.assertEqual(mailing.ecrm_topic_id.name, "Product tips")

    def test_the_stat_button_shows_the_mailings(self):
        mailing = self._mailing(ecrm_topic_id=self.tips.id)
        action = self.tips.action_view_mailings()
        self.assertIn(mailing, self.env["mailing.mailing"].search(action["domain"]))
        self.assertEqual(self.tips.mailing_count, 1)
