from odoo import api, fields, models

SOURCES = [
    ("portal", "Customer portal"),
    ("website", "Website form"),
    ("email", "E-mail"),
    ("chat", "Live chat"),
    ("back_office", "Back office"),
]
PRIORITIES = [("0", "Low"), ("1", "Normal"), ("2", "High"), ("3", "Urgent")]


class EcrmRequest(models.Model):
    """A customer's question to the company, until it is solved.

    The thread is Odoo's own chatter: what both sides wrote, by mail or on the portal, stands
    there. Whose it is follows from ``partner_id``, or from ``email`` where nobody is known yet.
    """

    _name = "ecrm.request"
    _inherit = ["portal.mixin", "mail.thread.cc", "mail.activity.mixin"]
    _description = "Support Request"
    _order = "priority desc, id desc"
    _mail_post_access = "read"
    _primary_email = "email"

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
        return super().create(vals_list)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for request in self:
            request.access_url = f"/my/support/{request.id}"
        return result
