from odoo import fields, models
from odoo.fields import Domain

from ..lib.privacy.table import ANONYMISED, KEPT, MASKED, UNNAMED, PersonalTable
from ..queries import erase_sales

#: Columns of orders by which a contact is found.
OF_ORDER = ("partner_id", "partner_invoice_id", "partner_shipping_id")
OF_MOVE = ("partner_id", "partner_shipping_id")
#: Where an order came from is no part of the document.
UTM = {"campaign_id": None, "source_id": None, "medium_id": None}


class EcrmPrivacy(models.AbstractModel):
    """Orders, invoices and payments: the law wants what was done, and nothing of what was not."""

    _inherit = "ecrm.privacy"

    def _personal_tables(self):
        tables = super()._personal_tables()
        return {**tables, **self._order_tables(), **self._invoice_tables(),
                **self._payment_tables()}  # fmt: skip

    def _order_tables(self):
        told = ("name", "state", "date_order", "amount_total", "currency_id", "client_order_ref",
                "note", "signed_by")  # fmt: skip
        done = self._done_orders()
        return {
            "orders_kept": PersonalTable(
                "sale.order",
                self.env._("Orders"),
                partners=OF_ORDER,
                only=done & self._recent("date_order"),
                told=told,
                action=KEPT,
                values={"access_token": None, **UTM},
                **self._by_law("date_order"),
            ),
            "orders_old": PersonalTable(
                "sale.order",
                self.env._("Orders that need not be kept any more"),
                partners=OF_ORDER,
                only=done & ~self._recent("date_order"),
                told=told,
                action=ANONYMISED,
                values={"access_token": None, "signed_by": None, "client_order_ref": None,
                        "note": None, **UTM},
            ),
            "quotations": PersonalTable(
                "sale.order",
                self.env._("Carts, quotations and cancelled orders"),
                partners=OF_ORDER,
                only=~done,
                told=told,
                forget=self._forget_quotations,
            ),
        }  # fmt: skip

    def _invoice_tables(self):
        posted = Domain("state", "=", "posted") | Domain("posted_before", "=", True)
        recent = self._booked_recently()
        told = ("name", "move_type", "state", "invoice_date", "date", "amount_total", "currency_id",
                "ref")  # fmt: skip
        return {
            "invoices_kept": PersonalTable(
                "account.move",
                self.env._("Invoices and their bookings"),
                partners=OF_MOVE,
                only=posted & recent,
                told=told,
                action=KEPT,
                values={"access_token": None, "invoice_source_email": None, **UTM},
                **self._by_law("date"),
            ),
            "invoices_old": PersonalTable(
                "account.move",
                self.env._("Invoices that need not be kept any more"),
                partners=OF_MOVE,
                only=posted & ~recent,
                told=told,
                action=ANONYMISED,
                values={"access_token": None, "invoice_source_email": None, "narration": None,
                        "invoice_partner_display_name": None, "ref": MASKED, **UTM},
            ),
            "drafts": PersonalTable(
                "account.move",
                self.env._("Drafts of invoices"),
                partners=OF_MOVE,
                only=~posted,
                told=told,
                forget=self._forget_drafts,
                # of those that are a company's
                values={"access_token": None, "invoice_source_email": UNNAMED, "narration": MASKED,
                        "invoice_partner_display_name": MASKED},
            ),
        }  # fmt: skip

    def _payment_tables(self):
        paid = Domain("state", "in", ("authorized", "done"))
        return {
            "payments_kept": PersonalTable(
                "account.payment",
                self.env._("Payments"),
                partners=("partner_id",),
                only=self._booked_recently(),
                told=("name", "date", "amount", "currency_id", "state", "memo"),
                action=KEPT,
                **self._by_law("date"),
            ),
            "bank_lines_kept": PersonalTable(
                "account.bank.statement.line",
                self.env._("Lines of bank statements"),
                partners=("partner_id",),
                only=self._booked_recently(),
                told=("date", "payment_ref", "partner_name", "account_number", "amount"),
                action=KEPT,
                **self._by_law("date"),
            ),
            "online_payments_kept": PersonalTable(
                "payment.transaction",
                self.env._("Payments on the website"),
                partners=("partner_id",),
                only=paid & self._recent("create_date"),
                told=("reference", "state", "amount", "currency_id", "partner_name",
                      "partner_email", "partner_phone", "partner_address", "partner_zip",
                      "partner_city", "create_date"),
                action=KEPT,
                values={"partner_email": None, "partner_phone": None, "partner_lang": None,
                        "landing_route": None, "state_message": UNNAMED},
                **self._by_law("create_date"),
            ),
            "online_payments_old": self._nameless_payments(
                self.env._("Payments on the website that need not be kept any more"),
                paid & ~self._recent("create_date"),
            ),
            "online_payments": self._nameless_payments(
                self.env._("Attempts to pay on the website"), ~paid
            ),
            "payment_tokens": PersonalTable(
                "payment.token",
                self.env._("Saved means of payment"),
                partners=("partner_id",),
                told=("payment_details", "create_date"),
                action=ANONYMISED,
                values={"payment_details": None, "provider_ref": "erased", "active": False},
            ),
            "bank_accounts_kept": PersonalTable(
                "res.partner.bank",
                self.env._("Bank accounts on documents that are kept"),
                find=lambda env, subject: env["ecrm.privacy"]._banks(subject, used=True),
                told=("acc_number", "acc_holder_name", "bank_id"),
                action=KEPT,
                reason=self.env._("They stand on documents that have to be kept."),
            ),
            "bank_accounts": PersonalTable(
                "res.partner.bank",
                self.env._("Bank accounts"),
                find=lambda env, subject: env["ecrm.privacy"]._banks(subject, used=False),
                only=[("acc_number", "!=", "erased")],
                told=("acc_number", "acc_holder_name", "bank_id"),
                # Odoo does not delete them
                action=ANONYMISED,
                values={"acc_number": "erased", "sanitized_acc_number": None,
                        "acc_holder_name": None, "clearing_number": None, "note": None,
                        "bank_id": None, "active": False},
            ),
        }  # fmt: skip

    @staticmethod
    def _nameless_payments(label, only):
        return PersonalTable(
            "payment.transaction",
            label,
            partners=("partner_id",),
            only=only,
            told=("reference", "state", "amount", "currency_id", "partner_name", "partner_email",
                  "create_date"),
            action=ANONYMISED,
            values=dict.fromkeys(
                ("partner_name", "partner_email", "partner_phone", "partner_lang",
                 "partner_address", "partner_zip", "partner_city", "partner_state_id",
                 "partner_country_id", "landing_route", "state_message")
            ),
        )  # fmt: skip

    # ------------------------------------------------------------
    # THE LAW
    # ------------------------------------------------------------

    def _by_law(self, date_column):
        """Return why, and until when documents are kept; for declarations of a company, too.

        :param str date_column: of the document
        """

        def until(records):
            return max(
                (
                    company._ecrm_kept_until(fields.Date.to_date(max(rows.mapped(date_column))))
                    for company, rows in records.grouped("company_id").items()
                    if company and any(rows.mapped(date_column))
                ),
                default=None,
            )

        return {
            "reason": lambda records: records.mapped("company_id")._ecrm_retention_reason(),
            "until": until,
        }

    def _recent(self, date_column):
        """Return the domain of documents that have to be kept as of today."""
        # sudo: the years are no secret
        companies_sudo = self.env["res.company"].sudo().with_context(active_test=False).search([])
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain(date_column, ">=", company._ecrm_kept_since())
            for company in companies_sudo
        )

    def _booked_recently(self):
        """Return the domain of what stands in books and has to be kept."""
        # Odoo lets nobody change what a restricted audit trail is of
        return self._recent("date") | Domain("company_id.restrictive_audit_trail", "=", True)

    def _done_orders(self):
        """Return the domain of orders that are documents: confirmed, invoiced or paid."""
        paid = [("state", "in", ("authorized", "done"))]
        invoiced = [("move_id", "any", [("posted_before", "=", True)])]
        return (
            Domain("state", "=", "sale")
            | Domain("order_line", "any", [("invoice_lines", "any", invoiced)])
            | Domain("transaction_ids", "any", paid)
        )

    # ------------------------------------------------------------
    # WHAT LAW DOES NOT WANT
    # ------------------------------------------------------------

    def _forget_quotations(self, env, ids, subject):
        """Delete what was never ordered. What a company was offered stays the company's."""
        orders = env["sale.order"].browse(ids).exists()
        theirs = orders.filtered(lambda order: self._is_of_others(order, subject))
        for column in OF_ORDER:
            env.cr.execute(
                erase_sales.hand_over("sale_order", theirs.ids, column, subject.partner_ids)
            )
        env.cr.execute(erase_sales.hand_over_lines(theirs.ids))
        env.invalidate_all()
        own = (orders - theirs).with_context(tracking_disable=True, mail_notrack=True)
        own.filtered(lambda order: order.state == "sent")._action_cancel()
        own.unlink()

    @staticmethod
    def _is_of_others(document, subject):
        """Tell whether a document is a company's, or somebody else's with her address on it."""
        customer = document.partner_id.commercial_partner_id
        return customer.id not in subject.partner_ids

    def _forget_drafts(self, env, ids, subject):
        """Delete drafts of invoices to her. A company's, bills and entries stay without her."""
        moves = env["account.move"].browse(ids).exists()
        own = moves.filtered(
            lambda move: (
                move.is_sale_document(include_receipts=True)
                and not self._is_of_others(move, subject)
            )
        )
        theirs = moves - own
        for column in OF_MOVE:
            env.cr.execute(
                erase_sales.hand_over("account_move", theirs.ids, column, subject.partner_ids)
            )
        env.cr.execute(erase_sales.hand_over_items(theirs.ids, subject.partner_ids))
        env.invalidate_all()
        # the name that is printed is a copy
        env.add_to_compute(moves._fields["invoice_partner_display_name"], theirs)
        theirs.flush_recordset()
        own.with_context(tracking_disable=True, force_delete=True).unlink()

    def _banks(self, subject, used):
        """Return the ids of bank accounts that kept documents name, or of the others."""
        if not subject.partner_ids:
            return []
        kept = self._kept(subject)
        moves, payments = kept.get("account.move", []), kept.get("account.payment", [])
        query = erase_sales.banks(subject.partner_ids, moves, payments, used)
        return [row[0] for row in self.env.execute_query(query)]
