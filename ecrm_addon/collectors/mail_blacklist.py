from odoo import models
from odoo.tools import SQL

from ..queries.expressions import email_key


class EcrmCollectorMailBlacklist(models.AbstractModel):
    """Addresses that must not be mailed at all.

    Odoo also puts addresses here that bounced too often and says so in the chatter only;
    hence the verdict *unknown*. Coming off the list is not told, nor is coming on it again.
    """

    _name = "ecrm.collector.mail_blacklist"
    _inherit = "ecrm.collector.mixin"
    _description = "Mail Blocklist"
    _source = "mail.blacklist"
    _collector_sequence = 6
    _capture_columns = ("active",)

    def _acts(self):
        return {"email.unsubscribed": SQL("CASE WHEN source.active THEN source.create_date END")}

    def _identities(self):
        return {"email": email_key(SQL("source.email"))}

    def _values(self):
        return {"props": SQL("jsonb_build_object('scope', 'all')")}
