import re

from odoo.tests import HttpCase

from .mailing_case import MailingCase


class PreferenceCase(MailingCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailing = cls._mailing()
        cls.links = cls.preferences.links([cls.bea.email], cls.mailing)[cls.bea.email]
        cls.path = cls.links.preferences[len(cls.mailing.get_base_url()) :]
        cls.one_click = cls.links.one_click[len(cls.mailing.get_base_url()) :]

    def _get(self, path, **options):
        return self.url_open(path, **options)

    def _csrf(self, path):
        return re.search(r'name="csrf_token" value="([0-9a-fo]+)"', self._get(path).text)[1]

    def _choose(self, path=None, page=None, **values):
        """Send the form as a browser does."""
        values["csrf_token"] = self._csrf(page or path or self.path)
        return self.url_open(path or self.path, data=values)

    def _state(self, partner=None):
        partner = partner or self.bea
        self.env.invalidate_all()
        choices = self.preferences.of_address(partner.email_normalized, self.company).choices()
        choices["topics"] = [topic["name"] for topic in choices["topics"] if topic["on"]]
        return choices

    def _rows(self):
        self.env.flush_all()
        models = ("ecrm.suppression", "ecrm.consent", "ecrm.email.event")
        return [self.env[model].search_count([]) for model in models]

    def _on(self, *topics):
        return {f"topic_{topic.id}": "1" for topic in topics}
