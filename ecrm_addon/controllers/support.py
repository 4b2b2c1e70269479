from odoo.exceptions import UserError
from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from ..models.ecrm_request_portal import FILTERS, LISTED
from .email_preferences import SIGNED_HEADERS
from .portal import PERSONAL_HEADERS

PAGE = "/my/support"
#: Requests on a page of the list.
STEP = 20
#: What a button of a request's page may do, and what the page says of it then.
ACTS = ("answer", "close", "reopen", "confirm")
#: Bytes of one form: files have limits of their own, this keeps others from being read.
MOST_BYTES = 40 * 2**20


class SupportPortal(CustomerPortal):
    """A customer's own requests: the list, a new one, and the thread of each."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if not counters:  # the page itself, not its badges
            values["ecrm_has_support"] = request.website.company_id._ecrm_has_support()
        elif "ecrm_support_count" in counters:
            # sudo: customers have no right on requests; these are their own
            requests_sudo = request.env["ecrm.request"].sudo()
            domain = requests_sudo._of_user(request.env.user, "open")
            values["ecrm_support_count"] = requests_sudo.search_count(domain)
        return values

    @route(
        [PAGE, f"{PAGE}/page/<int:page>"],
        type="http",
        auth="user",
        ecrm_support=True,
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_my_support(self, page=1, filterby=None, **_kw):
        """List the user's own requests, those that are open unless told otherwise."""
        state = filterby if filterby in FILTERS else "open"
        page = page if isinstance(page, int) else 1  # else it was asked for by a parameter
        # sudo: customers have no right on requests; these are their own
        requests_sudo = request.env["ecrm.request"].sudo()
        domain = requests_sudo._of_user(request.env.user, state)
        total = requests_sudo.search_count(domain)
        pages = pager(PAGE, total, page=page, step=STEP, url_args={"filterby": state})
        found_sudo = requests_sudo.search_fetch(
            domain, LISTED, order="id desc", limit=STEP, offset=pages["offset"]
        )
        return self._ecrm_support_page(
            "portal_my_support", asked=found_sudo, total=total, state=state, pager=pages
        )

    @route(
        f"{PAGE}/new",
        type="http",
        auth="user",
        ecrm_support=True,
        website=True,
        methods=["GET", "POST"],
        readonly=False,
        max_content_length=MOST_BYTES,
    )
    def portal_new_support(self, order=None, **post):
        """Show the form; by POST, ask. A form that is refused comes back as it was."""
        form, user = request.env["ecrm.support.form"], request.env.user
        if request.httprequest.method != "POST":
            about = f"order-{order}" if order else ""
            return self._ecrm_support_new(form._read({"about": about, **post}))
        told = form._read(post)
        if not request.env["ecrm.limits"].allows("support_user", str(user.id)):
            return self._ecrm_support_new(told, is_too_often=True, status=429)
        attached = form._read_files(request.httprequest.files.getlist("files"))
        errors = form._errors(told, attached)
        if errors:
            return self._ecrm_support_new(told, errors=errors, status=422)
        asked_sudo = form._ask_as_user(user, request.website, told, attached)
        return self._ecrm_support_redirect(form._page_url(asked_sudo, done="asked"))

    def _ecrm_support_new(self, told, errors=None, **values):
        choices = request.env["ecrm.support.form"]._choices(request.env.user, told["about"])
        return self._ecrm_support_page(
            "portal_new_support", told=told, errors=errors or {}, choices=choices, **values
        )

    @route(
        f"{PAGE}/<int:asked_id>",
        type="http",
        auth="public",
        ecrm_support=True,
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
        readonly=False,
        max_content_length=MOST_BYTES,
    )
    def portal_one_support(self, asked_id, access_token=None, done=None, **post):
        """Show a request to whose it is, or to who has the key of a mail; by POST, act on it."""
        user = request.env.user
        asked_sudo = request.env["ecrm.request"]._find_own(user, asked_id, access_token)
        if not asked_sudo:
            return self._ecrm_support_absent(asked_id, access_token)
        target_sudo, access_token = asked_sudo._portal_target(user, access_token)
        if target_sudo != asked_sudo and request.httprequest.method != "POST":
            return self._ecrm_support_redirect(self._ecrm_support_url(target_sudo, access_token))
        asked_sudo = target_sudo
        if request.httprequest.method == "POST":
            return self._ecrm_support_act(asked_sudo, access_token, post)
        return self._ecrm_support_show(asked_sudo, access_token, done=done)

    def _ecrm_support_act(self, asked_sudo, token, post):
        """Do what a button says, and lead back to the page."""
        act = post.get("act")
        if act not in ACTS:
            return self._ecrm_support_redirect(self._ecrm_support_url(asked_sudo, token))
        if token:
            # whoever has the key reads the mails of the address, and pressed a button
            asked_sudo._prove()
        if act == "answer" or (act == "reopen" and post.get("question")):
            return self._ecrm_support_answer(asked_sudo, token, post)
        if act == "close":
            asked_sudo._close()
        elif act == "reopen":
            asked_sudo._reopen("customer")
        return self._ecrm_support_redirect(self._ecrm_support_url(asked_sudo, token, done=act))

    def _ecrm_support_answer(self, asked_sudo, token, post):
        form = request.env["ecrm.support.form"]
        told = form._read(post)
        attached = form._read_files(request.httprequest.files.getlist("files"))
        refused = asked_sudo._file_refusals(attached)
        errors = form._text_errors(told["question"])
        errors |= {"files": refused} if refused else {}
        if errors:
            return self._ecrm_support_show(asked_sudo, token, told=told, errors=errors, status=422)
        try:
            asked_sudo._answer_from_page(told["question"], attached)
        except UserError:
            return self._ecrm_support_show(
                asked_sudo, token, told=told, is_too_often=True, status=429
            )
        return self._ecrm_support_redirect(self._ecrm_support_url(asked_sudo, token, done="answer"))

    def _ecrm_support_show(self, asked_sudo, token, told=None, errors=None, **values):
        user = request.env.user
        is_own = bool(asked_sudo._find_own(user, asked_sudo.id))
        return self._ecrm_support_page(
            "portal_one_support",
            headers=PERSONAL_HEADERS if is_own else SIGNED_HEADERS,
            asked=asked_sudo,
            token=token,
            is_own=is_own,
            action=self._ecrm_support_url(asked_sudo, token),
            order=asked_sudo._portal_order(user),
            contact=asked_sudo._portal_contact(),
            told=told or {"question": ""},
            errors=errors or {},
            **values,
        )

    # ------------------------------------------------------------
    # TOOLS
    # ------------------------------------------------------------

    def _ecrm_support_page(self, template, status=200, headers=None, **values):
        values = {
            **self._prepare_portal_layout_values(),
            "page_name": "ecrm_support",
            "is_too_often": False,
            "done": None,
            **values,
        }
        response = request.render(f"ecrm_addon.{template}", values)
        response.status_code = status
        response.headers.update(headers or PERSONAL_HEADERS)
        return response

    def _ecrm_support_absent(self, asked_id, token):
        """Say the same of another one's request as of none; without a login, ask for it."""
        if request.env.user._is_public() and not token:
            return self._ecrm_support_redirect(f"/web/login?redirect={PAGE}/{asked_id}")
        return self._ecrm_support_page("portal_support_absent", 404, SIGNED_HEADERS)

    @staticmethod
    def _ecrm_support_url(asked_sudo, token, **params):
        return request.env["ecrm.support.form"]._page_url(asked_sudo, token, **params)

    @staticmethod
    def _ecrm_support_redirect(url):
        response = request.redirect(url, code=303)
        response.headers.update(SIGNED_HEADERS)
        return response
