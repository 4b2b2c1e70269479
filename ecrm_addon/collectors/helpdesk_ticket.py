from odoo import models
from odoo.tools import SQL

from ..models.res_company_support import OTHER_HELPDESK
from ..queries.expressions import NOW, email_key, is_staff

#: When a ticket was closed: as Enterprise and as OCA's helpdesk_mgmt call it.
CLOSED = ("close_date", "closed_date")
ADDRESSES = ("partner_email", "email")
NUMBERS = ("ticket_ref", "number")


class EcrmCollectorHelpdeskTicket(models.AbstractModel):
    """Tickets of another helpdesk: asked, answered for the first time, closed.

    OCA's and Enterprise's have one name and different columns; what is not there is left out.
    A message changes no ticket by itself: that somebody answered is told when the ticket
    changes next, as by its stage.
    """

    _name = "ecrm.collector.helpdesk_ticket"
    _inherit = "ecrm.collector.mixin"
    _description = "Helpdesk Tickets"
    _source = OTHER_HELPDESK
    _collector_sequence = 12
    _capture_columns = (
        "partner_id", "stage_id", "write_date", "last_stage_update", *CLOSED, *ADDRESSES,
    )  # fmt: skip

    def _acts(self):
        closed = self._first(CLOSED)
        acts = {"support.opened": SQL("source.create_date"), "support.answered": self._answered()}
        if closed:
            acts["support.closed"] = SQL(
                "CASE WHEN %(closed)s IS NOT NULL THEN least(%(closed)s, %(now)s) END",
                closed=closed,
                now=NOW,
            )
        return acts

    def _answered(self):
        """Return when somebody of the company wrote to the customer first."""
        return SQL(
            """
            (SELECT min(message.date) FROM mail_message message
               JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
              WHERE message.model = %s AND message.res_id = source.id
                AND message.message_type IN ('comment', 'email', 'email_outgoing')
                AND NOT coalesce(subtype.internal, FALSE)
                AND NOT coalesce(message.is_internal, FALSE)
                AND message.author_id != %s AND %s)
            """,
            self._source,
            # what Odoo sends by itself is no answer
            self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root"),
            is_staff(SQL("message.author_id")),
        )

    def _first(self, names):
        """Return the SQL of the first of some columns that is there and filled, or None."""
        columns = [SQL.identifier("source", name) for name in names if self._source_has(name)]
        return SQL("coalesce(%s)", SQL(", ").join(columns)) if columns else None

    def _partner(self):
        return SQL(
            "CASE WHEN source.partner_id != ALL(%s) THEN source.partner_id END",
            self.env["res.partner"]._ecrm_public_ids(),
        )

    def _is_available(self):
        return super()._is_available() and self._source_has("partner_id")

    def _where(self):
        return SQL("NOT %s", is_staff(SQL("source.partner_id")))

    def _identities(self):
        identities = {"partner": self._partner()}
        if address := self._first(ADDRESSES):
            identities["email"] = email_key(address)
        return identities

    def _values(self):
        values = {
            "partner_id": self._partner(),
            "verdict": SQL("'human'"),
            "props": SQL("jsonb_strip_nulls(jsonb_build_object('name', %s))", self._name_of()),
        }
        if self._source_has("company_id"):
            values["company_id"] = SQL("source.company_id")
        return values

    def _name_of(self):
        """Return the SQL of a ticket's number and subject."""
        subject = SQL("source.name") if self._source_has("name") else SQL("NULL")
        number = self._first(NUMBERS)
        if number is None:
            return SQL("left(%s, 200)", subject)
        return SQL("left(concat_ws(' ', %s, %s), 200)", number, subject)
