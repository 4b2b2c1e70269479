from odoo import fields, models
from odoo.tools import SQL

from ..models.nullable import NullableFloat, NullableMonetary
from ..queries.email_figures import RATES
from ..queries.roll_up_mailings import FIGURES


class EcrmMailingReport(models.Model):
    """One row per mailing whose mails were written down, to compare mailings and campaigns.

    A mailing belongs to no company: it shows what became of the mails to contacts of the
    companies that the user has chosen, and of those that belong to none.
    """

    _name = "ecrm.mailing.report"
    _inherit = "ecrm.email.rate.mixin"
    _description = "Mailing Comparison"
    _auto = False
    _order = "sent_date desc, id desc"
    _rec_name = "subject"
    _rates = {
        **RATES,
        "order_rate": ("buyers", "delivered"),
        "revenue_per_recipient": ("revenue", "delivered"),
    }
    _depends = {
        "mailing.mailing": ["subject", "campaign_id", "user_id", "sent_date"],
        "ecrm.mailing.stat": ["mailing_id", "company_id", *FIGURES],
        "ecrm.email.order": ["mailing_id", "email_message_id", "company_id", "amount"],
    }

    mailing_id = fields.Many2one("mailing.mailing", readonly=True)
    subject = fields.Char(readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True)
    sent_date = fields.Datetime("Sent On", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    orders = fields.Integer(readonly=True, help="Orders within five days after a click.")
    buyers = fields.Integer(readonly=True, help="Recipients with such an order.")
    revenue = fields.Monetary(readonly=True, help="Untaxed, of these orders.")
    order_rate = NullableFloat(
        "Placed-Order Rate", readonly=True, aggregator="avg", help="Buyers of delivered."
    )
    revenue_per_recipient = NullableMonetary(
        "Revenue per Recipient", readonly=True, aggregator="avg", help="Of mails delivered."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT figures.*, %(rates)s
              FROM (
                SELECT mailing.id, mailing.id AS mailing_id, mailing.subject,
                       mailing.campaign_id, mailing.user_id, %(currency)s AS currency_id,
                       coalesce(mailing.sent_date, mails.first_sent) AS sent_date, mails.*,
                       coalesce(owed.orders, 0) AS orders, coalesce(owed.buyers, 0) AS buyers,
                       coalesce(owed.revenue, 0) AS revenue
                  FROM mailing_mailing mailing
                  JOIN (
                    SELECT mailing_id AS ref, min(first_sent) AS first_sent, %(sums)s
                      FROM ecrm_mailing_stat
                     WHERE company_id IS NULL OR company_id = ANY(%(companies)s)
                     GROUP BY 1
                  ) mails ON mails.ref = mailing.id
                  LEFT JOIN (%(owed)s) owed ON owed.mailing_id = mailing.id
              ) figures
             WHERE sent > 0
            """,
            rates=self._select_rates("figures"),
            currency=self.env.company.sudo().currency_id.id,
            sums=SQL(", ").join(
                SQL("sum(%(name)s)::int AS %(name)s", name=SQL.identifier(name)) for name in FIGURES
            ),
            companies=self.env.companies.ids,
            owed=self._owed(),
        )

    def _owed(self):
        """Return the query of orders and revenue by mailing, in one currency."""
        return SQL(
            """
            SELECT owed.mailing_id, count(*)::int AS orders,
                   count(DISTINCT owed.email_message_id)::int AS buyers,
                   sum(owed.amount * rates.rate) AS revenue
              FROM %s
             GROUP BY 1
            """,
            self.env["ecrm.email.order"]._owed(),
        )

    def action_open_report(self):
        """The report on this mailing."""
        self.ensure_one()
        return self.mailing_id.sudo()._ecrm_report_action()
