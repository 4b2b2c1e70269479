import secrets

from odoo import api, fields, models
from odoo.tools import SQL

from ..queries import erase_person

#: The secret with which the digests are made; without one nobody was ever erased.
PEPPER = "ecrm.erasure_pepper"
#: Events removed by one statement.
BATCH = 20_000


class EcrmErasure(models.Model):
    """Until when somebody is to be forgotten, without saying who it is.

    Collectors read Odoo's tables again, and a changed old order is noted: without a memory
    of its own the log would learn anew what it had to forget. What is kept is a digest of
    the identity's key made with a secret of this database, and an instant. Events of that
    key up to that instant are passed over.

    A line is also the order to remove the events themselves, batch by batch.
    """

    _name = "ecrm.erasure"
    _description = "Erased Identity"
    _order = "erased_at desc, id desc"
    _rec_name = "erased_at"
    _log_access = False

    digest = fields.Char(required=True, readonly=True)
    erased_at = fields.Datetime("Forgotten until", required=True, readonly=True)
    identity_ref = fields.Integer(
        "Identity (Id)", readonly=True, help="Whose events still have to go. Empty: all are gone."
    )

    _digest_unique = models.Constraint("unique(digest)", "This identity was erased before.")
    _open_idx = models.Index("(identity_ref) WHERE identity_ref IS NOT NULL")

    @api.model
    @api.private
    def pepper(self):
        """Return the secret of the digests, or None where nobody was ever erased."""
        # sudo: whoever appends events may not read parameters
        return self.env["ir.config_parameter"].sudo().get_param(PEPPER) or None

    @api.model
    @api.private
    def order(self, keys, identity_ids):
        """Order that identities are forgotten.

        :param list[tuple] keys: kind and key of each
        :param list[int | None] identity_ids: their ids, in the same order
        """
        if not self.pepper():
            # sudo: as above; the secret leaves the database in no way
            self.env["ir.config_parameter"].sudo().set_param(PEPPER, secrets.token_hex(32))
        self.env.cr.execute(erase_person.remember(keys, identity_ids, self.pepper()))
        self.invalidate_model()

    @api.model
    @api.private
    def work_off(self, limit=BATCH):
        """Remove a batch of events of those who are to be forgotten.

        :return bool: whether there may be more
        """
        rows = self.env.execute_query(
            SQL("SELECT identity_ref FROM ecrm_erasure WHERE identity_ref IS NOT NULL LIMIT 1000")
        )
        ids = [identity_id for (identity_id,) in rows]
        if not ids:
            return False
        if self.env["ecrm.log"].erase(ids, limit) < limit:
            self.env.cr.execute(
                SQL("UPDATE ecrm_erasure SET identity_ref = NULL WHERE identity_ref = ANY(%s)", ids)
            )
            self.invalidate_model()
        return True
