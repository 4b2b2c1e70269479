from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import new_test_user, tagged

from odoo.addons.ecrm_addon.tests.email_case import EmailCase

from ..lib.mail_block import MARK

BLOCK = f'<p>Hello</p><div class="{MARK} o_ecrm_limit_2"><p>Sample</p></div><p>Bye</p>'


@tagged("post_install", "-at_install")
class TestMailForYou(EmailCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search([], limit=1)
        cls.env["product.template"].search([]).is_published = False
        cls.tea, cls.cup, cls.pot = cls.env["product.product"].create(
            [
                {"name": name, "list_price": 12.5, "is_published": True, "taxes_id": False}
                for name in ("Tea", "Cup", "Pot")
            ]
        )
        cls.cem = cls.env["res.partner"].create({"name": "Cem", "email": "cem@example.com"})
        dan = cls.env["res.partner"].create({"name": "Dan", "email": "dan@example.com"})
        cls._buy(cls.cem, cls.tea | cls.cup | cls.pot)
        cls._buy(dan, cls.tea | cls.cup)  # what one customer buys together is no pair
        cls._buy(cls.cem, cls.tea)
        cls.website.ecrm_holdout_share = 0
        cls.recommender = cls.env["ecrm.recommender"]
        cls.recommender._build(cls.website)

    @classmethod
    def _buy(cls, partner, products):
        order = cls.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "company_id": cls.website.company_id.id,
                "website_id": cls.website.id,
                "order_line": [(0, 0, {"product_id": product.id}) for product in products],
            }
        )
        order.action_confirm()
        order.date_order = fields.Datetime.now() - timedelta(days=1)

    def _body(self, address="bea@example.com", **values):
        mailing = self._mailing(self.bea, body=BLOCK, **values)
        return self._send(mailing)[address]["body"]

    def _shown(self, body):
        return [image.get("alt") for image in html.fromstring(body).xpath("//td//a/img")]

    def test_each_recipient_gets_products(self):
        body = self._body()
        self.assertEqual(self._shown(body), ["Tea", "Cup"])
        self.assertNotIn("Sample", body)
        self.assertNotIn(MARK, body)
        self.assertIn("12.50", body)
        self.assertIn("Among the best sellers", body)
        self.assertIn("Hello", body)
        self.assertIn("Bye", body)

    def test_links_are_counted(self):
        mail = {"body": self._body()}
        links = [link for link in self._links(mail) if "/ecrm/c/" in link]
        self.assertEqual(len(links), 4)  # picture and name of each
        answer = self._get(links[0])
        self.assertIn("ecrm_rec=mail", answer.headers["Location"])
        self.assertIn(self.tea.website_url, answer.headers["Location"])

    def test_pictures_are_found_from_outside(self):
        sources = html.fromstring(self._body()).xpath("//td//a/img/@src")
        self.assertTrue(all(source.startswith("http") for source in sources), sources)

    def test_held_out(self):
        self.website.write({"ecrm_holdout_share": 50, "ecrm_tracking": "identified"})
        self.env.company.website_id = self.website
        people = self.env["res.partner"].create([{"name": f"P{n}"} for n in range(60)])
        for person in people:
            identity = self.env["ecrm.identity"].create(
                {"kind": "partner", "key": str(person.id), "partner_id": person.id}
            )
            self.env["ecrm.consent"].record(identity, "granted", "measure", source="portal")
        held_out = self.recommender._held_out(people, self.website)
        make = self.env["ecrm.mail.shelf"].maker(people)
        self.assertFalse(make(held_out[0], 2))
        self.assertEqual(self._shown(make((people - held_out)[0], 2)), ["Tea", "Cup"])

    def _allow(self):
        """Let Bea, who bought a cup, allow to personalise: she gets what goes with it."""
        self._buy(self.bea, self.cup)
        person = self.env["ecrm.privacy.person"].of_email("bea@example.com", self.env.company)
        self.env["ecrm.privacy.choices"].switch(person, "personalise", True)

    def test_who_allowed_it_gets_what_fits(self):
        """Cem has it all; Bea, who bought a cup, gets what was bought with it, but no cup."""
        self._buy(self.bea, self.cup)
        self.assertEqual(self._shown(self._body()), ["Tea", "Cup"])
        person = self.env["ecrm.privacy.person"].of_email("bea@example.com", self.env.company)
        self.env["ecrm.privacy.choices"].switch(person, "personalise", True)
        body = self._body()
        self.assertEqual(self._shown(body), ["Tea", "Pot"])
        self.assertIn("Bought together with Cup in 2 orders", body)

    def test_who_tries_it_out_does_not_learn_what_somebody_bought(self):
        self._allow()
        mailing = self._mailing(self.bea, body=BLOCK)
        marketer = new_test_user(self.env, "mark", "mass_mailing.group_mass_mailing_user")
        tried = mailing.with_user(marketer)._render_field("body_html", self.bea.ids)
        self.assertEqual(self._shown(tried[self.bea.id]), ["Tea", "Cup"])

        composer = self.env["mail.compose.message"].with_user(marketer)
        composer = composer.new({"composition_mode": "comment", "model": "res.partner"})
        posted = composer._render_template(BLOCK, "res.partner", self.bea.ids, engine="qweb")
        self.assertEqual(self._shown(posted[self.bea.id]), ["Tea", "Cup"])
        composer.composition_mode = "mass_mail"
        sent = composer._render_template(BLOCK, "res.partner", self.bea.ids, engine="qweb")
        self.assertEqual(self._shown(sent[self.bea.id]), ["Tea", "Pot"])
        composer.partner_ids = marketer.partner_id
        sent = composer._render_template(BLOCK, "res.partner", self.bea.ids, engine="qweb")
        self.assertEqual(self._shown(sent[self.bea.id]), ["Tea", "Cup"])

    def test_sender_of_other_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        marketer = new_test_user(
            self.env,
            "mark",
            "mass_mailing.group_mass_mailing_user",
            company_id=self.website.company_id.id,
            company_ids=[(6, 0, (self.website.company_id | other).ids)],
        )
        shelf = self.env["ecrm.mail.shelf"].with_user(marketer)
        shelf = shelf.with_context(allowed_company_ids=marketer.company_ids.ids)
        self.assertEqual(self._shown(shelf.maker([])(None, 2)), ["Tea", "Cup"])

    def test_nothing_to_show(self):
        (self.tea | self.cup | self.pot).is_published = False
        body = self._body()
        self.assertNotIn("Sample", body)
        self.assertNotIn("For you", body)
        self.assertIn("Hello", body)

    def test_contacts_of_a_list(self):
        contact = self.env["mailing.contact"].create(
            {"name": "Bea", "email": "Bea <bea@example.com>"}
        )
        stranger = self.env["mailing.contact"].create({"name": "X", "email": "x@example.com"})
        found = self.env["ecrm.mail.shelf"].recipients("mailing.contact", (contact | stranger).ids)
        self.assertEqual(found, {contact.id: self.bea})
        mailing = self._mailing(contact | stranger, body=BLOCK)
        left = self._send(mailing)
        for address in ("bea@example.com", "x@example.com"):
            self.assertEqual(self._shown(left[address]["body"]), ["Tea", "Cup"])

    def test_address_of_several_is_nobodys(self):
        self.env["res.partner"].create({"name": "Bea too", "email": "bea@example.com"})
        contact = self.env["mailing.contact"].create({"name": "Bea", "email": "bea@example.com"})
        self.assertFalse(self.env["ecrm.mail.shelf"].recipients("mailing.contact", contact.ids))

    def test_mail_to_another_address_is_nobodys(self):
        """Whose address it is counts, not whom a record names."""
        lead = self.env["crm.lead"].create({"name": "Tea", "partner_id": self.bea.id})
        recipients = self.env["ecrm.mail.shelf"].recipients
        self.assertEqual(recipients("crm.lead", lead.ids), {lead.id: self.bea})
        self.assertFalse(recipients("crm.lead", lead.ids, "x@example.com"))
        self.bea.email = "bea@example.com, x@example.com"  # both are written to
        self.assertFalse(recipients("crm.lead", lead.ids))
        if "event.registration" in self.env:
            now = fields.Datetime.now()
            event = self.env["event.event"].create(
                {"name": "Tea", "date_begin": now, "date_end": now + timedelta(days=1)}
            )
            booked = self.env["event.registration"].create(
                {"event_id": event.id, "partner_id": self.cem.id, "email": "x@example.com"}
            )
            self.assertFalse(recipients("event.registration", booked.ids))
            booked.email = "cem@example.com"
            self.assertEqual(recipients("event.registration", booked.ids), {booked.id: self.cem})

    def test_read_in_a_browser(self):
        self._allow()
        mailing = self._mailing(self.bea, body=BLOCK)
        address = self.bea.email_normalized
        token = mailing._generate_mailing_recipient_token(self.bea.id, address)
        path, link = f"/mailing/{mailing.id}/view", {"document_id": self.bea.id, "email": address}
        answer = self.url_open(path, params={**link, "hash_token": token})
        self.assertEqual(self._shown(answer.text), ["Tea", "Pot"])
        new_test_user(
            self.env, "mark", "mass_mailing.group_mass_mailing_user", password="mark-password"
        )
        self.authenticate("mark", "mark-password")
        answer = self.url_open(path, params=link)
        self.assertEqual(self._shown(answer.text), ["Tea", "Cup"])

    def _count_queries(self, people):
        texts = dict.fromkeys(people.ids, BLOCK)
        composer = self.env["mail.compose.message"].new(
            {"composition_mode": "mass_mail", "model": "res.partner"}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        filled = composer._ecrm_fill("res.partner", texts)
        self.assertEqual(len(filled), len(people))
        return self.cr.sql_log_count - before

    def test_best_sellers_are_made_once(self):
        """Neither who is measured, nor who is held out, is asked of one after the other."""
        self.website.write({"ecrm_holdout_share": 50, "ecrm_tracking": "identified"})
        self.env.company.website_id = self.website
        people = self.env["res.partner"].create(
            # of so many some are in each group, whatever the secret of the database
            [{"name": f"P{n}", "email": f"p{n}@example.com"} for n in range(40)]
        )
        for person in people:
            identity = self.env["ecrm.identity"].create(
                {"kind": "partner", "key": str(person.id), "partner_id": person.id}
            )
            self.env["ecrm.consent"].record(identity, "granted", "measure", source="portal")
        held_out = self.recommender._held_out(people, self.website)
        shown = people - held_out
        self.assertTrue(held_out and len(shown) > 2)
        self._count_queries(people)  # what is kept from one mailing to the next
        few, many = self._count_queries(shown[:2]), self._count_queries(people)
        self.assertEqual(few, many)

    def test_other_mails_stay_as_they_are(self):
        text = {1: "<p>o_ecrm</p>", 2: ""}
        self.assertIs(self.env["mail.render.mixin"]._ecrm_fill("res.partner", text), text)

    def test_building_block(self):
        block = self.env["ir.qweb"]._render("ecrm_addon_website_sale.s_mail_ecrm_for_you")
        self.assertIn(MARK, block)
        self.assertFalse(html.fromstring(str(block)).text_content().strip())
        snippets = self.env["ir.ui.view"].render_public_asset(
            "mass_mailing.email_designer_snippets"
        )
        self.assertIn(MARK, snippets)
