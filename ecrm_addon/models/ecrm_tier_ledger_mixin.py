from odoo import api, models
from odoo.tools import SQL

from ..queries import list_tier_events


class EcrmTierLedgerMixin(models.AbstractModel):
    """A ledger of tiers whose rows stand in their customers' histories, too, each once."""

    _name = "ecrm.tier.ledger.mixin"
    _description = "Ledger of Tiers"
    #: Column of the tier that the history names.
    _told_tier = None

    def _told_kind(self):
        """Return the SQL of the kind of touchpoint that a row ``told`` becomes."""
        raise NotImplementedError

    @api.private
    def _announce(self):
        """Put these rows into their customers' histories, each once."""
        if self:
            self.flush_recordset()
            events = list_tier_events.build(
                self._table, self._name, self._told_kind(), self._told_tier, self.ids, self._uid()
            )
            self.env["ecrm.log"].append_select(events)

    @api.private
    def _forget(self, partners):
        """Remove the rows of customers, from their histories too: they object to profiles."""
        found = self.search([("partner_id", "in", partners.ids)])
        if found:
            log = self.env["ecrm.log"]
            log.take_back(list_tier_events.uids(self._table, found.ids, self._uid()))
            found.unlink()

    def _uid(self):
        return self.env["ecrm.log"].own_uid_select(SQL("%s", self._name), SQL("told.id"))
