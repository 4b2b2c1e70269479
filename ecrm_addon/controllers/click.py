from odoo.http import request, route

from odoo.addons.mass_mailing.controllers.main import MassMailController

#: What browsers and mail programs say when they fetch a page that nobody asked for.
PREFETCH = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


class Click(MassMailController):
    """Links in mails: whoever follows one reads the mail of its recipient."""

    @route()
    def full_url_redirect(self, code, mailing_trace_id, **post):
        """Redirect as Odoo does, and note whose mail was read on this browser."""
        response = super().full_url_redirect(code, mailing_trace_id, **post)
        if post.get("e") and self._is_followed():
            partner = request.env["mailing.trace"]._ecrm_clicked(
                code, mailing_trace_id, post["e"]
            )
            request.env["ecrm.visit"].note_link(partner, "click")
        return response

    @staticmethod
    def _is_followed():
        """Return whether somebody followed the link, rather than a program looked at it."""
        headers = request.httprequest.headers
        return request.httprequest.method == "GET" and not any(map(headers.get, PREFETCH))
