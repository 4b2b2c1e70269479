from odoo import models
from odoo.tools import SQL

from ..models.nullable import NullableFloat
from ..queries import email_figures


class EcrmEmailRateMixin(models.AbstractModel):
    """Counts of mails, and rates that are right for groups, too.

    The rate of a group is that of its sums. An average of the rates of its rows would let a
    mailing to ten people weigh as much as one to ten thousand.
    """

    _name = "ecrm.email.rate.mixin"
    _inherit = ["ecrm.email.figure.mixin", "ecrm.email.help.mixin"]
    _description = "Rates of E-mails"
    #: Rate -> (part, whole): the names of two fields.
    _rates = email_figures.RATES

    delivery_rate = NullableFloat(readonly=True, aggregator="avg", help="Delivered of sent.")
    open_rate = NullableFloat(
        readonly=True, aggregator="avg", help="Recipients who opened by hand, of delivered."
    )
    open_rate_raw = NullableFloat("Open Rate (with Machines)", readonly=True, aggregator="avg")
    click_rate = NullableFloat(
        readonly=True, aggregator="avg", help="Recipients who clicked by hand, of delivered."
    )
    click_rate_raw = NullableFloat("Click Rate (with Machines)", readonly=True, aggregator="avg")
    click_to_open_rate = NullableFloat(
        "Click-to-Open Rate",
        readonly=True,
        aggregator="avg",
        help="Recipients who clicked, of those who opened. A click implies an open.",
    )
    reply_rate = NullableFloat(readonly=True, aggregator="avg", help="Replied, of delivered.")
    unsubscribe_rate = NullableFloat(
        readonly=True, aggregator="avg", help="Unsubscribed, of delivered."
    )
    complaint_rate = NullableFloat(
        "Spam Report Rate", readonly=True, aggregator="avg", help="Reported as spam, of delivered."
    )
    hard_bounce_rate = NullableFloat(
        "Hard Bounce Rate", readonly=True, aggregator="avg", help="Bounced for good, of sent."
    )
    soft_bounce_rate = NullableFloat(
        "Soft Bounce Rate", readonly=True, aggregator="avg", help="Bounced for now, of sent."
    )
    machine_share = NullableFloat(
        readonly=True, aggregator="avg", help="Opens and clicks by machines, of all."
    )

    def _read_group_select(self, aggregate_spec, query):
        name, _colon, function = aggregate_spec.partition(":")
        if name not in self._rates or function != "avg":
            return super()._read_group_select(aggregate_spec, query)
        part, whole = (
            SQL("sum(%s)", self._field_to_sql(self._table, field, query))
            for field in self._rates[name]
        )
        return email_figures.rate(part, whole)

    def _select_rates(self, table):
        """Return the SQL of all rates of one row."""
        return SQL(", ").join(
            SQL(
                "%s AS %s",
                email_figures.rate(SQL.identifier(table, part), SQL.identifier(table, whole)),
                SQL.identifier(name),
            )
            for name, (part, whole) in self._rates.items()
        )
