from odoo import api, models
from odoo.tools import email_normalize


class EcrmMailShelf(models.AbstractModel):
    """Products for the recipients of a mailing, chosen when it is sent.

    What is the same for many is made once: the best sellers for all who did not allow more, in
    a language and at a pricelist. In superuser mode: whoever sends a mailing needs no right to
    see what its recipients bought, and does not see it.
    """

    _name = "ecrm.mail.shelf"
    _description = "Products in a Mail"

    @api.model
    @api.private
    def recipients(self, model, res_ids):
        """Return the contacts to whom the mails about some records go.

        :param str model: of whose records a mailing is sent
        :return dict: id -> contact, in superuser mode; those of which none is known are left out
        """
        records_sudo = self.env[model].sudo().browse([res_id for res_id in res_ids if res_id])
        records_sudo = records_sudo.exists()
        found = {
            res_id: partners[:1]
            for res_id, partners in records_sudo._mail_get_partners().items()
            if partners
        }
        return found | self._by_address(records_sudo.filtered(lambda one: one.id not in found))

    def _by_address(self, records_sudo):
        """Return the contacts of records that are known by an address, if it is one contact's."""
        field = records_sudo._mail_get_primary_email_field()
        if not field:
            return {}
        addresses = {one.id: email_normalize(one[field] or "") for one in records_sudo}
        contacts_sudo = (
            self.env["res.partner"]
            .sudo()
            .search([("email_normalized", "in", list(filter(None, addresses.values())))])
        )
        by_address = contacts_sudo.grouped("email_normalized")
        found = {res_id: by_address.get(address) for res_id, address in addresses.items()}
        return {res_id: same for res_id, same in found.items() if same and len(same) == 1}

    @api.model
    @api.private
    def maker(self, partners):
        """Return what makes the block of one recipient after the other.

        :param partners: contacts in superuser mode: of them it is asked once who allows more
            than best sellers; who is held out gets none
        :return: to be called with a contact, or None, and the number of products; gives HTML
        """
        contacts_sudo = self.env["res.partner"].sudo().union(*partners)
        allowed_sudo = self.env["ecrm.consent"].allows(contacts_sudo, "personalise")
        website, made = self._website(), {}
        recommender = self.env["ecrm.recommender"]

        def make(partner, limit):
            partner_sudo = partner or contacts_sudo.browse()
            key = partner and recommender._experiment_key(partner_sudo)
            if key and recommender._is_held_out(key, website):
                return ""
            who_sudo = partner_sudo if partner_sudo in allowed_sudo else partner_sudo.browse()
            terms = self._terms(website, partner_sudo)
            key = (who_sudo.id, *(term.id for term in terms), limit)
            if key not in made:
                made[key] = self._block(website, who_sudo, *terms, limit)
            return made[key]

        return make

    def _website(self):
        """Return the website whose products are in the mails of the company."""
        return self.env.company.sudo().website_id or self.env["website"].sudo().search([], limit=1)

    def _terms(self, website, partner_sudo):
        """Return at which pricelist and under which fiscal position a contact buys."""
        buyer_sudo = partner_sudo or website.user_id.sudo().partner_id
        buyer_sudo = buyer_sudo.with_company(website.company_id)
        positions_sudo = buyer_sudo.env["account.fiscal.position"]
        return (
            buyer_sudo.property_product_pricelist,
            positions_sudo._get_fiscal_position(buyer_sudo),
        )

    def _block(self, website, who_sudo, pricelist, position, limit):
        """Return the HTML of one block; "" where there is nothing to recommend.

        :param res.partner who_sudo: whose purchases may be used; empty: nobody's
        """
        public = website.with_user(website.user_id).sudo()  # what everybody may see and buy
        public = public.with_context(lang=self.env.lang)
        picks = public.env["ecrm.recommender"]._recommend(public, who_sudo, limit=limit)
        items = public.env["ecrm.shelf"]._items(public, picks, "mail", pricelist, position)
        if not items:
            return ""
        return public.env["ir.qweb"]._render(
            "ecrm_addon_website_sale.mail_for_you_items",
            {
                "items": items,
                "base_url": website.get_base_url(),
                "currency": pricelist.currency_id or website.company_id.currency_id,
            },
            lang=self.env.lang,
            minimal_qcontext=True,
        )
