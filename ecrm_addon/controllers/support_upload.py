from werkzeug.exceptions import NotFound

from odoo.http import request, route

from odoo.addons.mail.controllers.attachment import AttachmentController

from ..lib.support import files
from ..lib.tracking import rate_limit


class SupportUpload(AttachmentController):
    """Files for the chatter of a request: customers are told at once which are not taken."""

    @route()
    def mail_attachment_upload(self, ufile, thread_id, thread_model, is_pending=False, **kwargs):
        if thread_model == "ecrm.request" and not request.env.user._is_internal():
            # access comes first: what others do with a request counts for nothing
            if not self._ecrm_may_post(thread_id, **kwargs):
                raise NotFound()
            refused = self._ecrm_refused(ufile)
            if refused:
                return request.make_json_response({"error": refused})
        return super().mail_attachment_upload(
            ufile, thread_id, thread_model, is_pending=is_pending, **kwargs
        )

    def _ecrm_may_post(self, thread_id, **kwargs):
        number = str(thread_id)
        is_number = number.isascii() and number.isdecimal() and len(number) < 10
        return is_number and self._get_thread_with_access_for_post(
            "ecrm.request", int(number), **kwargs
        )

    @staticmethod
    def _ecrm_refused(ufile):
        user = request.env.user
        network = rate_limit.network(request.httprequest.remote_addr)
        whose = network if user._is_public() else str(user.id)
        if not request.env["ecrm.limits"].allows("support_file", whose):
            return request.env._("That was too often. Please try again in some minutes.")
        raw = ufile.read(files.MOST_OF_ONE + 1)
        ufile.seek(0)
        return "\n".join(request.env["ecrm.request"]._file_refusals([(ufile.filename, raw)]))
