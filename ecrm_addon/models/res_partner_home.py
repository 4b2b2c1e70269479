from odoo import fields, models
from odoo.tools.misc import format_date, formatLang

#: More records than this are not counted: the card says that there are more.
COUNTED = 1000
#: A browser that tells nothing of itself, see ``ecrm.door.portal_visit``.
NO_VISIT = {"state": "none", "consent_id": None, "keeps_stock": False}


class ResPartner(models.Model):
    """What the cards on a customer's home page say: as much as fits in two lines.

    Each is as true as the page behind it, and costs a query or two, whatever there is.
    """

    _inherit = "res.partner"

    def _ecrm_home_cards(self, website, visit=None):
        """Return what the cards say to this person.

        :param website website: on which they are shown; mails are those of its company
        :param dict visit: the browser at hand, as ``ecrm.door.portal_visit`` tells it
        :return dict: ``loyalty`` (a dict, or None where a shop has nothing of the kind),
            ``activity`` and ``privacy`` (texts)
        """
        self.ensure_one()
        return {
            "loyalty": self._ecrm_home_loyalty(),
            "activity": self._ecrm_home_activity(website),
            "privacy": self._ecrm_home_privacy(website, visit or NO_VISIT),
        }

    # ------------------------------------------------------------
    # LOYALTY
    # ------------------------------------------------------------

    def _ecrm_home_loyalty(self):
        """Return where the customer stands: ``standing`` and ``hint`` in words, and, where there
        is a next level, ``next``, ``progress`` (percent) and ``missing``.
        """
        profile_sudo = self._ecrm_portal_profile_sudo()
        standing = [profile_sudo.tier_id.display_name] if profile_sudo.tier_id else []
        standing += self._ecrm_home_points()
        hint = self._ecrm_portal_keep_text(profile_sudo) or self._ecrm_portal_start(profile_sudo)
        if not standing and not hint:
            return None
        upcoming = profile_sudo.tier_id and profile_sudo.next_tier_id
        return {
            "standing": " · ".join(standing),
            "hint": hint,
            "next": upcoming and upcoming.display_name,
            "progress": int(profile_sudo.tier_progress or 0) if upcoming else 0,
            "missing": self._ecrm_portal_missing(profile_sudo) if upcoming else "",
        }

    def _ecrm_home_points(self):
        """Return what this person has besides a level, in words; a bridge knows of points."""
        return []

    # ------------------------------------------------------------
    # ACTIVITY
    # ------------------------------------------------------------

    def _ecrm_home_activity(self, website):
        count = self._ecrm_home_count(website)
        if not count:
            return self.env._("Nothing yet. Your next visit or order will be the first entry.")
        if count == 1:
            return self.env._("We hold one record of what you did or got")
        if count <= COUNTED:
            number = formatLang(self.env, count, digits=0)
            return self.env._("We hold %s records of what you did or got", number)
        number = formatLang(self.env, COUNTED, digits=0)
        return self.env._("We hold more than %s records of what you did or got", number)

    def _ecrm_home_count(self, website):
        """Return how much the page of one's own history tells, up to one too many."""
        company = website.company_id or self.env.company
        return self.env["ecrm.activity"]._count(self, COUNTED + 1, company)

    # ------------------------------------------------------------
    # PRIVACY
    # ------------------------------------------------------------

    def _ecrm_home_privacy(self, website, visit):
        company = self.env["res.company"].browse(website._ecrm_settings()["company_id"])
        person = self.env["ecrm.privacy.person"].of_user(company)
        measured = self.env._("visits not measured")
        if self.env["ecrm.privacy.choices"].is_recorded(person, visit):
            measured = self.env._("visits measured")
        elif visit["keeps_stock"]:
            measured = self.env._("pages you open are noted")
        return f"{self._ecrm_home_mails(person)} · {measured}"

    def _ecrm_home_mails(self, person):
        """Return in words of how many topics a person gets mails."""
        if not person.email and self.email_normalized:
            return self.env._("Your e-mail address is also another customer's")
        if not person.email:
            return self.env._("We do not know your e-mail address")
        mails = self.env["ecrm.email.preference"].in_short(person.email, person.company)
        if mails["held"]:
            return self.env._("No news or offers at present")
        if mails["paused_until"]:
            day = fields.Datetime.context_timestamp(self, mails["paused_until"]).date()
            return self.env._("Paused until %s", format_date(self.env, day, date_format="long"))
        if not mails["on"]:
            return self.env._("No e-mails with news or offers")
        if mails["of"] == 1:
            return self.env._("E-mails with news and offers on")
        return self.env._("%(on)s of %(all)s topics on", on=mails["on"], all=mails["of"])
