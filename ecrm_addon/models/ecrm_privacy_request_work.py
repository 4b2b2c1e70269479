import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from .ecrm_erasure import BATCH
from .ecrm_privacy_request_ask import HOURS

_logger = logging.getLogger(__name__)

#: How often the job tries, before somebody has to look at it.
TRIES = 3
#: Months after which a closed request names nobody any more: claims are out of time by then.
KEEP_MONTHS = 36


class EcrmPrivacyRequest(models.Model):
    """The background job: makes files and erases, bit by bit.

    What is done is committed bit by bit. A server that is killed, or a job whose time is up,
    goes on there the next time.
    """

    _inherit = "ecrm.privacy.request"

    @api.model
    @api.private
    def _cron_work(self):
        """Every few minutes, and as soon as somebody asks."""
        self.env["ecrm.privacy.ask"]._answer_all()
        self._expire()
        last_id, failed = 0, []
        domain = [("state", "=", "progress")]
        while request := self.search([*domain, ("id", ">", last_id)], order="id", limit=1):
            last_id = request.id
            if not request._attempt():
                failed.append(last_id)
            # those whose time was up go on at once, those that failed the next time
            left = self.search_count([*domain, ("id", "not in", failed)])
            if not self.env["ir.cron"]._commit_progress(1, remaining=left):
                return

    def _attempt(self):
        """Work on a request; after some faults somebody has to look at it.

        A try is counted before: it may take the server with it.

        :return bool: whether it went well
        """
        if self.attempts >= TRIES:
            return self._give_up()
        self.attempts += 1
        self.env["ir.cron"]._commit_progress(remaining=1)
        request = self.with_company(self.company_id).with_context(lang=self.lang or None)
        try:
            request._work()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise  # the next time does it
        except Exception:  # noqa: BLE001  # one person's fault must not hold up all others
            self.env.cr.rollback()
            _logger.exception("Privacy request %s failed", self.id)
            return self.attempts >= TRIES and self._give_up()
        return True

    def _give_up(self):
        self._log("failed", by="system")
        self._hand_over(self.env._("The background job failed; see the server's log."))
        return False

    def _work(self):
        if self.kind == "erase":
            self._erase()
        else:
            self._build()

    def _person(self):
        """Return of whom a request is, as those who ask are told apart."""
        person = self.env["ecrm.privacy.person"].of_email(self.email or "", self.company_id)
        return person._replace(partner=self.partner_id)

    # ------------------------------------------------------------
    # ERASING
    # ------------------------------------------------------------

    def _erase(self):
        """Forget the person; then wait until all events are removed, and tell her."""
        cron = self.env["ir.cron"]
        if self.result is False or self.result is None:
            self._forget_person()
            cron._commit_progress(remaining=1)
        while self.env["ecrm.erasure"].work_off():
            cursor = self.cursor or {"total": 1, "done": 0}
            total, done = cursor["total"], cursor["done"] + BATCH
            progress = 50 + int(50 * min(done / total, 0.99))
            cursor = {"total": total, "done": done}
            self.write({"cursor": cursor, "progress": progress, "attempts": 0})
            if not cron._commit_progress(1, remaining=1):
                return
        self._tell_erased()

    def _forget_person(self):
        cursor = {"total": max(self._event_count(), 1), "done": 0}
        email = self.email
        parts = self.env["ecrm.privacy"].forget(self.partner_id, email or None)
        result = [part_values(part) for part in parts]
        # this one request keeps the address until the last mail
        values = {"result": result, "cursor": cursor, "progress": 50, "attempts": 0}
        self.write({**values, "email": email})
        self._log("erased", by="system")

    def _tell_erased(self):
        """Send the last mail, with the certificate; then nothing names the person."""
        self._close("done", progress=100)
        self._log("done", by="system")
        self._mail_certificate()
        self._forget_names()

    @api.private
    def _forget_names(self):
        """Take everything off requests by which a person could be named."""
        # sudo: the cron does, or who may erase a person
        requests_sudo = self.sudo()
        requests_sudo._remove_files()
        requests_sudo.message_ids.unlink()
        requests_sudo.activity_ids.unlink()
        requests_sudo.write(
            {"partner_id": False, "email": False, "by_user_id": False, "note": False}
        )

    # ------------------------------------------------------------
    # TIME
    # ------------------------------------------------------------

    def _expire(self):
        """Forget who never confirmed, and remove files whose time is up."""
        now = fields.Datetime.now()
        asked_before = now - timedelta(hours=HOURS)
        asked = self.search([("state", "=", "asked"), ("asked_at", "<", asked_before)], limit=1000)
        if asked:
            asked._log("expired", by="system")
            asked._close("expired")
            asked._forget_names()  # the address may be that of a stranger
        stale = self.search([("archive_until", "<", now)], limit=1000)
        stale._remove_files()

    def _remove_files(self):
        """Remove what was made for the person, and what waits to be made."""
        files = self._files()
        with_file = self.filtered("archive_until")
        files.unlink()
        self.write({"archive_until": False, "archive_size": False, "cursor": False})
        with_file._log("removed", by="system")

    def _files(self, *names):
        """Return the files of requests, in their order: the archive and its pages."""
        # sudo: a file of a field that nobody may read; it leaves by its own route alone
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("res_field", "in", names or ("archive", "page", "html")),
                ],
                order="id",
            )
        )

    @api.autovacuum
    def _gc_names(self):
        """Let requests that were closed long ago name nobody any more."""
        before = fields.Datetime.subtract(fields.Datetime.now(), months=KEEP_MONTHS)
        named = ["|", ("partner_id", "!=", False), ("email", "!=", False)]
        requests = self.search([("done_at", "<", before), *named], limit=1000)
        count = len(requests)
        requests._forget_names()
        return count, count == 1000


def part_values(part):
    """Return a part of what was erased or kept as it is stored."""
    values = part._asdict()
    return {**values, "until": values["until"] and fields.Date.to_string(values["until"])}
