from datetime import timedelta

from odoo import api, fields, models

from ..lib.email import reference
from ..queries import lock_person

#: Tokens of these purposes confirm an erasure, fetch a file, show a certificate.
CONFIRM, FILE, CERTIFICATE = "ecrm.privacy.confirm", "ecrm.privacy.file", "ecrm.privacy.proof"
#: Hours in which an erasure can be confirmed; then it is forgotten that it was asked.
HOURS = 48
#: Minutes between two downloads of one person.
MINUTES = 60
#: Hours for which a link to a file that a page shows works; the page makes a new one.
FILE_HOURS = 12
#: Days for which a certificate can be looked at without the mail in which it came.
CERTIFICATE_DAYS = 30


class EcrmPrivacyRequest(models.Model):
    """What people ask for by themselves, in the portal or by a link sent to their address.

    Whose request it is follows from the ``Person`` alone (``ecrm.privacy.person``), and what
    a link opens from its signature and from the request it is of.
    """

    _inherit = "ecrm.privacy.request"

    # ------------------------------------------------------------
    # WHOSE
    # ------------------------------------------------------------

    @api.model
    @api.private
    def _of_person(self, person):
        """Return the domain of a person's own requests.

        An address that several contacts share owns what was asked by the address alone.
        """
        own = [("company_id", "=", person.company.id), ("partner_id", "=", person.partner.id)]
        return own if person.partner else [*own, ("email", "=", person.email)]

    @api.model
    @api.private
    def _is_staff(self, person):
        """Return whether a person is an employee: nobody erases a colleague by a button."""
        # sudo: whether somebody works here is all that is read
        users_sudo = person.partner.sudo().with_context(active_test=False).user_ids
        return any(not user.share for user in users_sudo)

    def _for_person(self, person, kind, login=None, **values):
        """Make a request of a person; in the language of the page.

        :param Person person: who asks
        :param res.users login: who is logged in; None: who has a link sent to the address
        :param values: further fields
        """
        # sudo: whoever asks may make a request of their own, and no other
        return self.sudo().create(
            {
                "kind": kind,
                "partner_id": person.partner.id,
                "email": person.email,
                "company_id": person.company.id,
                "website_id": self.env["website"].get_current_website(fallback=False).id,
                "lang": self.env.lang,
                "source": "portal" if login else "link",
                "by_user_id": login.id if login else False,
                **values,
            }
        )

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    @api.model
    @api.private
    def ask_download(self, person, login=None):
        """Let everything we hold about a person be made into a file, in the background.

        One at a time, and one an hour: asking again meanwhile changes nothing.

        :return ecrm.privacy.request: the new one, empty where there was one already
        """
        requests_sudo = self.sudo()  # of the person, see ``_of_person``
        recent = fields.Datetime.now() - timedelta(minutes=MINUTES)
        domain = [("kind", "=", "access"), *self._of_person(person)]
        domain += ["|", ("state", "in", ("todo", "progress"))]
        domain += ["&", ("state", "=", "done"), ("asked_at", ">", recent)]
        key = f"{person.partner.id or person.email}"
        if not self._lock(key) or requests_sudo.search_count(domain, limit=1):
            return requests_sudo.browse()
        request = self._for_person(person, "access", login)
        request._start()
        return request

    def _lock(self, key):
        """Return whether nobody else asks the same just now: a button pressed twice."""
        ((is_alone,),) = self.env.execute_query(lock_person.build(key))
        return is_alone

    @api.model
    @api.private
    def ask_erasure(self, person, login=None):
        """Send the mail that asks to confirm an erasure; nothing else follows from asking.

        Without an address there is nobody to ask: somebody of the company looks at it.

        :return ecrm.privacy.request: the new one, or that which waits already
        """
        requests_sudo = self.sudo()  # of the person, see ``_of_person``
        domain = [("kind", "=", "erase"), *self._of_person(person)]
        waiting = requests_sudo.search([*domain, ("state", "in", ("todo", "progress"))], limit=1)
        if waiting or not self._lock(f"erase {person.partner.id or person.email}"):
            return waiting  # empty where the same is asked at this very moment
        since = fields.Datetime.now() - timedelta(minutes=MINUTES)
        asked = requests_sudo.search([*domain, ("state", "=", "asked")], limit=1)
        if asked and asked.email != (person.email or False):
            # the address was corrected: nobody at the one before may confirm it any more
            asked._log("expired", by="system")
            asked._close("expired")
            asked._forget_names()
            asked = asked.browse()
        if asked and asked.asked_at > since:
            return asked  # the mail went less than an hour ago
        request = asked or self._for_person(person, "erase", login, state="asked")
        request.asked_at = fields.Datetime.now()
        if request.email:
            request._mail_confirm()
        else:
            request._hand_over(request.env._("There is no address to confirm it by."))
        return request

    @api.private
    def confirm(self):
        """Begin an erasure: whoever reads the mails of the address wants it. Once.

        An address that several contacts share cannot speak for all of them.
        """
        self.ensure_one()
        if self.state != "asked":
            return
        self.confirmed_at = fields.Datetime.now()
        self._log("confirmed", by="customer")
        if not self.partner_id and self._contacts_of_address() > 1:
            self._hand_over(self.env._("Several contacts have this address."))
        elif self._is_staff(self._person()):
            self._hand_over(self.env._("An employee's account has this address."))
        else:
            self._start()

    def _contacts_of_address(self):
        if not self.email:
            return 0
        # sudo: how many there are is all that is read
        partners_sudo = self.env["res.partner"].sudo().with_context(active_test=False)
        return partners_sudo.search_count([("email_normalized", "=", self.email)], limit=2)

    @api.model
    @api.private
    def ask_objection(self, person):
        """Note at once that an address objects to profiles.

        :return ecrm.privacy.request: closed; that of before where there is one
        """
        domain = [("kind", "=", "object"), ("state", "=", "done"), *self._of_person(person)]
        since = fields.Datetime.now() - timedelta(minutes=MINUTES)
        # sudo: of the person, see ``_of_person``
        known_sudo = self.sudo().search([*domain, ("asked_at", ">", since)], limit=1)
        # who agreed again meanwhile objects anew
        if known_sudo and not self.env["ecrm.privacy.choices"].is_on(person, "profile"):
            return known_sudo
        request = self._for_person(person, "object")
        request._object(by="customer")
        return request

    def _object(self, by):
        """Write an objection into the ledger of consent, on the contact's or address's key."""
        self.ensure_one()
        identities = self.env["ecrm.identity"].sudo()
        keys = [("partner", str(self.partner_id.id))] if self.partner_id else []
        keys += [("email", self.email)] if self.email else []
        for kind, key in keys:
            identity = identities.search([("kind", "=", kind), ("key", "=", key)], limit=1)
            if not identity:
                partner_id = self.partner_id.id if kind == "partner" else False
                identity = identity.create({"kind": kind, "key": key, "partner_id": partner_id})
            self.env["ecrm.consent"].record(
                identity,
                "refused",
                "profile",
                company_id=self.company_id.id,
                website_id=self.website_id.id,
                source=f"privacy request {self.name}",
                text_version=False,
            )
        self._log("objected", by=by)
        self._close("done", progress=100)

    def _hand_over(self, why):
        """Let somebody of the company look at requests.

        :param str why: must name nobody
        """
        self.write({"state": "todo"})
        self._log("todo", by="system", detail=why)
        self._needs_somebody()

    def _start(self):
        """Let the background job do it, soon."""
        self.write({"state": "progress", "progress": 0, "attempts": 0})
        self._log("started")
        self.env.ref("ecrm_addon.ir_cron_privacy")._trigger()

    # ------------------------------------------------------------
    # LINKS
    # ------------------------------------------------------------

    def _token(self, purpose, expires_at):
        secret = self.env["ecrm.log"]._uid_secret()
        return reference.write(secret, purpose, self.id, int(expires_at.timestamp()))

    @api.model
    @api.private
    def read_token(self, purpose, token):
        """Return the request of a link, as superuser; empty where it is none, or too old."""
        numbers = reference.read(self.env["ecrm.log"]._uid_secret(), purpose, token)
        # sudo: who holds the token may see what it is for
        requests_sudo = self.sudo()
        if not numbers or len(numbers) != 2:
            return requests_sudo.browse()
        if numbers[1] < fields.Datetime.now().timestamp() or numbers[0] > 2**31 - 1:
            return requests_sudo.browse()
        return requests_sudo.browse(numbers[0]).exists()

    def _confirm_path(self):
        expires_at = self.asked_at + timedelta(hours=HOURS)
        return f"/ecrm/privacy/confirm/{self._token(CONFIRM, expires_at)}"

    def _file_path(self):
        """Return a link for a page that the person looks at just now."""
        soon = fields.Datetime.now() + timedelta(hours=FILE_HOURS)
        return f"/ecrm/privacy/file/{self._token(FILE, min(self.archive_until, soon))}"

    def _mailed_file_path(self):
        """Return a link for the mail that tells of the file; it works as long as that is there."""
        return f"/ecrm/privacy/file/{self._token(FILE, self.archive_until)}"

    def _certificate_path(self):
        expires_at = (self.done_at or fields.Datetime.now()) + timedelta(days=CERTIFICATE_DAYS)
        return f"/ecrm/privacy/certificate/{self._token(CERTIFICATE, expires_at)}"

    @api.private
    def read_file(self, token):
        """Return the request whose file a link fetches; empty where there is no file any more."""
        request_sudo = self.read_token(FILE, token)
        until = request_sudo.archive_until
        return request_sudo if until and until > fields.Datetime.now() else request_sudo.browse()

    @api.private
    def may_fetch(self, user):
        """Return whether a user may have the file: what a login asked for is that login's."""
        return self.source != "portal" or (bool(self.by_user_id) and self.by_user_id == user)
