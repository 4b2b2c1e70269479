import re

from odoo import models

#: A link that Odoo made for one recipient of a mailing, see mass_mailing.
_LINK = re.compile(r"""(\bhref=["'][^"']*/r/([A-Za-z0-9_-]+)/m/([0-9]+))(?=["'])""")


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_body(self):
        """Sign the links to this recipient, so that nobody can make such a link up."""
        body = super()._prepare_outgoing_body()
        if body and self.mailing_id and self.mailing_trace_ids:
            # Odoo's links name the first one, too
            return self._ecrm_sign_links(body, self.mailing_trace_ids[0])
        return body

    def _ecrm_sign_links(self, body, trace):
        """Return a body whose links to a recipient are signed, each once."""

        def sign(match):
            link, code, trace_id = match.groups()
            if int(trace_id) != trace.id:
                return link  # of another mail that is quoted
            return f"{link}?e={trace._ecrm_sign(code)}"

        return body.__class__(_LINK.sub(sign, body))
