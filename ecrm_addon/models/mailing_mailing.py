from odoo import fields, models


class MailingMailing(models.Model):
    _inherit = "mailing.mailing"

    ecrm_is_measured = fields.Boolean(
        "Measure Opens and Clicks",
        default=lambda self: self.env.company.ecrm_measure_emails,
        help="Who opens this mailing and which links are followed. Contacts who object are "
        "never measured.",
    )
