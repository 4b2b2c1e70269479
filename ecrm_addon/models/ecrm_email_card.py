from odoo import api, fields, models

from ..lib.email.engagement import HALF_LIFE
from ..queries import upsert_email_profiles

#: The line of the score goes back half a year.
WEEKS = 26


class EcrmEmailCard(models.AbstractModel):
    """What the tab "Customer 360" says of the mails of one contact, in words and figures.

    Other than scores of customers these are the contact's own: people of one company read
    differently.
    """

    _name = "ecrm.email.card"
    _description = "E-mail Card of a Contact"

    @api.model
    @api.private
    def of(self, partner):
        """Return what is known of a contact and its mails.

        :param res.partner partner: one contact
        :return dict: ``address`` (False: none), ``band``, ``score``, ``hour``, ``next``; what
            is not known is False
        """
        profile = self._profile(partner)
        return {
            "address": partner.email_normalized or False,
            "band": self._band(profile),
            "score": self._score(profile),
            "hour": self._hour(profile, partner),
            "next": self._next(partner.email_normalized),
        }

    def _profile(self, partner):
        """Return the row of this company; of none, where it never wrote to the contact."""
        profiles = self.env["ecrm.email.profile"].search(
            [("partner_id", "=", partner.id), ("company_id", "in", [False, self.env.company.id])]
        )
        return profiles.sorted(lambda profile: not profile.company_id)[:1]

    def _band(self, profile):
        if not profile:
            return False
        bands = dict(profile._fields["band"]._description_selection(self.env))
        counts = self.env._(
            "In 180 days: %(received)s received, %(opened)s opened, %(clicked)s clicked.",
            received=profile.received_count,
            opened=profile.opened_count,
            clicked=profile.clicked_count,
        )
        return {"name": bands[profile.band], "why": f"{counts} {self._last_click(profile)}"}

    def _last_click(self, profile):
        if not profile.last_human_click_at:
            return self.env._("Never clicked.")
        days = (fields.Datetime.now() - profile.last_human_click_at).days
        if days <= 0:
            return self.env._("Last click less than a day ago.")
        if days == 1:
            return self.env._("Last click one day ago.")
        return self.env._("Last click %s days ago.", days)

    def _score(self, profile):
        """Return the score now, and how it came to be: one value for each week until now."""
        if not profile or profile.score is False:
            return False
        query = upsert_email_profiles.history(profile.partner_id.id, self.env.company.id, WEEKS)
        return {
            "value": profile.score,
            "why": self.env._(
                "As of now. Opens, clicks, replies and orders add to it, spam reports and bounces "
                "take from it; each counts half after %s days.",
                HALF_LIFE,
            ),
            "weeks": [row[0] for row in self.env.execute_query(query)],
        }

    def _hour(self, profile, partner):
        """Return the best hour of the contact's own day, else that of all customers."""
        if profile and profile.best_hour is not False:
            # sudo: the time zone of a company is no secret
            zone = partner.tz or profile.company_id.sudo().partner_id.tz or "UTC"
            why = self.env._("Most clicks by hand in a year (%s).", zone)
            return {"value": profile.best_hour, "why": why}
        hour = self.env["ecrm.email.profile"].company_hour()
        if hour is None:
            return False
        why = self.env._("The hour of all customers: this contact clicked less than five times.")
        return {"value": hour, "why": why}

    def _next(self, address):
        """Return from when on mailings may go to an address, and why not before."""
        if not address:
            return False
        limits = self.env["ecrm.email.limits"]
        at, why = limits.next_send(address)
        return {
            "at": fields.Datetime.to_string(at) if at else False,
            "is_now": bool(at and at <= fields.Datetime.now()),
            "why": limits.tell(why) if why else self.env._("Nothing holds mailings back."),
        }
