import tempfile
from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain

from ..lib.privacy import archive, page

#: Days for which a file is kept.
FILE_DAYS = 7
#: A file larger than this (bytes) is made on disk, not in memory.
IN_MEMORY = 2**22


class EcrmPrivacyRequest(models.Model):
    """Makes the file with everything we hold about a person.

    The history may be larger than memory: each page of it is a file of its own until all are
    there, so that a job that was stopped goes on where it was.
    """

    _inherit = "ecrm.privacy.request"

    def _build(self):
        """Make a file, or go on making it until the time of the job is up."""
        cron = self.env["ir.cron"]
        told, pages = self.env["ecrm.privacy"].export_pages(self.partner_id, self.email or None)
        cursor = self.cursor or {"at": None, "id": 0, "count": 0}
        total = max(self._event_count(), 1)
        last = cursor["at"] and (cursor["at"], cursor["id"])
        for events in archive.newer_out(pages, last):
            self._keep_page(events)
            count = cursor["count"] = cursor["count"] + len(events)
            cursor = {"at": events[-1]["occurred_at"], "id": events[-1]["id"], "count": count}
            progress = min(int(90 * count / total), 90)
            self.write({"cursor": cursor, "progress": progress, "attempts": 0})
            if not cron._commit_progress(1, remaining=1):
                return
        self._finish(told)

    def _event_count(self):
        """Return how many events there are of the person, for the progress alone."""
        known = Domain("partner_id", "=", self.partner_id.id) if self.partner_id else Domain.FALSE
        address = Domain("kind", "=", "email") & Domain("key", "=", self.email or "")
        # sudo: a number comes out
        env_sudo = self.sudo().env
        identities = env_sudo["ecrm.identity"].search(
            known | (address & Domain("partner_id", "=", False))
        )
        return env_sudo["ecrm.touchpoint"].search_count([("identity_id", "in", identities.ids)])

    def _keep_page(self, events):
        """Keep a page of the history until all are there, for programs and to be read."""
        words, labels = self._page_words(), self._labels().get("touchpoints")
        body = page.link("index.html", self._title())
        body += page.section(self._headings()["touchpoints"], events, words, labels)
        html = page.page(self._title(), [], body, words)
        # sudo: as ``_files``
        self.env["ir.attachment"].sudo().create(
            [
                {
                    "name": f"{self.name} {name}",
                    "res_model": self._name,
                    "res_id": self.id,
                    "res_field": name,  # no field: nobody is let at it
                    "raw": raw,
                }
                for name, raw in (("page", archive.pack(events)), ("html", archive.shrink(html)))
            ]
        )

    def _finish(self, told):
        """Put the archive together, and tell the person that it is there."""
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
            archive.write(file, told, self._contents("page"), self._readable(told))
            size = file.tell()
            file.seek(0)
            # sudo: as ``_files``
            self.env["ir.attachment"].sudo().create(
                {
                    "name": f"{self.name.replace('/', '-')}.zip",
                    "mimetype": "application/zip",
                    "res_model": self._name,
                    "res_id": self.id,
                    "res_field": "archive",
                    "raw": file.read(),
                }
            )
        self._files("page", "html").unlink()
        self._close(
            "done",
            progress=100,
            cursor=False,
            archive_size=size,
            archive_until=fields.Datetime.now() + timedelta(days=FILE_DAYS),
        )
        self._log("built", by="system")
        self._mail_ready()
        self._check_others()

    def _contents(self, name):
        """Yield what was kept of the history, one page in memory at a time."""
        for attachment in self._files(name):
            yield attachment.raw
            attachment.invalidate_recordset()

    def _check_others(self):
        """Let somebody look at what an address alone does not open: several contacts' data."""
        if self.partner_id or self.source != "link" or self._contacts_of_address() < 2:
            return
        rest = self.create(
            {
                "kind": "access",
                "email": self.email,
                "company_id": self.company_id.id,
                "website_id": self.website_id.id,
                "lang": self.lang,
                "source": "link",
            }
        )
        rest._hand_over(self.env._("Several contacts have this address."))

    # ------------------------------------------------------------
    # PAGES TO READ
    # ------------------------------------------------------------

    def _title(self):
        return self.env._("Your data at %s", self.company_id.name)

    def _readable(self, told):
        """Yield the pages of the archive that are there to be read: names and HTML."""
        count = len(self._files("html"))
        names = [f"history-{number}.html" for number in range(1, count + 1)]
        yield "index.html", self._index(told, names)
        yield from zip(names, map(archive.grow, self._contents("html")), strict=True)

    def _index(self, told, names):
        words, labels, headings = self._page_words(), self._labels(), self._headings()
        subjects = [
            page.section(headings.get(name) or page.humanize(name), rows, words, labels.get(name))
            for name, rows in told.items()
        ]
        if names:
            links = {name: self.env._("Page %s", n) for n, name in enumerate(names, 1)}
            subjects.append(page.contents(headings["touchpoints"], links))
        intro = [
            self.env._("Request %s. Times are UTC.", self.name),
            self.env._("The same stands in the file data.json, for programs."),
        ]
        return page.page(self._title(), intro, "\n".join(subjects), words)
