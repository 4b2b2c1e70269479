from odoo.http import request, route

from odoo.addons.mail.controllers.attachment import AttachmentController

from ..lib.support import files


class SupportUpload(AttachmentController):
    """Files for the chatter of a request: customers are told at once which are not taken."""

    @route()
    def mail_attachment_upload(self, ufile, thread_id, thread_model, is_pending=False, **kwargs):
        if thread_model == "ecrm.request" and not request.env.user._is_internal():
            refused = self._ecrm_refused(ufile, thread_id)
            if refused:
                return request.make_json_response({"error": refused})
        return super().mail_attachment_upload(
            ufile, thread_id, thread_model, is_pending=is_pending, **kwargs
        )

    @staticmethod
    def _ecrm_refused(ufile, thread_id):
        if not request.env["ecrm.limits"].allows("support_answer", f"file {thread_id}"):
            return request.env._("That was too often. Please try again in some minutes.")
        raw = ufile.read(files.MOST_OF_ONE + 1)
        ufile.seek(0)
        return "\n".join(request.env["ecrm.request"]._file_refusals([(ufile.filename, raw)]))
