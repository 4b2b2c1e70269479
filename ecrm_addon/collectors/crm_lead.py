from odoo import models
from odoo.tools import SQL

from ..queries.expressions import email_key


class EcrmCollectorCrmLead(models.AbstractModel):
    """Leads that somebody sent by a form of the website.

    The form ties a lead to the visitor who sent it. So does a live chat, whose leads are
    told apart by their channel: a chat is told of by its own collector.
    """

    _name = "ecrm.collector.crm_lead"
    _inherit = "ecrm.collector.mixin"
    _description = "Website Forms"
    _source = "crm.lead"
    _collector_sequence = 8
    _capture_columns = ("partner_id", "email_normalized")

    def _is_available(self):
        return super()._is_available() and "visitor_ids" in self.env[self._source]._fields

    def _acts(self):
        return {"web.form": SQL("source.create_date")}

    def _joins(self):
        return SQL("""
            LEFT JOIN utm_source ON utm_source.id = source.source_id
            LEFT JOIN utm_medium ON utm_medium.id = source.medium_id
            LEFT JOIN utm_campaign ON utm_campaign.id = source.campaign_id
        """)

    def _where(self):
        visitors = self.env[self._source]._fields["visitor_ids"]
        tied = SQL(
            "EXISTS (SELECT FROM %s sent WHERE sent.%s = source.id)",
            SQL.identifier(visitors.relation),
            SQL.identifier(visitors.column1),
        )
        if self._source_has("origin_channel_id"):
            return SQL("source.origin_channel_id IS NULL AND %s", tied)
        return tied

    def _identities(self):
        return {
            **super()._identities(),
            "email": email_key(SQL("coalesce(source.email_normalized, source.email_from)")),
        }

    def _values(self):
        return {
            "partner_id": SQL("source.partner_id"),
            "company_id": SQL("source.company_id"),
            "utm_source": SQL("utm_source.name"),
            "utm_medium": SQL("utm_medium.name"),
            "utm_campaign": SQL("utm_campaign.name"),
            "verdict": SQL("'human'"),
            "props": SQL("jsonb_build_object('name', left(source.name, 500))"),
        }
