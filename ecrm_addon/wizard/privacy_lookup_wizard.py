from odoo import models
from odoo.tools import SQL

#: Touchpoints listed, the newest first. An export holds all of them.
MOST = 1000


class PrivacyLookupWizard(models.TransientModel):
    _inherit = "privacy.lookup.wizard"

    def _get_query(self):
        """Also list what reaches a person through her identities.

        Odoo looks for contacts and addresses in ordinary tables. Touchpoints are a view,
        and consents name an identity. A key may be an address that belongs to nobody yet.
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
        for model, ids in sources.items():
            query = SQL(
                "%s UNION ALL SELECT %s AS res_model_id, found.id AS res_id, TRUE AS is_active"
                " FROM (%s) found",
                query,
                self.env["ir.model"]._get_id(model),
                ids,
            )
        return query
