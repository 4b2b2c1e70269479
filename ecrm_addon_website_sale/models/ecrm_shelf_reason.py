from odoo import api, models


class EcrmShelf(models.AbstractModel):
    _inherit = "ecrm.shelf"

    @api.model
    def _reason(self, pick, names):
        """Name the product that is the cause, not one of its variants.

        Counts are those of the product, and the page of one has all its variants: which of them
        stands for it was chosen by nobody.
        """
        # sudo: what somebody bought or looked at may not be on sale any more
        cause_sudo = self.env["product.product"].sudo().browse(pick.because_product_id or [])
        if cause_sudo.id in names:
            names = {**names, cause_sudo.id: cause_sudo.name}
        return super()._reason(pick, names)
