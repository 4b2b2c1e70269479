from odoo import api, fields, models

#: How many requests a page lists.
SHOWN = 10
FIELDS = [
    "name",
    "kind",
    "state",
    "asked_at",
    "due_date",
    "done_at",
    "progress",
    "archive_size",
    "archive_until",
    "by_user_id",
    "email",
    "source",
]


class EcrmPrivacyRequest(models.Model):
    """What the pages show a person of her own requests."""

    _inherit = "ecrm.privacy.request"

    @api.model
    @api.private
    def _portal_values(self, person):
        """Return the values of the template ``portal_privacy_data``, by one query.

        :param Person person: whose page it is
        """
        # sudo: of the person, see ``_of_person``
        requests_sudo = self.sudo().search_fetch(
            self._of_person(person), FIELDS, order="id desc", limit=SHOWN
        )
        return {
            "privacy_requests": [request._portal_row() for request in requests_sudo],
            "privacy_download": requests_sudo._portal_download(),
            "privacy_erasure": requests_sudo._portal_erasure(),
        }

    def _portal_row(self):
        kinds, states = (self._words(name) for name in ("kind", "state"))
        return {
            "name": self.name,
            "kind": kinds[self.kind],
            "state": states[self.state],
            "is_open": self.state in ("asked", "todo", "progress"),
            "asked_at": self.asked_at,
            "due_date": self.due_date,
            "done_at": self.done_at,
        }

    def _words(self, name):
        return dict(self._fields[name]._description_selection(self.env))

    def _portal_download(self):
        """Return what there is to download: state, progress, link."""
        latest = self.filtered(lambda request: request.kind == "access")[:1]
        now = fields.Datetime.now()
        if latest.state == "progress":
            return {"state": "progress", "progress": latest.progress}
        if latest.state == "todo":
            return {"state": "todo", "due_date": latest.due_date}
        if latest.archive_until and latest.archive_until > now:
            return {
                "state": "ready",
                # see ``_ready_path``
                "url": latest._file_path()
                if latest.source != "portal" or not latest.email
                else None,
                "address": latest.email,
                "size": latest.archive_size,
                "until": latest.archive_until,
                "made_at": latest.done_at,
                # a new one is made an hour later at the earliest
                "can_renew": fields.Datetime.subtract(now, hours=1) > latest.asked_at,
            }
        return {"state": "none"}

    def _portal_erasure(self):
        """Return the state of an erasure that was asked for, None where there is none open."""
        latest = self.filtered(
            lambda request: (
                request.kind == "erase" and request.state in ("asked", "todo", "progress")
            )
        )[:1]
        return latest and {"state": latest.state, "progress": latest.progress} or None

    @api.model
    @api.private
    def _portal_progress(self, person):
        """Return how far the background job is with a person's requests.

        :return dict: ``progress`` in percent, ``is_done`` as soon as nothing is worked on
        """
        # sudo: of the person, see ``_of_person``
        working_sudo = self.sudo().search_fetch(
            [*self._of_person(person), ("state", "=", "progress")], ["progress"], limit=1
        )
        return {"progress": working_sudo.progress, "is_done": not working_sudo}
