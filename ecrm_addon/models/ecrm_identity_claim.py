from datetime import timedelta

from odoo import api, fields, models

from ..queries import record_claims

#: Days after which an address that nobody confirmed is forgotten.
KEPT_DAYS = 90


class EcrmIdentityClaim(models.Model):
    """Somebody typed an address on a browser: a claim, until the address is confirmed.

    ============================================== =========================================
    what confirms it                                which claims
    ============================================== =========================================
    a click in a mail to that address               of the browser that clicked
    the address's owner, ``confirm_address``        of all browsers, since the form was sent
    ============================================== =========================================

    Anybody can type anybody's address, so a claim alone links nothing. Confirmed claims of an
    address that no contact has yet wait for one.
    """

    _name = "ecrm.identity.claim"
    _description = "Claimed Address"
    _order = "id desc"
    _rec_name = "address_id"
    _log_access = False

    browser_id = fields.Many2one(
        "ecrm.identity", required=True, ondelete="cascade", index=True, readonly=True
    )
    address_id = fields.Many2one(
        "ecrm.identity", required=True, ondelete="cascade", index=True, readonly=True
    )
    claimed_at = fields.Datetime(required=True, readonly=True)
    confirmed_at = fields.Datetime(readonly=True, index="btree_not_null")

    @api.private
    def _record(self, notes):
        """Keep what was noted of typed addresses."""
        claims = [(note.key, note.address, note.at) for note in notes if note.address]
        if claims:
            self.env["ecrm.identity"].flush_model()
            self.env.cr.execute(record_claims.build(claims))
            self.invalidate_model()

    @api.model
    @api.private
    def _open(self, keys):
        """Return what was claimed on browsers: pairs of the browser's key and an address.

        :param Iterable[str] keys: keys of browsers
        """
        claims = self.search_fetch([("browser_id.key", "in", list(keys))])
        return {(claim.browser_id.key, claim.address_id.key) for claim in claims}

    @api.private
    def _confirm(self, notes):
        """Mark claims as confirmed.

        :param list[Note] notes: addresses, and since when their claims count
        """
        for note in notes:
            claims = self.search(
                [
                    ("address_id.kind", "=", "email"),
                    ("address_id.key", "=", note.address),
                    ("claimed_at", ">=", note.at),
                    ("confirmed_at", "=", False),
                ]
            )
            claims.confirmed_at = fields.Datetime.now()

    @api.private
    def _take_confirmed(self):
        """Take confirmed claims whose contact is known off the list.

        :return list[tuple]: id of the contact, key of the browser, when it was confirmed
        """
        claims = self.search([("confirmed_at", "!=", False)])
        contacts = claims.address_id._contacts_by_address()
        known = claims.filtered(lambda claim: claim.address_id.key in contacts)
        taken = [
            (contacts[claim.address_id.key], claim.browser_id.key, claim.confirmed_at)
            for claim in known
        ]
        known.unlink()
        return taken

    @api.autovacuum
    def _gc_claims(self):
        """Forget addresses that nobody confirmed."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("claimed_at", "<", limit)]).unlink()
