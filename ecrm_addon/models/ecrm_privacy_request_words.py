from odoo import models
from odoo.tools import get_lang

from ..lib.privacy.page import Words

#: Of which model the rows of an export are that no declaration tells: its labels head columns.
MODELS = {
    "consents": "ecrm.consent",
    "email_events": "ecrm.email.event",
    "email_preferences": "ecrm.email.preference",
    "email_requests": "ecrm.email.optin",
    "email_suppressions": "ecrm.suppression",
    "emails": "ecrm.email.message",
    "identities": "ecrm.identity",
    "identity_ledger": "ecrm.identity.link",
    "privacy_requests": "ecrm.privacy.request",
    "refused_events": "ecrm.quarantine",
    "touchpoints": "ecrm.touchpoint",
    "visits": "ecrm.session",
}


class EcrmPrivacyRequest(models.Model):
    """The words of the file that a person gets, in her language."""

    _inherit = "ecrm.privacy.request"

    def _page_words(self):
        lang = get_lang(self.env, self.lang)
        return Words(
            lang=lang.code.replace("_", "-"),
            direction=lang.direction,
            yes=self.env._("Yes"),
            nothing=self.env._("Nothing"),
        )

    def _headings(self):
        """Return the plain heading of each subject of an export.

        Declared tables have theirs from the declaration, see ``ecrm.privacy``.
        """
        tables = self.env["ecrm.privacy"]._tables()
        return {code: table.label for code, table in tables.items()} | {
            "format": self.env._("Format of this file"),
            "exported_at": self.env._("Made on"),
            "contact": self.env._("You"),
            "identities": self.env._("By what we know you"),
            "identity_ledger": self.env._("How we came to know that it is you"),
            "claimed_addresses": self.env._("Addresses that were typed"),
            "consents": self.env._("What you agreed to or refused"),
            "visits": self.env._("Visits to our website"),
            "refused_events": self.env._("Events that were refused"),
            "orders": self.env._("What we noted on your orders"),
            "emails": self.env._("E-mails to you"),
            "email_events": self.env._("What became of e-mails to you"),
            "email_suppressions": self.env._("What you are not mailed"),
            "email_preferences": self.env._("How often you want e-mails"),
            "email_requests": self.env._("E-mails you asked for"),
            "privacy_requests": self.env._("What you asked for by the law"),
            "touchpoints": self.env._("Your history"),
        }

    def _labels(self):
        """Return headings of columns by subject, in the language of the person."""
        # sudo: names of fields only
        env_sudo = self.sudo().env
        tables = env_sudo["ecrm.privacy"]._tables()
        models_by_subject = {code: table.model for code, table in tables.items()} | MODELS
        return {
            name: {
                field.name: field._description_string(env_sudo)
                for field in env_sudo[model]._fields.values()
            }
            for name, model in models_by_subject.items()
            if model in env_sudo
        }
