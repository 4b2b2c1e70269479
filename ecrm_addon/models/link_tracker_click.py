from odoo import api, fields, models

from ..queries import sync_mailing_traces


class LinkTrackerClick(models.Model):
    """Clicks as Odoo's own screens count them: those of people, each once."""

    _inherit = "link.tracker.click"

    ecrm_email_event_ref = fields.Integer(
        "E-mail Event",
        readonly=True,
        index="btree_not_null",
        groups="ecrm_addon.group_ecrm_user",
    )

    @api.model
    @api.private
    def _ecrm_sync(self, refs):
        """Let Odoo's clicks be those that people made in some mails.

        :param list[int] refs: of mails
        """
        rows = self.env.execute_query(sync_mailing_traces.clicks(refs))
        if not rows:
            return
        known = self.search([("ecrm_email_event_ref", "in", [row[0] for row in rows])])
        by_hand = {row[0] for row in rows if row[-1]}
        missing = by_hand - set(known.mapped("ecrm_email_event_ref"))
        known.filtered(lambda click: click.ecrm_email_event_ref not in by_hand).unlink()
        self.create(
            [
                {
                    "ecrm_email_event_ref": event,
                    "link_id": link,
                    "mailing_trace_id": trace,
                    "mass_mailing_id": mailing,
                    "campaign_id": campaign,
                }
                for event, link, trace, mailing, campaign, _by_hand in rows
                if event in missing
            ]
        )
