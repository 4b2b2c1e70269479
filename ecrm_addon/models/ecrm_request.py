import uuid

from odoo import api, fields, models
from odoo.tools import email_normalize

SOURCES = [
    ("portal", "Customer portal"),
    ("website", "Website form"),
    ("email", "E-mail"),
    ("chat", "Live chat"),
    ("back_office", "Back office"),
]
PRIORITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")]


def _in_one_line(subject):
    """Return a subject without line breaks: no mail leaves with one in its header."""
    return " ".join(subject.split())


class EcrmRequest(models.Model):
    """A customer's question to the company, until it is solved.

    The thread is Odoo's own chatter: what both sides wrote, by mail or on the portal, stands
    there. Whose it is follows from ``partner_id``, or from ``email`` where nobody is known yet.

    ======================== ========================================================
    what happens             what changes by itself
    ======================== ========================================================
    the customer writes      waits since then; a waiting or closed one is in progress
    staff write to customers the first answer is noted; the customer waits no more
    a closed stage is set    when it was closed; if solved, the customer is asked how
    an open stage is set     it counts as reopened
    ======================== ========================================================
    """

    _name = "ecrm.request"
    _inherit = ["portal.mixin", "mail.thread.cc", "mail.activity.mixin"]
    _description = "Support Request"
    _order = "priority desc, id desc"
    _mail_post_access = "read"
    _primary_email = "email"
    _rec_names_search = ("number", "name", "email")

    name = fields.Char("Subject", required=True, tracking=True)
    number = fields.Char(required=True, readonly=True, copy=False, default="/", index="trigram")
    description = fields.Html("Question", sanitize_attributes=True, sanitize_style=True)
    # no cascade and no unique key: a contact merge moves these rows and loses none
    partner_id = fields.Many2one(
        "res.partner", "Customer", ondelete="set null", index="btree_not_null", tracking=True
    )
    email = fields.Char(
        "Address", index="btree_not_null", help="By which the customer asked, normalized."
    )
    is_proved = fields.Boolean(
        "Address Confirmed",
        readonly=True,
        default=True,
        help="Whoever asked has this login or opened the link in a mail to the address. "
        "Without that, nobody sees the request in the portal.",
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    website_id = fields.Many2one("website", ondelete="set null", readonly=True)
    lang = fields.Char("Language", help="Of the customer, such as fr_FR.")
    source = fields.Selection(SOURCES, required=True, readonly=True, default="back_office")
    team_id = fields.Many2one(
        "ecrm.request.team",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('company_id', '=', company_id)]",
        tracking=True,
    )
    user_id = fields.Many2one(
        "res.users",
        "Assigned to",
        ondelete="set null",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        tracking=True,
    )
    stage_id = fields.Many2one(
        "ecrm.request.stage",
        ondelete="restrict",
        required=True,
        index=True,
        group_expand="_group_expand_stages",
        default=lambda self: self.env["ecrm.request.stage"].search([], limit=1),
        tracking=True,
    )
    is_closed = fields.Boolean("Is Closed", related="stage_id.is_closed", store=True, index=True)
    priority = fields.Selection(PRIORITIES, default="1", index=True)
    order_id = fields.Many2one(
        "sale.order", "About the Order", ondelete="set null", index="btree_not_null"
    )
    product_id = fields.Many2one(
        "product.product", "About the Product", ondelete="set null", index="btree_not_null"
    )
    opened_at = fields.Datetime("Asked", default=fields.Datetime.now, readonly=True, index=True)
    answered_at = fields.Datetime("First Answer", readonly=True)
    closed_at = fields.Datetime("Closed", readonly=True)
    customer_wrote_at = fields.Datetime(
        "Waits since", readonly=True, help="When the customer wrote and nobody answered yet."
    )
    reopened = fields.Integer("Times Reopened", readonly=True)
    color = fields.Integer()
    active = fields.Boolean(default=True)

    @api.model
    def _group_expand_stages(self, stages, domain):
        return stages.search([])

    @api.model_create_multi
    def create(self, vals_list):
        # sudo: whoever asks need not be allowed to count
        sequence_sudo = self.env["ir.sequence"].sudo()
        for vals in vals_list:
            vals["number"] = sequence_sudo.next_by_code("ecrm.request") or "/"
            vals["email"] = email_normalize(vals.get("email") or "") or vals.get("email")
            if vals.get("name"):
                vals["name"] = _in_one_line(vals["name"])
            vals.setdefault("opened_at", fields.Datetime.now())
            vals.setdefault("customer_wrote_at", vals["opened_at"])
            # the key in the mails; made here, so that no page has to write
            vals.setdefault("access_token", str(uuid.uuid4()))
        requests = super().create(vals_list)
        requests.filtered("is_closed")._note_closed()
        return requests

    def write(self, vals):
        if vals.get("email"):
            vals = {**vals, "email": email_normalize(vals["email"]) or vals["email"]}
        if vals.get("name"):
            vals = {**vals, "name": _in_one_line(vals["name"])}
        self._change_keys(vals)
        if "stage_id" not in vals:
            return super().write(vals)
        closed = self.filtered("is_closed")
        result = super().write(vals)
        (self - closed).filtered("is_closed")._note_closed()
        closed.filtered(lambda request: not request.is_closed)._note_reopened()
        return result

    def _change_keys(self, vals):
        """Close the links of requests that become another customer's to whom they were before.

        A contact who is found to be the one of the address keeps the link that it was sent.
        """
        if not {"partner_id", "email"} & vals.keys():
            return
        # sudo: who writes the request need not see the contact
        partner_sudo = self.env["res.partner"].sudo().browse(vals.get("partner_id") or ())
        for request in self:
            email = vals.get("email", request.email)
            is_moved = request.email and email != request.email
            is_anothers = partner_sudo and partner_sudo != request.partner_id
            if is_anothers and not request.partner_id:
                is_anothers = bool(email) and partner_sudo.email_normalized != email
            if is_moved or is_anothers:
                request.access_token = str(uuid.uuid4())

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for request in self:
            request.access_url = f"/my/support/{request.id}"
        return result

    @api.depends("number", "name")
    def _compute_display_name(self):
        for request in self:
            request.display_name = f"[{request.number}] {request.name}"

    # ------------------------------------------------------------
    # OPEN AND CLOSED
    # ------------------------------------------------------------

    @api.private
    def _close(self):
        """Close requests as solved; what is closed already stays as it is."""
        self.filtered(lambda request: not request.is_closed).write({"stage_id": self._solved().id})

    @api.private
    def _reopen(self, by):
        """Bring requests back to work that are closed or wait for the customer.

        :param str by: "customer" or "staff", for the trail
        """
        stage = self._in_progress()
        for request in self:
            if request.is_closed or request.stage_id.is_waiting:
                if request.is_closed and by == "customer":
                    request._message_log(body=request.env._("Reopened by the customer."))
                request.stage_id = stage

    @api.model
    def _solved(self):
        """Return the stage of what is solved: ours, or the first closed one of the company's."""
        stage = self.env.ref("ecrm_addon.request_stage_solved", raise_if_not_found=False)
        if stage and stage.is_closed:
            return stage
        return self.env["ecrm.request.stage"].search([("is_closed", "=", True)], limit=1)

    @api.model
    def _in_progress(self):
        """Return the stage of what is worked on: ours, or the first open one."""
        stage = self.env.ref("ecrm_addon.request_stage_progress", raise_if_not_found=False)
        if stage and not (stage.is_closed or stage.is_waiting):
            return stage
        domain = [("is_closed", "=", False), ("is_waiting", "=", False)]
        return self.env["ecrm.request.stage"].search(domain, limit=1)

    def _is_solved(self):
        """Return whether a request was closed as solved, and not given up."""
        return self.is_closed and not self.stage_id.is_cancelled

    def _note_closed(self):
        self.filtered(lambda request: not request.closed_at).closed_at = fields.Datetime.now()
        self.write({"customer_wrote_at": False})
        if self.env.context.get("ecrm_later"):
            return  # an import: nobody is asked of what was long ago
        solved = self.filtered(lambda request: request._is_solved())
        # sudo: whoever closes need not have rights on what customers say of it
        self.env["ecrm.feedback"].sudo()._ask_about(solved)

    def _note_reopened(self):
        for reopened, requests in self.grouped("reopened").items():
            requests.write({"reopened": reopened + 1, "closed_at": False})

    # ------------------------------------------------------------
    # WHO WROTE
    # ------------------------------------------------------------

    def _message_post_after_hook(self, message, msg_values):
        result = super()._message_post_after_hook(message, msg_values)
        if message.message_type in ("comment", "email") and self._is_public_message(msg_values):
            # sudo: who may write in the thread may let it be noted
            if self._is_by_staff(message.author_id):
                self.sudo()._note_answer()
            else:
                self.sudo()._note_customer_wrote()
        return result

    def _is_public_message(self, msg_values):
        """Return whether customers read a message: it is no internal note."""
        comment_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment")
        return msg_values.get("subtype_id") == comment_id and not msg_values.get("is_internal")

    def _is_by_staff(self, author):
        """Return whether an author answers here; an employee who asks is a customer."""
        return bool(author) and not author.partner_share and author != self.partner_id

    def _note_answer(self):
        values = {"customer_wrote_at": False}
        if not self.answered_at:
            values["answered_at"] = fields.Datetime.now()
        self.write(values)

    def _note_customer_wrote(self):
        self._reopen("customer")
        if not self.customer_wrote_at:
            self.customer_wrote_at = fields.Datetime.now()
