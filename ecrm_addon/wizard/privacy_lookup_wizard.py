from odoo import models
from odoo.tools import SQL, email_normalize

from ..lib.privacy.table import Subject

#: Touchpoints listed, the newest first. An export holds all of them.
MOST = 1000


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query(self):
        """Also list what reaches a person through her identities, and what is declared.

        Odoo looks for contacts and addresses in ordinary tables. Touchpoints are a view,
        and consents name an identity. A key may be an address that belongs to nobody yet.
        Odoo leaves out what is deleted with a contact; ``_personal_tables`` does not.
        """
        query = super()._get_query()
        identities = SQL(
            """
            SELECT identity.id FROM ecrm_identity identity
              LEFT JOIN res_partner partner ON partner.id = identity.partner_id
             WHERE partner.email_normalized = %(email)s OR partner.name ILIKE %(name)s
                OR identity.kind = 'email' AND identity.key = lower(%(email)s)
            """,
            email=self.email.strip(),
            name=self.name.strip(),
        )
        sources = {
            "ecrm.touchpoint": SQL(
                "SELECT id FROM ecrm_touchpoint WHERE identity_id IN (%s)"
                " ORDER BY occurred_at DESC LIMIT %s",
                identities,
                MOST,
            ),
            "ecrm.consent": SQL(
                "SELECT id FROM ecrm_consent WHERE identity_id IN (%s)", identities
            ),
            # those of a contact Odoo finds by itself
            "ecrm.identity": SQL(
                "SELECT id FROM ecrm_identity WHERE partner_id IS NULL AND id IN (%s)", identities
            ),
            "ecrm.session": SQL(
                "SELECT id FROM ecrm_session WHERE partner_id IS NULL AND identity_id IN (%s)",
                identities,
            ),
            # mails Odoo finds by their contact and address
            "ecrm.email.event": SQL(
                "SELECT id FROM ecrm_email_event WHERE recipient = lower(%s)", self.email.strip()
            ),
            "ecrm.quarantine": SQL(
                "SELECT id FROM ecrm_quarantine WHERE strpos(lower(body::text), lower(%s)) > 0",
                self.email.strip(),
            ),
        }
        declared = self._ecrm_declared()
        for model, ids in [*sources.items(), *declared.items()]:
            query = SQL(
                "%s UNION ALL SELECT %s AS res_model_id, found.id AS res_id, TRUE AS is_active"
                " FROM (%s) found",
                query,
                self.env["ir.model"]._get_id(model),
                ids,
            )
        # what Odoo finds by itself may be declared, too
        return SQL(
            "SELECT DISTINCT ON (res_model_id, res_id) * FROM (%s) listed"
            " ORDER BY res_model_id, res_id, is_active",
            query,
        )

    def _ecrm_declared(self):
        """Return the queries of rows of the declared tables: model -> SQL giving ids."""
        privacy, subject = self.env["ecrm.privacy"].sudo(), self._ecrm_subject()
        privacy.env.flush_all()
        found = {}
        tables = privacy._tables()
        for code, ids in privacy._found(subject).items():
            known = found.setdefault(tables[code].model, set())
            known |= set(ids[-MOST:])
        # contacts and users Odoo lists itself
        return {
            model: SQL("SELECT unnest(%s::int[]) AS id", sorted(ids))
            for model, ids in found.items()
            if model not in ("res.partner", "res.users")
        }

    def _ecrm_subject(self):
        """Return who is looked for: Odoo takes all contacts of a name or an address."""
        # sudo: who may look up is Odoo's to say, and so are those found
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        email = email_normalize(self.email.strip()) or ""
        partners_sudo = partners_sudo.search(
            ["|", ("email_normalized", "=", email), ("name", "=ilike", self.name.strip())]
        )
        users_sudo = self.env["res.users"].sudo().with_context(active_test=False)
        users_sudo = users_sudo.search([("partner_id", "in", partners_sudo.ids)])
        return Subject(
            partner_ids=partners_sudo.ids,
            user_ids=users_sudo.ids,
            emails=[email] if email else [],
            words=[email] if email else [],
        )
