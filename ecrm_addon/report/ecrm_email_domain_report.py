from odoo import fields, models
from odoo.tools import SQL

from ..queries import mailbox_providers
from ..queries.email_figures import sums, visible

#: Share of spam reports from which providers begin to hold mails back. Google's guidelines
#: for senders: "below 0.10%, and avoid ever reaching 0.30%".
WARN, ALARM = 0.001, 0.003


class EcrmEmailDomainReport(models.Model):
    """What became of mails by the recipients' domain and its provider, month by month.

    Mailings belong to no company: rows show the mails of the companies that the user has
    chosen, and of none.
    """

    _name = "ecrm.email.domain.report"
    _inherit = "ecrm.email.rate.mixin"
    _description = "Deliverability"
    _auto = False
    _order = "month desc, sent desc, id"
    _rec_name = "domain"
    _depends = {"ecrm.email.message": ["email_normalized", "state", "company_id", "sent_at"]}

    month = fields.Date(readonly=True)
    domain = fields.Char(readonly=True)
    provider = fields.Char("Mailbox Provider", readonly=True)
    period = fields.Char("Year and Month", readonly=True)
    alert = fields.Selection(
        [("warning", "0.1 % or More"), ("danger", "0.3 % or More")],
        "Spam Reports",
        readonly=True,
        help="From 0.1 % of spam reports on, providers begin to hold mails back; from 0.3 % on "
        "they refuse them.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY month, domain) AS id, figures.*,
                   to_char(month, 'YYYY-MM') AS period,
                   %(provider)s AS provider,
                   CASE WHEN complained >= %(alarm)s * delivered AND complained > 0 THEN 'danger'
                        WHEN complained >= %(warn)s * delivered AND complained > 0 THEN 'warning'
                        END AS alert,
                   %(rates)s
              FROM (
                SELECT date_trunc('month', coalesce(message.sent_at, message.create_date))::date
                           AS month,
                       split_part(message.email_normalized, '@', 2) AS domain, %(sums)s
                  FROM ecrm_email_message message
                 WHERE message.state != 'queued' AND message.email_normalized LIKE '%%@%%'
                   AND %(visible)s
                 GROUP BY 1, 2
              ) figures
            """,
            provider=mailbox_providers.provider(SQL("figures.domain")),
            alarm=ALARM,
            warn=WARN,
            rates=self._select_rates("figures"),
            sums=sums(),
            visible=visible(self.env.companies.ids),
        )
