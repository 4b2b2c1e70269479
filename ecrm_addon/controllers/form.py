from odoo.http import request as current_request

from odoo.addons.website.controllers.form import WebsiteForm

#: Under these names forms ask for the address of whoever fills them in.
ADDRESSES = ("email_from", "email", "partner_email", "email_normalized")


class Form(WebsiteForm):
    """Forms of the website: remembers on which browser an address was typed."""

    def insert_record(self, request, model_sudo, values, custom, meta=None):
        """Insert as Odoo does; the address is a claim until its owner confirms it."""
        typed = next((values[name] for name in ADDRESSES if values.get(name)), None)
        record_id = super().insert_record(request, model_sudo, values, custom, meta=meta)
        if record_id and isinstance(typed, str):
            current_request.env["ecrm.visit"].note_claim(typed)
        return record_id
