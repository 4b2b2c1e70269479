from odoo import fields, models


class EcrmEmailFigureMixin(models.AbstractModel):
    """What is counted of mails, see ``queries/email_figures``."""

    _name = "ecrm.email.figure.mixin"
    _description = "Figures of E-mails"

    sent = fields.Integer(readonly=True, help="Mails that were to be delivered.")
    delivered = fields.Integer(readonly=True, help="Sent, neither bounced nor failed.")
    deferred = fields.Integer("Delayed", readonly=True, help="Not delivered yet.")
    failed = fields.Integer(readonly=True, help="Never left, or refused by the provider.")
    hard_bounced = fields.Integer("Bounced for Good", readonly=True)
    soft_bounced = fields.Integer("Bounced for Now", readonly=True)
    opened = fields.Integer(readonly=True, help="Recipients who opened the mail by hand.")
    opened_raw = fields.Integer("Opened (with Machines)", readonly=True)
    clicked = fields.Integer(readonly=True, help="Recipients who followed a link by hand.")
    clicked_raw = fields.Integer("Clicked (with Machines)", readonly=True)
    replied = fields.Integer(readonly=True)
    unsubscribed = fields.Integer(readonly=True)
    complained = fields.Integer("Reported as Spam", readonly=True)
    human_hits = fields.Integer("Opens and Clicks by Hand", readonly=True)
    hits = fields.Integer("Opens and Clicks (all)", readonly=True)
    machine_hits = fields.Integer("Opens and Clicks by Machines", readonly=True)
