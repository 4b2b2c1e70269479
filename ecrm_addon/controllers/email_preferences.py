from odoo import http
from odoo.http import request
from odoo.tools import str2bool

from .portal import PERSONAL_HEADERS

#: A page behind a signed link tells nobody where it is: no cache, no search engine, no referrer.
SIGNED_HEADERS = {
    **PERSONAL_HEADERS,
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
#: Wishes that are one number or word each.
PAUSES = ("0", "30", "60", "90")


class EmailPreferences(http.Controller):
    """Where the links in mailings lead to, without a login.

    A GET never changes anything: programs that check mails follow every link. Whoever has no
    valid token gets the same answer as for one whose row is gone.
    """

    @http.route(
        "/ecrm/u/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,  # a mail program has no session; the token is the right to it (RFC 8058)
        save_session=False,
        readonly=False,
    )
    def one_click(self, token, **_post):
        """Unsubscribe from the topic of a mail: what ``List-Unsubscribe-Post`` calls."""
        told = self._told(token)
        if not told:
            return self._plain(404)
        proof = {"method": "RFC 8058", "mailing": told.mailing_id or None}
        told.preference.unsubscribe("one-click", told, proof=proof)
        return self._plain(200)

    @http.route(
        "/ecrm/u/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def ask(self, token, **_kw):
        """Show what the link is about, and a button."""
        told = self._told(token)
        if not told:
            return self._absent()
        return self._page("ecrm_addon.email_unsubscribe", token, told, done=False)

    @http.route(
        "/ecrm/u/<string:token>/confirm",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        sitemap=False,
    )
    def unsubscribe(self, token, **_post):
        """Unsubscribe from the topic of a mail by the button."""
        told = self._told(token)
        if not told:
            return self._absent()
        told.preference.unsubscribe("preferences", told, **self._context())
        return self._page("ecrm_addon.email_unsubscribe", token, told, done=True)

    @http.route(
        "/ecrm/preferences/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
        readonly=False,
    )
    def preferences(self, token, **post):
        """Show the choices of an address; by POST, take them."""
        told = self._told(token)
        if not told:
            return self._absent()
        is_saved = request.httprequest.method == "POST"
        if is_saved:
            told.preference.choose("preferences", read_wishes(post), told, **self._context())
        return self._page("ecrm_addon.email_preferences", token, told, is_saved=is_saved)

    # ------------------------------------------------------------
    # TOOLS
    # ------------------------------------------------------------

    @staticmethod
    def _told(token):
        return request.env["ecrm.email.preference"].read_token(token)

    @staticmethod
    def _context():
        return {
            "website_id": request.website.id,
            "proof": {"language": request.env.lang, "page": "signed link"},
        }

    @staticmethod
    def _page(template, token, told, **values):
        values |= {
            "company": told.preference.company_id,
            "topic": told.topic,
            "address": mask(told.preference.email_normalized),
            "choices": told.preference.choices(),
            "frequencies": told.preference.frequencies(),
            "action": f"/ecrm/preferences/{token}",
            "confirm": f"/ecrm/u/{token}/confirm",
        }
        response = request.render(template, values)
        response.headers.update(SIGNED_HEADERS)
        return response

    @staticmethod
    def _absent():
        response = request.render("ecrm_addon.email_absent", {})
        response.status_code = 404
        response.headers.update(SIGNED_HEADERS)
        return response

    @staticmethod
    def _plain(status):
        return request.make_response("", [*SIGNED_HEADERS.items()], status=status)


def read_wishes(post):
    """Return what a form of preferences says, see ``ecrm.email.preference.choose``.

    Whatever else somebody sends is left out; ids of topics are held against the company's.

    :param dict post: ``topic_<id>``, ``often_<id>`` (of one topic), ``frequency``, ``pause``,
        ``unmeasured``, ``everything_off``
    """
    if post.get("everything_off"):
        return {"topic_ids": set()}
    pause = post.get("pause")
    return {
        "topic_ids": set(_read_ids(post, "topic_")),
        "topic_frequencies": _read_ids(post, "often_"),
        "frequency": post.get("frequency"),
        "pause_days": int(pause) if pause in PAUSES else None,
        # a box that asks not to be measured is ticked to object
        "measure": not str2bool(post.get("unmeasured") or "0", False),
    }


def _read_ids(post, prefix):
    """Return what a form says of each id: the rest of a name that begins with a prefix."""
    told = {name.removeprefix(prefix): post[name] for name in post if name.startswith(prefix)}
    return {int(number): value for number, value in told.items() if is_id(number)}


def is_id(text):
    """Return whether a text is a number that can be an id."""
    return text.isascii() and text.isdecimal() and len(text) < 10


def mask(address):
    """Return an address so that its owner recognises it and others learn little: a***@x.org."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***@{host}" if at else ""
