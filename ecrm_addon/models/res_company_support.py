import re

from werkzeug.exceptions import NotFound, abort

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.http import request

MENUS = (
    "ecrm_addon.ecrm_request_menu",
    "ecrm_addon.ecrm_request_team_menu",
    "ecrm_addon.mail_canned_response_menu",
)
#: A page of this website or of another one; nothing that a browser would run.
ADDRESS = re.compile(r"(https?://[^/\s\\]+|/(?![/\\]))\S*")
#: Models of other helpdesks: OCA's and Enterprise's have the same name.
OTHER_HELPDESK = "helpdesk.ticket"


class ResCompany(models.Model):
    """Whether customers ask for help here, or by another helpdesk."""

    _inherit = "res.company"

    ecrm_support = fields.Boolean(
        "Support Requests",
        default=True,
        help="Off where another helpdesk answers customers: pages, form and addresses of ours "
        "take no requests.",
        groups="base.group_user",
    )
    ecrm_support_url = fields.Char(
        "Customers Find Help At",
        help="Where customers are led instead, such as /helpdesk. Empty: the page is not found.",
        groups="base.group_user",
    )

    @api.constrains("ecrm_support_url")
    def _check_ecrm_support_url(self):
        for company in self:
            if company.ecrm_support_url and not ADDRESS.fullmatch(company.ecrm_support_url):
                raise ValidationError(
                    self.env._("Enter the address of a page, such as /helpdesk or https://…")
                )

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        companies._ecrm_show_support_menu()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if "ecrm_support" in vals:
            self._ecrm_show_support_menu()
        return result

    def _ecrm_show_support_menu(self):
        """Hide the menus of requests where no company takes any."""
        ids = [self.env["ir.model.data"]._xmlid_to_res_id(menu, False) for menu in MENUS]
        # sudo: who may change a company need not be able to change menus
        menus_sudo = self.env["ir.ui.menu"].sudo().browse(filter(None, ids))
        # sudo: of all companies
        is_used = bool(self.sudo().search_count([("ecrm_support", "=", True)], limit=1))
        menus_sudo.filtered(lambda menu: menu.active != is_used).write({"active": is_used})

    @api.private
    def _ecrm_has_support(self):
        """Return whether this company takes support requests of ours."""
        self.ensure_one()
        # sudo: customers ask, and may not read the setting
        return self.sudo().ecrm_support

    @api.model
    @api.private
    def _ecrm_support_gate(self):
        """Close a page of support requests where another helpdesk answers customers.

        :raise NotFound: support is off, and there is no other address
        :raise HTTPException: a redirection to that address
        """
        company = self.env["website"].get_current_website().company_id
        if company._ecrm_has_support():
            return
        # sudo: visitors may not read the setting, only follow it
        url = company.sudo().ecrm_support_url
        if url and request.httprequest.method in ("GET", "HEAD"):
            abort(request.redirect(url, local=False))
        raise NotFound()
