from odoo.http import request, route

from odoo.addons.portal.controllers.portal import CustomerPortal

from .email_preferences import read_wishes


class CommunicationPortal(CustomerPortal):
    @route("/my/communication", type="http", auth="user", website=True, methods=["GET"])
    def portal_my_communication(self, **_kw):
        """Lead to where the choices are now: old mails and bookmarks name this address."""
        return request.redirect("/my/privacy#mails", code=303)

    @route("/my/communication", type="http", auth="user", website=True, methods=["POST"])
    def portal_save_communication(self, **post):
        """Take the choices of the user's own address, whoever else a form may name."""
        person = request.env["ecrm.privacy.person"].of_user(request.website.company_id)
        save_mails(person, post, "portal")
        return request.redirect("/my/privacy?saved=mails#mails", code=303)


def save_mails(person, post, page):
    """Take what a form says of e-mails to a person's address, if there is one.

    :param Person person: who was found out to be asking
    :param str page: where it was said, for the ledger
    """
    if not person.email:
        return
    # in superuser mode: the row is the person's own; the mails are those of the shop they are
    # looking at, also where it is another company's than the user
    preference_sudo = request.env["ecrm.email.preference"].of_address(person.email, person.company)
    proof = {"language": request.env.lang, "page": page}
    if page == "portal":
        proof["user"] = request.env.uid
    preference_sudo.choose(
        "preferences", read_wishes(post), website_id=request.website.id, proof=proof
    )
