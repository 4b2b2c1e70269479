from odoo import api, fields, models
from odoo.tools import SQL

from ..queries import attribute_orders, tune_batch


class EcrmEmailOrder(models.Model):
    """The orders that are owed to mailings, each to one: see ``queries/attribute_orders``.

    An order made on the website counts only if its visitor agreed to be measured. One that
    an employee entered counts by the click alone. Derived: written by the digest when orders
    or clicks of a customer change, and anew each night.
    """

    _name = "ecrm.email.order"
    _inherit = "ecrm.email.help.mixin"
    _description = "Order after a Mailing"
    _log_access = False
    _order = "date_order desc, id desc"
    _rec_name = "order_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    customer_id = fields.Many2one(
        "res.partner", readonly=True, ondelete="set null", index="btree_not_null"
    )
    partner_id = fields.Many2one(
        "res.partner", "Who Clicked", readonly=True, ondelete="set null", index="btree_not_null"
    )
    mailing_id = fields.Many2one(
        "mailing.mailing", required=True, readonly=True, ondelete="cascade", index=True
    )
    email_message_id = fields.Many2one(
        "ecrm.email.message", "E-mail", readonly=True, ondelete="set null", index="btree_not_null"
    )
    clicked_at = fields.Datetime("Clicked", readonly=True)
    date_order = fields.Datetime("Ordered", readonly=True)
    amount = fields.Monetary("Untaxed Amount", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")

    _order_unique = models.UniqueIndex("(order_id)", "This order is owed to a mailing already.")

    @api.model
    @api.private
    def renew(self, customers=None):
        """Find out anew to which mailings orders are owed.

        :param list[int] customers: commercial partners; None: all
        """
        self.env.flush_all()
        self.env.execute_query(tune_batch.build())
        self.env.cr.execute(attribute_orders.forget(customers))
        self.env.cr.execute(attribute_orders.renew(self._consented(), customers))
        self.invalidate_model()

    @api.model
    @api.private
    def renew_noted(self):
        """The same of those customers who clicked or ordered since."""
        customers = self.env["ecrm.change"].take(self._name)
        if customers:
            self.renew(customers)

    @api.model
    @api.private
    def note_clicks(self, refs):
        """Note that mails were clicked on."""
        self.env.cr.execute(attribute_orders.note_clickers(self._name, refs))

    @api.model
    @api.private
    def note_orders(self, order_ids):
        """Note that orders changed."""
        self.env.cr.execute(attribute_orders.note_orders(self._name, order_ids))

    def action_open_order(self):
        """Row of the list: the order itself."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    def _consented(self):
        orders = self.env["sale.order"]._fields
        if "website_id" in orders and orders["website_id"].store:
            return SQL("(sale.website_id IS NULL OR sale.ecrm_session_key IS NOT NULL)")
        return SQL("TRUE")

    @api.private
    def _owed(self):
        """Return the SQL of these orders with the rate into the currency of the user's company.

        :return: SQL of FROM: ``owed`` with the columns of this model, ``rates.rate``; of the
            companies that the user has chosen
        """
        # sudo: the currency of a company is no secret to who may see its amounts
        company_sudo = self.env.company.sudo()
        today = fields.Date.context_today(self)
        rows = [
            SQL(
                "(%s, %s::float8)",
                company.id,
                company.currency_id._get_conversion_rate(
                    company.currency_id, company_sudo.currency_id, company_sudo, today
                ),
            )
            for company in self.env.companies.sudo()
        ]
        return SQL(
            "ecrm_email_order owed JOIN (VALUES %s) AS rates(company_id, rate)"
            " ON rates.company_id = owed.company_id",
            SQL(", ").join(rows),
        )
