from odoo import fields, models


class MailingList(models.Model):
    """A list may be of a topic: mailings to it are then of that topic unless told otherwise."""

    _inherit = "mailing.list"

    ecrm_topic_id = fields.Many2one(
        "ecrm.topic",
        "Topic",
        ondelete="restrict",
        index="btree_not_null",
        help="What people on this list want to hear about. If the topic asks for confirmation, "
        "whoever subscribes on the website gets a mail with a link first.",
    )
