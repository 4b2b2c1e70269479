from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..lib.privacy.table import ANONYMISED, ERASED, KEPT, Part


class EcrmPrivacy(models.AbstractModel):
    """To be forgotten wholly: the history, what Odoo's tables hold, the account, the contact.

    What law wants to be kept stays, stripped of all else. A contact is never deleted here,
    as anything may refer to it: it stays as an archived row that names nobody.
    """

    _inherit = "ecrm.privacy"

    @api.model
    @api.private
    def preview(self, partner, email=None):
        """Return what ``forget`` would do, without doing it.

        :param res.partner partner: one contact, or empty
        :param str email: an address, normalized; needed where there is no contact
        :return list[Part]:
        """
        self = self._of_all_companies()
        self._check_forget(partner)
        self = self.sudo()  # checked above
        self.env.flush_all()
        subject = self._subject(partner, email)
        parts = self._history_parts(partner, email) + self._parts(self._found(subject))
        return parts + self._shared_parts(subject)

    @api.model
    @api.private
    def forget(self, partner, email=None):
        """Forget a person as far as law allows.

        Doing it twice changes nothing. Two at once wait for each other.

        :param res.partner partner: one contact, or empty
        :param str email: an address, normalized; needed where there is no contact
        :return list[Part]: what was done
        :raise UserError: for employees, and the contact of a company of this database
        """
        self = self._of_all_companies()
        self._check_forget(partner)
        # sudo: checked above. As the superuser, because nobody can archive their own user;
        self = self.with_user(SUPERUSER_ID)
        partner = partner.with_env(self.env)
        self.env.flush_all()
        self._lock(partner)
        subject = self._subject(partner, email)
        parts = self._history_parts(partner, email)
        found = self._found(subject)
        parts += self._parts(found) + self._shared_parts(subject)
        self._keep_refusals(subject.emails)
        for own in partner.browse(subject.partner_ids) or [partner]:
            self.erase(own, email if own == partner else None)
        self._forget_rows(found, subject)
        self._refuse_profiles(self._named_on_documents(subject))
        self._forget_links(subject)
        self._forget_dialogs(subject)
        self.env.registry.clear_cache()  # of users: they are gone
        return parts

    @api.model
    @api.private
    def remaining(self, partner=None, email=None):
        """Return how many touchpoints wait to be removed for good.

        Nobody finds them by the person any more, so that it cannot be told whose they are:
        it counts those of everybody who was forgotten.

        :return int:
        """
        # sudo: whoever waits for it need not see the orders
        waiting_sudo = self.env["ecrm.erasure"].sudo().search([("identity_ref", "!=", False)])
        return self._count_events(waiting_sudo.mapped("identity_ref"))

    @api.model
    @api.private
    def forgotten(self, partner=None, email=None):
        """Tell whether nothing waits to be removed."""
        return self.env["ecrm.log"].erase_done()

    # ------------------------------------------------------------
    # WHO MAY BE FORGOTTEN
    # ------------------------------------------------------------

    def _check_forget(self, partner):
        self._check_may(partner)
        # sudo: users and companies need not be readable to be refused
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        users_sudo = users_sudo.search([("partner_id", "in", partner.ids)])
        if any(not user.share or user._is_public() for user in users_sudo):
            raise UserError(
                self.env._(
                    "This contact belongs to a user who works with this database. Only "
                    "customers can be erased."
                )
            )
        companies_sudo = self.env["res.company"].sudo().with_context(active_test=False)
        if companies_sudo.search_count([("partner_id", "in", partner.ids)], limit=1):
            raise UserError(
                self.env._("This is the contact of your own company. It cannot be erased.")
            )
        self._check_all_companies(partner)
        self._check_rows_of_companies(partner)

    def _check_rows_of_companies(self, partner):
        """Refuse to erase rows of companies to which the user has no access."""
        if self.env.su:
            return
        allowed = {False, *self.env.user.company_ids.ids}
        all_sudo = self.sudo()
        subject = all_sudo._subject(partner)
        tables = all_sudo._tables()
        for code, ids in all_sudo._found(subject).items():
            records_sudo = all_sudo.env[tables[code].model].browse(ids)
            if not all_sudo._has_column(records_sudo, "company_id"):
                continue
            if {company.id for company in records_sudo.mapped("company_id")} - allowed:
                raise UserError(self._words_for_other_companies())

    def _lock(self, partner):
        """Let nobody else erase the same contact at the same time."""
        self.env.execute_query(
            SQL("SELECT id FROM res_partner WHERE id = ANY(%s) FOR NO KEY UPDATE", partner.ids)
        )

    # ------------------------------------------------------------
    # OUR HISTORY, IN WORDS
    # ------------------------------------------------------------

    def _history_parts(self, partner, email):
        """Return what becomes of what hangs on identities, and of choices about mails."""
        identities = self._identities(partner, email)
        own = [("identity_id", "in", identities.ids)]
        emails = self._own_emails(partner, email)
        by_address = [("email_normalized", "in", emails)]
        counted = (
            ("history", self.env._("What you did: visits, mails, orders, chats"), ERASED, None,
             self._count_events(identities.ids)),
            ("visits", self.env._("Your visits to the website"), ERASED, None,
             self.env["ecrm.session"].search_count(own)),
            ("identities", self.env._("How you were recognised"), ERASED, None, len(identities)),
            ("consents", self.env._("What you agreed to"), ANONYMISED, None,
             self.env["ecrm.consent"].search_count(own)),
            ("emails", self.env._("Which mails you were sent"), ANONYMISED, None,
             len(self._mails(partner, emails))),
            ("refused_events", self.env._("Events that were put aside"), ERASED, None,
             len(self._refused(identities, partner, email))),
            ("email_preferences", self.env._("How often you want mails"), ERASED, None,
             self.env["ecrm.email.preference"].search_count(by_address)),
            ("email_suppressions", self.env._("That you do not want mails"), KEPT,
             self.env._("As a fingerprint that names nobody, so that you are not mailed again."),
             self.env["ecrm.suppression"].search_count([*by_address, ("lifted_at", "=", False)])),
        )  # fmt: skip
        return [
            Part(code, label, count, action, reason, None)
            for code, label, action, reason, count in counted
            if count
        ]

    def _count_events(self, identity_ids):
        rows = self.env["ecrm.log"].aggregate(identity_ids=identity_ids) if identity_ids else ()
        return sum(row["events"] for row in rows)

    # ------------------------------------------------------------
    # NO FIGURES OF WHO IS FORGOTTEN
    # ------------------------------------------------------------

    def _refuse_profiles(self, partner_ids):
        """Let contacts who stay for their documents have no figures computed of these."""
        for partner_id in partner_ids:
            key = {"kind": "partner", "key": str(partner_id)}
            identities = self.env["ecrm.identity"]
            identity = identities.search([(name, "=", value) for name, value in key.items()])
            identity = identity or identities.create({**key, "partner_id": partner_id})
            self.env["ecrm.consent"].record(identity, "refused", "profile", source="erasure")

    # ------------------------------------------------------------
    # THAT SHE IS NOT TO BE MAILED
    # ------------------------------------------------------------

    def _keep_refusals(self, emails):
        """Write Odoo's own refusals of addresses down as ours, which outlive the address.

        Odoo's exclusion list and lists that somebody left name the address; ours turns into
        a digest when it is erased, and still holds when the address is to be mailed.
        """
        refused = {("marketing", False, email) for email in self._excluded(emails)}
        domain = [("contact_id.email_normalized", "in", emails), ("opt_out", "=", True)]
        for left in self.env["mailing.subscription"].search(domain):
            topic = left.list_id.ecrm_topic_id
            scope = "topic" if topic else "marketing"
            refused.add((scope, topic.id, left.contact_id.email_normalized))
        suppressions = self.env["ecrm.suppression"]
        known = {
            (row.scope, row.topic_id.id, row.email_normalized)
            for row in suppressions.search(
                [("email_normalized", "in", emails), ("state", "=", "active")]
            )
        }
        suppressions.create(
            [
                {
                    "email_normalized": email,
                    "scope": scope,
                    "topic_id": topic_id,
                    "reason": "unsubscribed",
                    "source": "erasure",
                }
                for scope, topic_id, email in sorted(refused - known, key=str)
            ]
        )

    def _excluded(self, emails):
        excluded = self.env["mail.blacklist"].search([("email", "in", emails)])
        return excluded.mapped("email")
