from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.mass_mailing.controllers.main import MassMailController


class Click(MassMailController):
    """Odoo's own pixel and links in mails, as far as they can be believed."""

    @route()
    def full_url_redirect(self, code, mailing_trace_id, **post):
        """Redirect, and count nothing: anybody can count up the number of a recipient.

        Not by ``super()``, which counts. Mails that leave now have links of ours.
        """
        url = request.env["link.tracker"].get_url_from_code(code)
        if not url:
            raise NotFound()
        return request.redirect(url, code=302, local=False)

    @route()
    def track_mail_open(self, mail_id, token, **post):
        """Show the pixel; who only asks for its headers did not open the mail."""
        if request.httprequest.method == "HEAD":
            raise NotFound()
        return super().track_mail_open(mail_id, token, **post)
