from odoo import models
from odoo.fields import Domain

from ..lib.privacy.table import ANONYMISED, KEPT, MASKED, PersonalTable

#: States of receipts that are documents.
OF_TILL = ("paid", "done")


class EcrmPrivacy(models.AbstractModel):
    """What stands in books: journal items and receipts, and payments after their time.

    A contact may stand on an item of an entry that is nobody's, or a company on an invoice to
    one of its people: what is kept there keeps the name, too.
    """

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        tables = super()._personal_tables()
        return {**tables, **self._item_tables(), **self._till_tables(), **self._old_payments()}

    def _item_tables(self):
        posted = Domain("parent_state", "=", "posted") | Domain("move_id.posted_before", "=", True)
        told = ("name", "date", "debit", "credit")
        return {
            "journal_items_kept": PersonalTable(
                "account.move.line",
                self.env._("Lines of journal entries"),
                partners=("partner_id",),
                only=posted & self._booked_recently(),
                told=told,
                action=KEPT,
                **self._by_law("date"),
            ),
            "journal_items_old": PersonalTable(
                "account.move.line",
                self.env._("Lines of journal entries that need not be kept any more"),
                partners=("partner_id",),
                only=posted & ~self._booked_recently(),
                told=told,
                action=ANONYMISED,
                values={"name": MASKED, "ref": MASKED},
                strip=False,
            ),
        }

    def _till_tables(self):
        done = Domain("state", "in", OF_TILL)
        told = ("name", "date_order", "amount_total", "state")
        return {
            "receipts_kept": PersonalTable(
                "pos.order",
                self.env._("Receipts of the till"),
                partners=("partner_id",),
                only=done & self._recent("date_order"),
                told=told,
                action=KEPT,
                values={"email": None, "mobile": None},
                **self._by_law("date_order"),
            ),
            "receipts_old": PersonalTable(
                "pos.order",
                self.env._("Receipts of the till that need not be kept any more"),
                partners=("partner_id",),
                only=~done | ~self._recent("date_order"),
                told=told,
                action=ANONYMISED,
                values={"email": None, "mobile": None, "general_customer_note": None},
            ),
        }

    def _old_payments(self):
        return {
            "payments_old": PersonalTable(
                "account.payment",
                self.env._("Payments that need not be kept any more"),
                partners=("partner_id",),
                only=~self._booked_recently(),
                told=("name", "date", "amount", "currency_id", "state", "memo"),
                action=ANONYMISED,
                values={"memo": MASKED, "payment_reference": MASKED},
            ),
            "bank_lines_old": PersonalTable(
                "account.bank.statement.line",
                self.env._("Lines of bank statements that need not be kept any more"),
                partners=("partner_id",),
                only=~self._booked_recently(),
                told=("date", "payment_ref", "partner_name", "account_number", "amount"),
                action=ANONYMISED,
                values={"payment_ref": MASKED, "partner_name": None, "account_number": None,
                        "transaction_details": None},
            ),
        }  # fmt: skip
