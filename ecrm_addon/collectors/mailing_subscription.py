from odoo import models
from odoo.tools import SQL

from ..queries.expressions import email_key


class EcrmCollectorMailingSubscription(models.AbstractModel):
    """Who joined a mailing list and who left it, by address.

    Odoo keeps the last time somebody left and no time of coming back, so each leaving
    counts, coming back does not. What is put on a list by hand or import looks the same
    as what somebody asked for: the verdict of joining stays *unknown*.
    """

    _name = "ecrm.collector.mailing_subscription"
    _inherit = "ecrm.collector.mixin"
    _description = "Mailing Lists"
    _source = "mailing.subscription"
    _collector_sequence = 5
    _capture_columns = ("opt_out", "opt_out_datetime")

    def _acts(self):
        return {
            # lists picked on a contact are written without a date of their own
            "email.subscribed": SQL("""
                CASE WHEN source.opt_out IS NOT TRUE
                       OR source.opt_out_datetime > source.create_date
                     THEN coalesce(source.create_date, contact.create_date) END
            """),
            "email.unsubscribed": SQL("""
                CASE WHEN source.opt_out
                     THEN coalesce(source.opt_out_datetime, source.write_date,
                                   contact.write_date, contact.create_date) END
            """),
        }

    def _uid(self, *more):
        left = SQL("CASE WHEN act.kind = 'email.unsubscribed' THEN source.opt_out_datetime END")
        return super()._uid(left, *more)

    def _joins(self):
        return SQL("""
            JOIN mailing_contact contact ON contact.id = source.contact_id
            LEFT JOIN mailing_list list ON list.id = source.list_id
        """)

    def _identities(self):
        return {"email": email_key(SQL("coalesce(contact.email_normalized, contact.email)"))}

    def _values(self):
        return {
            "res_model": SQL("'mailing.contact'"),
            "res_id": SQL("contact.id"),
            "verdict": SQL(
                "CASE WHEN act.kind = 'email.unsubscribed' THEN 'human' ELSE 'unknown' END"
            ),
            "props": SQL("jsonb_build_object('list', list.name, 'list_id', source.list_id)"),
        }
