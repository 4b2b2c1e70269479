from odoo.http import request, route

from odoo.addons.mass_mailing.controllers.main import MassMailController


class Click(MassMailController):
    """Links in mails: whoever follows one reads the mail of its recipient."""

    @route()
    def full_url_redirect(self, code, mailing_trace_id, **post):
        """Redirect as Odoo does, and note whose mail was read on this browser."""
        response = super().full_url_redirect(code, mailing_trace_id, **post)
        if post.get("e"):
            partner = request.env["mailing.trace"]._ecrm_clicked(code, mailing_trace_id, post["e"])
            # whether somebody or a program followed the link is judged there
            request.env["ecrm.visit"].note_link(partner, "click")
        return response
