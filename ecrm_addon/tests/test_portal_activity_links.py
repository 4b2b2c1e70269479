from time import perf_counter

from lxml import html

from odoo.tests import tagged

from .activity_case import PAGE, ActivityCase

EVIL = "<script>alert(1)</script>"


@tagged("post_install", "-at_install")
class TestPortalActivityLinks(ActivityCase):
    """What entries lead to, why they are there, and what the page costs."""

    # ------------------------------------------------------------
    # LINKS
    # ------------------------------------------------------------

    def test_documents(self):
        order = self._order(self.rosa)
        invoice = order._create_invoices()
        invoice.action_post()
        credit = invoice._reverse_moves()
        credit.action_post()
        self.pipeline.run_now()
        self._login(self.rosa)
        links = self._links(self._page(f"{PAGE}?channel=order"))
        for record in (order, invoice, credit):
            self.assertIn(record.access_url, links)
            self.assertEqual(self.url_open(record.access_url).status_code, 200)

    def test_documents_of_somebody_else(self):
        order = self._order(self.zed)
        for partner in (self.rosa, self.zed):
            self._append(partner, kind="order.paid", res_model="sale.order", res_id=order.id)
        gone = self._order(self.rosa, confirm=False)
        self._append(self.rosa, kind="order.confirmed", res_model="sale.order", res_id=gone.id)
        gone.unlink()
        self._login(self.rosa)
        answer = self._more(channel="order")
        self.assertIn("Your payment arrived", answer["html"])
        self.assertNotIn(order.name, answer["html"])
        self.assertFalse(self._links(html.fromstring(answer["html"])))

    def test_pages_that_are_there(self):
        website = self.env["website"].get_current_website()
        pages = self.env["website.page"].create(
            [
                {
                    "name": name,
                    "url": f"/{name}",
                    "type": "qweb",
                    "arch": "<div/>",
                    "key": f"website.{name}",
                    "is_published": name == "open",
                    "website_id": website.id,
                }
                for name in ("open", "hidden")
            ]
        )
        self.assertTrue(pages)
        language = self.env["res.lang"]._get_frontend()[website.default_lang_id.code].url_code
        paths = ["/", "/my/orders?x=1", "/open", f"/{language}/open"]
        dead = ["/hidden", "/nowhere", "/web/session/logout", "//evil.example.com"]
        for number, path in enumerate(paths + dead):
            at = f"2026-01-{number + 1:02} 10:00:00"
            self.log.append([self._event(self.zed, at=at, path=path, props={"title": path})])
        self._login(self.zed)
        page = self._page()
        self.assertEqual(self._links(page), paths[::-1])
        for path in paths:
            self.assertEqual(self.url_open(path).status_code, 200, path)
        for path in dead:
            self.assertIn(path, page.text_content())

    def test_page_of_another_website(self):
        other = self.env["website"].create({"name": "Other"})
        self._append(self.zed, path="/my/orders", website_id=other.id)
        self._login(self.zed)
        self.assertFalse(self._links(self._page()))

    def test_products(self):
        if "website_url" not in self.env["product.product"]._fields:
            self.skipTest("website_sale is not installed")
        tea, gone = self.env["product.product"].create(
            [{"name": "Green tea", "is_published": True}, {"name": "Old tea"}]
        )
        for number, product in enumerate((tea, gone)):
            path = f"/shop/{self.env['ir.http']._slug(product.product_tmpl_id)}"
            about = {"res_model": "product.product", "res_id": product.id}
            at = f"2026-01-0{number + 1} 1"
            self.log.append(
                [
                    self._event(self.zed, "web.product", f"{at}0:00:00", path=path, **about),
                    self._event(
                        self.zed, "web.cart_add", f"{at}5:00:00", path="/shop/cart", **about
                    ),
                ]
            )
        self._login(self.zed)
        page = self._page()
        links = [link.partition("?")[0] for link in self._links(page)]
        self.assertEqual(links, [tea.website_url] * 2)
        self.assertIn("Green tea", page.text_content())
        for link in set(links):
            self.assertEqual(self.url_open(link).status_code, 200)

    def test_own_mail(self):
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "Lamps",
                "mailing_model_id": self.env.ref("base.model_res_partner").id,
                "body_html": "<p>Dear <t t-out='object.name'/></p>",
            }
        )
        self.env["mailing.trace"].create(
            [
                {
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "res_id": partner.id,
                    "email": partner.email,
                    "trace_status": "sent",
                }
                for partner in (self.rosa, self.tim)
            ]
        )
        for partner in (self.rosa, self.zed):
            self._append(
                partner,
                kind="email.sent",
                res_model="mailing.mailing",
                res_id=mailing.id,
                props={"subject": "Lamps"},
            )
        # what is about another record of that number is about no mail
        self._append(self.rosa, kind="email.sent", res_model="mailing.list", res_id=mailing.id)
        self._login(self.rosa)
        (link,) = self._links(self._page())
        self.assertTrue(link.startswith(f"/mailing/{mailing.id}/view?"))
        self.assertIn("Dear Rosa", self.url_open(link).text)
        # whoever changes the address of their contact gets no mail of its owner
        self.rosa.email = self.tim.email
        self.assertFalse(self._links(self._page()))
        self._login(self.zed)
        self.assertFalse(self._links(self._page()))

    def test_markup(self):
        self.zed.name = EVIL
        long_word = "x" * 400
        self._append(self.zed, kind="web.search", path="//evil.example.com", props={"term": EVIL})
        self._append(self.zed, kind="web.page", path=f"/shop{EVIL}", props={"title": EVIL})
        self._append(self.zed, kind="forum.posted", props={"title": f"{EVIL}{long_word}"})
        browser = self._browser(self.zed)
        self._visit(browser, 3, utm_source=EVIL, referrer_host=EVIL, props={"device": EVIL})
        self.pipeline.run_now()
        self._login(self.zed)
        page = self._page()
        self.assertFalse(page.xpath(".//script[contains(., 'alert')]"))
        self.assertIn(EVIL, page.text_content())
        self.assertNotIn(long_word, page.text_content())
        self.assertFalse(page.xpath("//a[contains(@href, 'evil.example.com')]"))
        self.assertNotIn(EVIL, self._more()["html"])

    # ------------------------------------------------------------
    # WHY
    # ------------------------------------------------------------

    def test_consent(self):
        browser = self._browser(self.rosa)
        consent = self._consent(browser)
        self._visit(browser, 2, consent_id=consent.id)
        self._login(self.rosa)
        (why,) = self._why(self._page())
        website = consent.website_id.name
        self.assertIn(f"you agreed to measuring visits on May 3, 2026 on {website}.", why)
        self.assertIn("That holds until you take it back.", why)
        self.assertIn("It is removed after 25 months.", why)
        self.assertEqual(
            self._entry().xpath(".//details[contains(@class, 'o_ecrm_why')]//a/@href"),
            ["/my/privacy#tracking"],
        )
        self._date(consent.withdraw("cookie bar"), "2026-05-05 10:00:00")
        (why,) = self._why(self._page())
        self.assertIn("It was taken back on May 5, 2026", why)
        self.assertNotIn("holds", why)

    def test_consent_of_another_on_a_shared_browser(self):
        consent = self._consent(self._browser(self.tim))
        self._append(self.rosa, path="/shop", consent_id=consent.id)
        self._login(self.rosa)
        (why,) = self._why(self._page())
        self.assertIn("agreed to in this browser on May 3, 2026", why)
        self.assertNotIn("you agreed", why)

    def test_a_no_in_the_account_holds_for_each_browser(self):
        consent = self._consent(self._browser(self.tim))
        self._append(self.rosa, path="/shop", consent_id=consent.id)
        account = self._identities(self.rosa).filtered(lambda identity: identity.kind == "partner")
        self._date(self.env["ecrm.consent"].record(account, "refused"), "2026-05-06 10:00:00")
        self._login(self.rosa)
        (why,) = self._why(self._page())
        self.assertIn("It was taken back on May 6, 2026", why)

    def test_reasons(self):
        mails = self.env["ecrm.email.message"].create(
            [
                {
                    "message_id": f"<{tracked}@x>",
                    "email_normalized": self.zed.email,
                    "kind": "mailing",
                    "is_tracked": tracked,
                }
                for tracked in (True, False)
            ]
        )
        expected = {
            "email.sent": "follow its links is measured",
            "email.opened": "You can object",
            "order.confirmed": "contract with you. Accounting and tax law",
            "chat.started": "You wrote it to us",
            "loyalty.tier_up": "part of your loyalty level",
            "web.page": "does not rest on a consent that we know of",
        }
        for number, kind in enumerate(expected):
            at = f"2026-01-{20 - number} 10:00:00"
            props = {"mail": mails[0].id}
            self.log.append([self._event(self.zed, kind, at, props=props)])
        at = "2026-01-01 10:00:00"
        self.log.append([self._event(self.zed, "email.sent", at, props={"mail": mails[1].id})])
        self._login(self.zed)
        found = self._why(self._page())
        for why, part in zip(found, [*expected.values(), "is not measured"], strict=True):
            self.assertIn(part, why)

    def test_summary(self):
        browser = self._browser(self.rosa)
        self._visit(browser, 3)
        self._visit(self._browser(self.tim), 5, session_key="visit-2")
        self._append(self.rosa, kind="order.paid")
        self._login(self.rosa)
        facts = [
            " ".join(fact.text_content().split())
            for fact in self._page().xpath("//dl[contains(@class, 'o_ecrm_recorded')]/div")
        ]
        self.assertIn("Visits to our website 1", facts)
        self.assertIn("Browsers in which you logged in 1", facts)
        self.assertIn("Removed after 25 months", facts)
        links = self._page().xpath("//section[@aria-labelledby='o_ecrm_recorded_title']//a/@href")
        self.assertEqual(links, ["/my/privacy#data", "/my/privacy#tracking"])

    def test_a_browser_that_went_over_to_somebody_else(self):
        """Rosa logged in on it; that Zed clicked in a mail there shows him nothing of hers."""
        browser = self._browser(self.rosa)
        self._visit(browser, 3)
        self.assertIn(browser.id, self.rosa._ecrm_portal_identity_ids())
        browser.link(self.zed, "click")
        self.assertFalse(self.zed._ecrm_portal_identity_ids())
        browser.merge(self.tim)
        self.assertIn(browser.id, self.tim._ecrm_portal_identity_ids())

    def test_pages_of_a_visit_without_any(self):
        """A script adds them up where a visit goes on on the next page."""
        self._visit(self._browser(self.rosa), 3, kind="web.search")
        self._login(self.rosa)
        self.assertEqual(self._entry().get("data-pages"), "0")

    def test_a_path_that_is_no_text(self):
        self._append(self.zed, path="/shop%00")
        self._login(self.zed)
        self.assertIn("/shop%00", self._page().text_content())

    # ------------------------------------------------------------
    # SCALE
    # ------------------------------------------------------------

    def test_queries(self):
        """A page costs as much with 10,000 events as with 30, and little more than a stock one."""
        browser = self._browser(self.zed)
        consent = self._consent(browser)
        order = self._order(self.zed)
        invoice = order._create_invoices()
        invoice.action_post()
        self.pipeline.run_now()
        self._visit(browser, 30, consent_id=consent.id)
        self._login(self.zed)
        stock, few = self._queries("/my/security"), self._queries(PAGE)
        self.assertLessEqual(few, stock + 8)
        for number in range(100):
            old = {"days": number + 2, "session_key": f"old-{number}"}
            self._visit(browser, 100, consent_id=consent.id, **old)
        self.assertEqual(self._queries(PAGE), few)
        began = perf_counter()
        (cursor,) = self._page().xpath("//section[@data-next]/@data-next")
        self.assertLess(perf_counter() - began, 3)
        self.assertTrue(self._rows(self._more(before=cursor)))
