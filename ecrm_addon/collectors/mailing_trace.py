from odoo import models
from odoo.tools import SQL

from . import customers


class EcrmCollectorMailingTrace(models.AbstractModel):
    """What Odoo knows of each recipient of a mailing. Test mailings do not count.

    Odoo learns that its own mail server took a mail (*sent*), never that the recipient's
    did: it calls that "Delivered", we tell of no delivery. It keeps one open and no user
    agent, so nobody can say who opened: the verdict is *unknown*. Bounces and failures
    carry no date of their own: the last change of the trace is the nearest to it.
    """

    _name = "ecrm.collector.mailing_trace"
    _inherit = "ecrm.collector.mixin"
    _description = "Mailings"
    _source = "mailing.trace"
    _collector_sequence = 3
    _capture_columns = (
        "trace_status", "sent_datetime", "open_datetime", "reply_datetime", "links_click_datetime",
    )  # fmt: skip

    def _acts(self):
        changed = SQL("coalesce(source.write_date, source.create_date, source.sent_datetime)")
        return {
            "email.sent": SQL("source.sent_datetime"),
            "email.opened": SQL("source.open_datetime"),
            # where Odoo kept each click, their own collector tells of them
            "email.clicked": SQL("""
                CASE WHEN source.links_click_datetime IS NOT NULL AND NOT EXISTS (
                    SELECT FROM link_tracker_click click WHERE click.mailing_trace_id = source.id
                ) THEN source.links_click_datetime END
            """),
            "email.replied": SQL("source.reply_datetime"),
            "email.bounced": SQL("CASE WHEN source.trace_status = 'bounce' THEN %s END", changed),
            "email.failed": SQL("CASE WHEN source.trace_status = 'error' THEN %s END", changed),
        }

    def _joins(self):
        return SQL(
            """
            %s
            LEFT JOIN mailing_mailing mailing ON mailing.id = source.mass_mailing_id
            LEFT JOIN utm_source ON utm_source.id = mailing.source_id
            LEFT JOIN utm_medium ON utm_medium.id = mailing.medium_id
            LEFT JOIN utm_campaign ON utm_campaign.id = source.campaign_id
            """,
            customers.of_trace(self.env, SQL("source")).joins,
        )

    def _where(self):
        return SQL("""
            source.trace_type = 'mail' AND source.is_test_trace IS NOT TRUE
            -- of mails that were written down when they left more is known
            AND NOT EXISTS (SELECT FROM ecrm_email_message message
                             WHERE message.trace_id = source.id)
        """)

    def _identities(self):
        return customers.of_trace(self.env, SQL("source")).identities

    def _values(self):
        return {
            "partner_id": customers.of_trace(self.env, SQL("source")).partner,
            # a mailing belongs to no company
            "company_id": SQL("recipient.company_id"),
            # what people want to see of an e-mail is the mailing, not its trace
            "res_model": SQL(
                "CASE WHEN mailing.id IS NULL THEN %s ELSE 'mailing.mailing' END", self._source
            ),
            "res_id": SQL("coalesce(mailing.id, source.id)"),
            "utm_source": SQL("utm_source.name"),
            "utm_medium": SQL("utm_medium.name"),
            "utm_campaign": SQL("utm_campaign.name"),
            "props": SQL("""
                CASE WHEN act.kind IN ('email.bounced', 'email.failed')
                     THEN jsonb_strip_nulls(jsonb_build_object(
                        'subject', left(mailing.subject, 500), 'trace', source.id,
                        'recipient', left(source.email, 320),
                        'reject_reason', source.failure_type,
                        'description', left(source.failure_reason, 500)))
                     ELSE jsonb_build_object(
                        'subject', left(mailing.subject, 500), 'trace', source.id) END
            """),
        }
