from odoo import models
from odoo.tools import SQL

from ..queries.expressions import url_of
from . import customers


class EcrmCollectorLinkTrackerClick(models.AbstractModel):
    """Each click on a link of a mailing. The visitor's IP address is not taken over.

    Odoo follows whatever asks, scanners and mail filters too, and keeps no user agent:
    the verdict is *unknown*. Clicks outside of mailings name nobody and are left out.
    """

    _name = "ecrm.collector.link_tracker_click"
    _inherit = "ecrm.collector.mixin"
    _description = "Link Clicks"
    _source = "link.tracker.click"
    _collector_sequence = 4
    _capture_columns = ("mailing_trace_id",)

    def _acts(self):
        return {"email.clicked": SQL("source.create_date")}

    def _joins(self):
        return SQL(
            """
            JOIN mailing_trace trace ON trace.id = source.mailing_trace_id
            %s
            LEFT JOIN link_tracker link ON link.id = source.link_id
            LEFT JOIN mailing_mailing mailing ON mailing.id = trace.mass_mailing_id
            LEFT JOIN utm_source ON utm_source.id = mailing.source_id
            LEFT JOIN utm_medium ON utm_medium.id = mailing.medium_id
            LEFT JOIN utm_campaign ON utm_campaign.id = trace.campaign_id
            """,
            customers.of_trace(self.env, SQL("trace")).joins,
        )

    def _where(self):
        return SQL("""
            trace.trace_type = 'mail' AND trace.is_test_trace IS NOT TRUE
            AND NOT EXISTS (SELECT FROM ecrm_email_message message
                             WHERE message.trace_id = trace.id)
        """)

    def _identities(self):
        return customers.of_trace(self.env, SQL("trace")).identities

    def _values(self):
        return {
            "partner_id": customers.of_trace(self.env, SQL("trace")).partner,
            "company_id": SQL("recipient.company_id"),
            "res_model": SQL(
                "CASE WHEN mailing.id IS NULL THEN 'mailing.trace' ELSE 'mailing.mailing' END"
            ),
            "res_id": SQL("coalesce(mailing.id, trace.id)"),
            "utm_source": SQL("utm_source.name"),
            "utm_medium": SQL("utm_medium.name"),
            "utm_campaign": SQL("utm_campaign.name"),
            "props": SQL(
                """
                jsonb_build_object(
                    'subject', left(mailing.subject, 500), 'trace', trace.id,
                    'url', left(%s, 2000), 'label', left(coalesce(link.label, link.title), 200))
                """,
                url_of(SQL("link.url")),
            ),
        }
