import re

from odoo import models

#: A link that Odoo made for one recipient of a mailing, see mass_mailing.
_LINK = re.compile(r"""(\bhref=["'][^"']*/r/([A-Za-z0-9_-]+)/m/([0-9]+))(?=["'])""")


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_body(self):
        """Sign the links to this recipient, so that nobody can make such a link up."""
        body = super()._prepare_outgoing_body()
        trace = self.mailing_trace_ids[:1] if self.mailing_id else None
        if not body or not trace:
            return body

        def sign(match):
            link, code, trace_id = match.groups()
            if int(trace_id) != trace.id:
                return link  # of another mail that is quoted
            return f"{link}?e={trace._ecrm_sign(code)}"

        return body.__class__(_LINK.sub(sign, body))
