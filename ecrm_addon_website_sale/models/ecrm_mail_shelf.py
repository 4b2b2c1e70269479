from odoo import api, models
from odoo.tools.mail import email_normalize_all


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
    def recipients(self, model, res_ids, reader=None):
        """Return the contacts to whom alone the mails about some records go.

        Not whom a record names, but whose address Odoo writes to: of the participant of an
        event another one may be told than the contact who booked.

        :param str model: of whose records a mailing is sent
        :param str reader: the only address, normalized, that reads it; None for any
        :return dict: id -> contact, in superuser mode; those of which none is known, or which
            go to several, are left out
        """
        records_sudo = self.env[model].sudo().browse([res_id for res_id in res_ids if res_id])
        records_sudo = records_sudo.exists()
        named, found, addresses = records_sudo._mail_get_partners(), {}, {}
        for res_id, told in records_sudo._message_get_default_recipients().items():
            address, partners_sudo = self._read_recipient(told, named[res_id])
            if not address or reader not in (None, address):
                continue
            if len(partners_sudo) == 1:
                found[res_id] = partners_sudo
            elif not partners_sudo:
                addresses[res_id] = address
        return found | self._by_address(addresses)

    def _read_recipient(self, told, named_sudo):
        """Return the one address that a mail goes to, and the contacts it is known by.

        :param dict told: see ``_message_get_default_recipients``
        :param res.partner named_sudo: whom the record names
        """
        to_sudo = named_sudo.browse(told["partner_ids"])
        addresses = email_normalize_all(told["email_to"] or "")
        for email in to_sudo.mapped("email"):
            addresses += email_normalize_all(email or "")
        if len(addresses) != 1:
            return None, to_sudo
        same_sudo = named_sudo.filtered(lambda one: one.email_normalized == addresses[0])
        return addresses[0], to_sudo or same_sudo

    def _by_address(self, addresses):
        """Return the contacts of records that are known by an address, if it is one contact's.

        :param dict addresses: id -> normalized address
        """
        # sudo: whoever sends need not read the contacts; nothing of them is shown
        contacts_sudo = (
            self.env["res.partner"]
            .sudo()
            .search([("email_normalized", "in", list(addresses.values()))])
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
        held_out_sudo = self.env["ecrm.recommender"]._held_out(contacts_sudo, website)

        def make(partner, limit):
            partner_sudo = partner or contacts_sudo.browse()
            partner_sudo = partner_sudo.with_prefetch(contacts_sudo.ids)
            if partner_sudo in held_out_sudo:
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

    def _public(self, website):
        """Return a website as everybody sees it, and may buy there, in the sender's language.

        The sender may work in companies that are closed to everybody.
        """
        company_ids = website.company_id.ids
        website = website.with_context(allowed_company_ids=company_ids, lang=self.env.lang)
        return website.with_user(website.user_id).sudo()

    def _block(self, website, who_sudo, pricelist, position, limit):
        """Return the HTML of one block; "" where there is nothing to recommend.

        :param res.partner who_sudo: whose purchases may be used; empty: nobody's
        """
        public = self._public(website)
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
