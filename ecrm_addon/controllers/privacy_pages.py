"""What the pages about a person's own data have in common, with a login and without."""

from odoo.exceptions import UserError
from odoo.http import request

from .email_preferences import SIGNED_HEADERS


def answer(template, status=200, headers=None, **values):
    """Return a page that is kept by nobody.

    :param dict headers: None: those of a page behind a signed link
    """
    response = request.render(f"ecrm_addon.{template}", values)
    response.status_code = status
    response.headers.update(headers or SIGNED_HEADERS)
    return response


def absent():
    """Return what everybody gets whose link is cut off, too old, or another person's."""
    return answer("privacy_absent", 404)


def erase_page(person, action, login=None, headers=None):
    """Ask before an erasure; by POST, send the mail that asks to confirm it.

    What there is to erase stands in dozens of tables. The page comes without it, and asks for
    itself with ``list=1``, by a script or a link.

    :param Person person: whose data it is
    :param str action: address of the page that this one is below of
    :param res.users login: who is logged in
    """
    requests = request.env["ecrm.privacy.request"]
    values = {
        "action": f"{action}/erase",
        "back": action,
        "company": person.company,
        "is_staff": requests._is_staff(person),
        "asked": None,
        "parts": None,
        "is_too_often": False,
    }
    # sudo: it is the person's own data of which the kinds are told
    engine_sudo = request.env["ecrm.privacy"].sudo()
    try:
        if values["is_staff"]:
            pass  # the page says whom to ask instead
        elif request.httprequest.method == "POST":
            values["asked"] = requests.ask_erasure(person, login)
        elif request.httprequest.args.get("list") == "1":
            key = str(person.partner.id or person.email)
            if request.env["ecrm.limits"].allows("privacy_list", key):
                values["parts"] = engine_sudo.preview(person.partner, person.email or None)
            else:
                values["is_too_often"] = True
    except UserError:
        values["is_staff"] = True  # such as the contact of the company itself
    return answer("privacy_erase", headers=headers, **values)
