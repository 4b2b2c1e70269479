import json
import tempfile

from werkzeug.exceptions import Forbidden

from odoo import http
from odoo.http import request

#: An export larger than this (bytes) waits on disk, not in memory.
IN_MEMORY = 2**20


class Privacy(http.Controller):
    """Hands out what a person may ask for."""

    @http.route(
        "/ecrm/privacy/<int:partner_id>/export",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def export(self, partner_id):
        """Send everything eCRM holds about a contact as a JSON file."""
        # rights first, and no contact that one may not see: numbers tell nobody who exists
        if not request.env.user.has_group("ecrm_addon.group_ecrm_manager"):
            raise Forbidden()
        partners = request.env["res.partner"].with_context(active_test=False)
        partner = partners.search([("id", "=", partner_id)])
        if not partner:
            raise request.not_found()
        told, pages = request.env["ecrm.privacy"].export_pages(partner)
        # the server closes it when it is sent
        file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._write(file, told, pages)
        size = file.tell()
        file.seek(0)
        response = request.make_response(
            file,
            [
                ("Content-Type", "application/json; charset=utf-8"),
                ("Content-Length", str(size)),
                ("Content-Disposition", http.content_disposition(f"ecrm-{partner_id}.json")),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
        response.direct_passthrough = True
        return response

    @staticmethod
    def _write(file, told, pages):
        """Write one JSON object whose last member, the touchpoints, comes page by page."""
        head = json.dumps(told, ensure_ascii=False)
        file.write(f'{head[:-1]}, "touchpoints": ['.encode())
        between = ""
        for page in pages:
            for event in page:
                file.write(f"{between}\n{json.dumps(event, ensure_ascii=False)}".encode())
                between = ","
        file.write(b"\n]}\n")
