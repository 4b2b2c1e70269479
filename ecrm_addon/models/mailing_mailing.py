from odoo import api, fields, models


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    ecrm_is_measured = fields.Boolean(
        "Measure Opens and Clicks",
        default=lambda self: self.env.company.ecrm_measure_emails,
        help="Who opens this mailing and which links are followed. Contacts who object are "
        "never measured.",
    )
    ecrm_topic_id = fields.Many2one(
        "ecrm.topic",
        "Topic",
        compute="_compute_ecrm_topic_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        index="btree_not_null",
        help="Who switched this topic off does not get the mailing, and who unsubscribes from "
        "the mailing switches off this topic only.",
    )

    @api.depends("contact_list_ids")
    def _compute_ecrm_topic_id(self):
        topics = self.env["ecrm.topic"]
        for mailing in self:
            of_list = mailing.contact_list_ids.ecrm_topic_id[:1]
            if of_list:
                mailing.ecrm_topic_id = of_list
            elif not mailing.ecrm_topic_id:
                mailing.ecrm_topic_id = topics.default_of(mailing._ecrm_company())

    @api.private
    def _ecrm_company(self):
        """Return the company that sends a mailing: that of who answers for it."""
        return self.user_id.company_id or self.env.company

    @api.private
    def _ecrm_topic(self):
        """Return the topic of a mailing; those from before eCRM are of the default one."""
        # sudo: whoever sends a mailing need not be allowed to read topics
        mailing_sudo = self.sudo()
        default = mailing_sudo.env["ecrm.topic"].default_of
        return mailing_sudo.ecrm_topic_id or default(mailing_sudo._ecrm_company())

    def unlink(self):
        # its links go with it by their foreign key, and the door keeps where links lead
        self.env.registry.clear_cache()
        return super().unlink()
