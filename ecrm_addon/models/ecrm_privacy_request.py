from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize

KINDS = [
    ("access", "Download of all data"),
    ("erase", "Erasure"),
    ("object", "Objection to profiles"),
    ("rectify", "Correction"),
]
STATES = [
    ("asked", "To be confirmed by mail"),
    ("todo", "To do"),
    ("progress", "In progress"),
    ("done", "Done"),
    ("refused", "Refused"),
    ("expired", "Not confirmed in time"),
]
SOURCES = [
    ("portal", "Customer portal"),
    ("link", "Link sent to the address"),
    ("back_office", "Back office"),
    ("letter", "Letter"),
    ("phone", "Phone"),
]
OPEN = ("asked", "todo", "progress")
#: Days to answer a request (GDPR art. 12(3): one month), and by how many it can be prolonged
#: where it is complex (two further months), if the person is told why within the first.
DAYS = 30
PROLONGED_DAYS = 60
#: What the back office may say of a request; all else follows from what is done.
EDITABLE = {"user_id", "note", "partner_id", "email", "lang"}
GIVEN = EDITABLE | {"kind", "source", "asked_at", "company_id"}


class EcrmPrivacyRequest(models.Model):
    """What a person asks for by the law: her data, to be forgotten, not to be profiled.

    ======== ===================================================================
    state    what comes next
    ======== ===================================================================
    asked    an erasure waits for the confirmation by mail, 48 hours at most
    todo     somebody of the company has to look at it
    progress the job in the background does it
    done     what became of it stands in ``result``
    refused  the person was told why
    expired  nobody confirmed it: it may not have been the person
    ======== ===================================================================

    A request outlives the person whom it asks to forget, and then names nobody: contact,
    address, notes and chatter go, the number, the dates and the audit trail
    (``ecrm.privacy.request.event``) stay.
    """

    _name = "ecrm.privacy.request"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Privacy Request"
    _order = "due_date, id"

    name = fields.Char("Number", required=True, readonly=True, copy=False, default="/")
    kind = fields.Selection(KINDS, required=True, default="access")
    state = fields.Selection(
        STATES, required=True, readonly=True, default="todo", index=True, group_expand=True
    )
    # no cascade and no unique key: a contact merge moves these rows and loses none
    partner_id = fields.Many2one(
        "res.partner", "Contact", ondelete="set null", index="btree_not_null"
    )
    email = fields.Char("Address", index="btree_not_null", help="Empty once it is erased.")
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    website_id = fields.Many2one("website", ondelete="set null", readonly=True)
    lang = fields.Char("Language", readonly=True)
    source = fields.Selection(SOURCES, required=True, default="back_office")
    by_user_id = fields.Many2one(
        "res.users",
        "Asked by Login",
        ondelete="set null",
        index="btree_not_null",
        readonly=True,
        help="Who alone may fetch what was made, with their login.",
    )
    asked_at = fields.Datetime("Asked", required=True, default=fields.Datetime.now)
    confirmed_at = fields.Datetime("Confirmed", readonly=True)
    due_date = fields.Date("Due", readonly=True, index=True)
    is_prolonged = fields.Boolean("Prolonged", readonly=True)
    is_overdue = fields.Boolean(
        "Overdue", compute="_compute_is_overdue", search="_search_is_overdue"
    )
    user_id = fields.Many2one(
        "res.users",
        "Assigned to",
        ondelete="set null",
        index="btree_not_null",
        domain="[('share', '=', False)]",
    )
    done_at = fields.Datetime("Closed", readonly=True)
    progress = fields.Integer(readonly=True, help="Percent of what is done in the background.")
    attempts = fields.Integer(readonly=True, help="How often the background job failed.")
    result = fields.Json(readonly=True, help="What was erased, and what is kept on which law.")
    cursor = fields.Json(readonly=True, help="How far a download is made.")
    note = fields.Text("Notes", help="For the back office. Goes when the person is erased.")
    # not even a manager reads the file of another person: companies they do not see are in it
    archive = fields.Binary(readonly=True, attachment=True, groups=fields.NO_ACCESS)
    archive_size = fields.Integer("Size of the File", readonly=True)
    archive_until = fields.Datetime("File is kept until", readonly=True)
    result_text = fields.Text("Erased and kept", compute="_compute_result_text")
    event_ids = fields.One2many("ecrm.privacy.request.event", "request_id", "Audit Trail")

    # what the cron asks every few minutes
    _working_idx = models.Index("(id) WHERE state IN ('asked', 'progress')")

    # ------------------------------------------------------------
    # COMPUTE
    # ------------------------------------------------------------

    @api.depends("due_date", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for request in self:
            is_late = bool(request.due_date and request.due_date < today)
            request.is_overdue = is_late and request.state in OPEN

    @api.depends("result")
    def _compute_result_text(self):
        actions = self._action_words()
        for request in self:
            request.result_text = "\n".join(
                f"{part['label']} ({part['count']}): {actions.get(part['action'], part['action'])}"
                + (f" - {part['reason']}" if part["reason"] else "")
                for part in request.result or ()
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain("due_date", "<", fields.Date.context_today(self))
        late &= Domain("state", "in", OPEN)
        return late if True in value else ~late

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        is_by_hand = not self.env.su
        if is_by_hand:
            vals_list = [
                {name: value for name, value in vals.items() if name in GIVEN} for vals in vals_list
            ]
        for vals in vals_list:
            self._complete(vals, is_by_hand)
        # who asks follows nothing, and the chatter of a new request is empty
        quiet = self.with_context(mail_create_nosubscribe=True, mail_create_nolog=True)
        requests = super(EcrmPrivacyRequest, quiet).create(vals_list).with_env(self.env)
        requests._log("asked", by="user" if is_by_hand else "customer")
        if is_by_hand:
            requests._needs_somebody()
        return requests

    def _complete(self, vals, is_by_hand):
        """Fill in what follows: number, due date, address, contact, assignee."""
        company = self.env["res.company"].browse(vals.get("company_id")) or self.env.company
        asked_at = fields.Datetime.to_datetime(vals.get("asked_at")) or fields.Datetime.now()
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        email = vals.get("email") or partner.email_normalized or ""
        if is_by_hand:
            partner.check_access("read")
            if not partner and email:
                persons = self.env["ecrm.privacy.person"]
                person = persons.of_email(email_normalize(email) or "", company)
                vals["partner_id"] = person.partner.id
        # sudo: whoever makes a request need not be allowed to count
        sequence_sudo = self.env["ir.sequence"].sudo()
        vals.update(
            name=sequence_sudo.next_by_code("ecrm.privacy.request") or "/",
            due_date=asked_at.date() + timedelta(days=DAYS),
            email=email_normalize(email) or False,
        )
        vals.setdefault("user_id", company._ecrm_privacy_user().id)

    def write(self, vals):
        if not self.env.su and not vals.keys() <= EDITABLE:
            raise AccessError(
                self.env._("Of a request only the contact, the assignee and notes are edited.")
            )
        if not self.env.su and vals.keys() & {"partner_id", "email"}:
            self._check_who_may_change(vals)
        if "email" in vals:
            vals = {**vals, "email": email_normalize(vals["email"] or "") or False}
        result = super().write(vals)
        if "user_id" in vals:
            self._log("assigned", user=self.user_id)
        return result

    def _check_who_may_change(self, vals):
        """Refuse to let a request become another person's once something was done for it."""
        if any(request.state != "todo" or request.confirmed_at for request in self):
            raise AccessError(self.env._("Whose request it is cannot be changed any more."))
        self.env["res.partner"].browse(vals.get("partner_id")).check_access("read")

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise AccessError(self.env._("A request is never deleted: it is proof."))

    # ------------------------------------------------------------
    # AUDIT TRAIL
    # ------------------------------------------------------------

    def _log(self, what, by=None, detail=None, user=None):
        """Append a line to the trail of each request.

        :param str what: of ``WHAT``
        :param str by: customer, user or system; None: the user, else the system
        :param str detail: must name nobody
        :param res.users user: an employee whom it is about
        """
        by = by or ("system" if self.env.user._is_superuser() else "user")
        # sudo: lines are written by what is done, never by hand
        self.env["ecrm.privacy.request.event"].sudo().create(
            [
                {
                    "request_id": request.id,
                    "what": what,
                    "by": by,
                    "user_id": self.env.uid if by == "user" else False,
                    "about_user_id": user.id if user else False,
                    "detail": detail,
                }
                for request in self
            ]
        )

    # ------------------------------------------------------------
    # THE BACK OFFICE
    # ------------------------------------------------------------

    def _needs_somebody(self):
        """Put open requests before their assignee, in the list of activities."""
        for request in self.filtered("user_id"):
            words = request.with_context(lang=request.user_id.lang)
            # a number names nobody, so that it may stay for ever
            request.activity_schedule(
                "ecrm_addon.mail_activity_type_privacy",
                date_deadline=request.due_date,
                user_id=request.user_id.id,
                summary=words.env._("Privacy request %s", request.name),
            )

    @api.model
    def _remove_activities(self):
        """Remove all activities about requests, when the addon goes."""
        activities = self.env["mail.activity"].with_context(active_test=False)
        activities.search([("res_model", "=", self._name)]).unlink()

    def _close(self, state, **values):
        """Write that requests are closed, and how; nobody has to look at them any more."""
        self.write({"state": state, "done_at": fields.Datetime.now(), **values})
        # sudo: of whomever they are
        self.sudo().activity_ids.unlink()

    def _check_open(self):
        """Refuse what cannot be done (any more).

        :raise AccessError: if the user is no eCRM manager
        :raise UserError: if a request is closed
        """
        if not self.env.user.has_group("ecrm_addon.group_ecrm_manager"):
            raise AccessError(self.env._("Only an eCRM manager answers privacy requests."))
        self.check_access("write")
        if any(request.state not in OPEN for request in self):
            raise UserError(self.env._("This request is closed already."))

    def _check_whose(self):
        """Refuse to do anything for nobody, or for an address that may be several people's.

        :raise UserError: if the contact has to be chosen first
        """
        for request in self:
            if not (request.partner_id or request.email):
                raise UserError(self.env._("Choose the contact first, or type the address."))
            if not request.partner_id and request._contacts_of_address():
                raise UserError(
                    self.env._("Contacts have this address: choose whose data it is about.")
                )
            request.partner_id.check_access("read")

    def action_assign_to_me(self):
        """Button: take care of it."""
        self._check_open()
        self.user_id = self.env.user

    def action_build(self):
        """Button: make the file with everything we hold, and tell the person."""
        self._check_open()
        self._check_whose()
        for request in self.filtered("partner_id"):
            # the file goes to the address, wherever the request came from
            if request.email and request.email != request.partner_id.email_normalized:
                raise UserError(
                    self.env._("The address is not that of the contact: correct one of them first.")
                )
        # sudo: checked above
        self.sudo()._start()

    def action_object(self):
        """Button: note that the person objects to profiles."""
        self._check_open()
        self._check_whose()
        for request_sudo in self.sudo():
            request_sudo._object(by="user")

    def action_done(self):
        """Button: it was answered by hand, such as a correction."""
        self._check_open()
        self._log("done")
        self.sudo()._close("done", progress=100)

    def action_open_contact(self):
        """Button: look at the contact."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "view_mode": "form",
        }
