from collections import namedtuple

from odoo import api, models

#: What becomes of one kind of data: ``action`` is erased, anonymised or kept; kept has a
#: ``reason`` and, where it is known, the day ``until`` which.
Part = namedtuple("Part", "code label count action reason until")


class EcrmPrivacy(models.AbstractModel):
    """What an erasure does, told before and after; and the data of an address alone."""

    _inherit = "ecrm.privacy"

    @api.model
    @api.private
    def export_pages(self, partner, email=None):
        if partner:
            return super().export_pages(partner)
        identities = self._addresses([email])
        told = {
            "format": "ecrm.export.1",
            "contact": {"email": email},
            "identities": self._rows(identities, {"link_ids"}),
        }
        return told, iter(())

    @api.model
    @api.private
    def preview(self, partner, email=None):
        told, _pages = self.export_pages(partner, email)
        counts = {name: len(rows) for name, rows in told.items() if isinstance(rows, list)}
        if partner:
            counts["touchpoints"] = self.env["ecrm.touchpoint"].search_count(
                [("identity_id", "in", self._identities(partner).ids)]
            )
        headings = self.env["ecrm.privacy.request"]._headings()
        parts = [
            Part(name, headings.get(name, name), count, "erased", None, None)
            for name, count in counts.items()
            if count and name != "orders"
        ]
        orders = self.env["sale.order"].sudo().search_count([("partner_id", "=", partner.id)])
        if partner and orders:
            law = self.env._("Accounting and tax law asks for documents of sales.")
            parts.append(Part("sale.order", self.env._("Orders"), orders, "kept", law, None))
        return parts

    @api.model
    @api.private
    def forget(self, partner, email=None):
        parts = self.preview(partner, email)
        if partner:
            self.erase(partner)
        return parts
