import hashlib

from odoo import api, models

#: An event of the tracker: the page had a place for recommendations. Its properties are
#: ``place`` (of the page) and ``group`` (shown or held_out).
SHOWN = "recommended"
#: An event of the tracker: a recommendation was followed; ``place`` and ``product``.
CLICKED = "recommended_click"
#: Links of recommendations carry the place under this parameter.
PARAMETER = "ecrm_rec"
#: Places that may stand in links and events.
PLACES = ("home", "product", "cart", "snippet", "mail")
#: Parts into which people are cut.
PARTS = 10_000


class EcrmRecommender(models.AbstractModel):
    """Some see no recommendations, so that what these bring is known.

    Who is held out is no matter of chance at each page: a digest with a secret of this
    database says so of a customer, or of a browser, always the same. Nothing is stored, and
    nobody outside can tell or choose.
    """

    _inherit = "ecrm.recommender"

    @api.model
    @api.private
    def _is_held_out(self, key, website=None):
        """Return whether somebody is one of those who see no recommendations.

        Who is held out by a share of 5 % is so by a larger one, too.

        :param str key: see ``_experiment_key``; nobody without a key is held out
        :param website website: whose share counts; None: the current one
        """
        website = website or self.env["website"].get_current_website()
        # sudo: visitors do not read settings
        share = website.sudo().ecrm_holdout_share
        return bool(key) and self._part(key) < share * PARTS / 100

    def _part(self, key):
        """Return in which of ``PARTS`` parts somebody is."""
        text = f"ecrm.holdout\x1f{self.env['ecrm.log']._uid_secret()}\x1f{key}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % PARTS

    @api.model
    @api.private
    def _experiment_key(self, partner=None):
        """Return by which key somebody is in one of the groups.

        Only who is measured is in one: of others nobody would know what recommendations bring.

        :param res.partner partner: who is logged in, or is written to; else the browser counts
        :return str: the key; empty of who did not agree to be known, and of employees
        """
        # sudo: only ids are read, which go into a digest
        partner_sudo = (partner or self.env["res.partner"]).sudo()
        is_somebody = partner_sudo and not self._is_nobody(partner_sudo)
        if is_somebody and partner_sudo.id != self.env.user.partner_id.id:
            return self._customer_key(self._measured(partner_sudo))
        visit = self.env["ecrm.visit"].current()
        if not visit:
            return ""
        return self._customer_key(partner_sudo) if is_somebody else f"browser:{visit['key']}"

    def _customer_key(self, partner_sudo):
        """Return the key of a customer, whose people are one: nobody tells their orders apart."""
        return partner_sudo and f"customer:{partner_sudo.commercial_partner_id.id}" or ""

    @api.model
    @api.private
    def _measured(self, partners_sudo, website=None):
        """Return those of some contacts whose visits are measured after a mail.

        :param partners_sudo: any number of contacts, in superuser mode
        :param website website: to which the mail leads; None for that of the company
        """
        # sudo: whoever sends a mail does not read settings
        website_sudo = (website or self.env["website"]).sudo() or self.env.company.sudo().website_id
        if website_sudo.ecrm_tracking != "identified":
            return partners_sudo.browse()
        measured_sudo = self.env["ecrm.consent"].allows(partners_sudo, "measure")
        return measured_sudo.filtered(lambda one: all(user.share for user in one.user_ids))

    @api.model
    @api.private
    def _held_out(self, partners_sudo, website):
        """Return those of some contacts to be written to who are held out, see ``_measured``."""
        return self._measured(partners_sudo, website).filtered(
            lambda one: self._is_held_out(self._customer_key(one), website)
        )

    def _is_nobody(self, partner):
        """Return whether a contact is that of a website's public user."""
        if partner.id == self.env.user.partner_id.id:
            return self.env.user._is_public()
        return partner.id in partner._ecrm_public_ids()

    @api.model
    @api.private
    def _offer(self, website, partner, place, **values):
        """Return what a page shows, and what it tells the tracker.

        :param str place: one of ``PLACES``
        :param values: further arguments of ``_recommend``
        :return dict: ``picks`` (none for who is held out) and ``shown``, the properties of the
            page's ``data-ecrm="web.custom"`` mark; None where there is nothing to show anybody
        """
        picks = self._recommend(website, partner, **values)
        if not picks:
            return {"picks": [], "shown": None}
        key = self._experiment_key(partner)
        is_held_out = self._is_held_out(key, website)
        shown = {
            "name": SHOWN,
            "place": place,
            "group": "held_out" if is_held_out else "shown",
        }
        return {"picks": [] if is_held_out else picks, "shown": shown if key else None}

    @api.model
    @api.private
    def _click(self, place, product):
        """Return what a product page tells the tracker when a recommendation led to it.

        :param str place: as the link's ``PARAMETER`` says, whoever wrote it
        :param product.product product: the variant that is shown
        :return dict | None: properties of a ``data-ecrm="web.custom"`` mark
        """
        if place not in PLACES or not product:
            return None
        return {"name": CLICKED, "place": place, "product": product.id}
