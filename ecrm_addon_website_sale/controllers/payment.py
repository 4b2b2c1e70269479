from odoo.addons.website_sale.controllers.payment import PaymentPortal


class EcrmPaymentPortal(PaymentPortal):
    def _validate_transaction_for_order(self, transaction, sale_order):
        """Keep the visit in which the customer pays: the provider confirms without one."""
        super()._validate_transaction_for_order(transaction, sale_order)
        sale_order._ecrm_note_visit()
        return sale_order._ecrm_tell_step("payment")
