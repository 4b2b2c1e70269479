from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.tests import tagged

from .activity_case import PAGE, ActivityCase

BAD_CURSORS = (
    "x",
    "-1",
    "0",
    "_",
    "_1",
    "9" * 400,
    "2026-01-01T00:00:00_-1",
    f"2026-01-01T00:00:00_{2**63}",
    "2026-01-01T00:00:00+02:00_1",
    "9999-99-99T00:00:00_1",
    "'; DROP TABLE ecrm_touchpoint_data; --_1",
    "%s_%(x)s",
)


@tagged("post_install", "-at_install")
class TestPortalActivity(ActivityCase):
    # ------------------------------------------------------------
    # WHOSE
    # ------------------------------------------------------------

    def test_is_that_of_the_person(self):
        self._append(self.rosa, kind="forum.posted", props={"title": "rosas"})
        self._append(self.tim, kind="forum.posted", props={"title": "tims"})
        self._append(self.zed, kind="email.sent", props={"subject": "zeds"})
        self._append(self.brightside, kind="forum.posted", props={"title": "companys"})
        self._login(self.rosa)
        for path in (PAGE, f"{PAGE}?partner_id={self.tim.id}&user_id=2&channel=forum"):
            text = self._text(path)
            self.assertIn("rosas", text)
            for other in ("tims", "zeds", "companys"):
                self.assertNotIn(other, text)
        answer = self._more(partner_id=self.tim.id, identity_ids=[1, 2], limit=10**9)
        self.assertIn("rosas", answer["html"])
        self.assertNotIn("tims", answer["html"])

    def test_channels_are_those_of_the_person(self):
        self._append(self.rosa, kind="forum.posted")
        self._append(self.rosa, kind="email.sent")
        self._append(self.tim, kind="chat.started")
        self._login(self.rosa)
        found = self._page().xpath("//nav[@aria-label='Show only']//a/@href")
        self.assertEqual(found, [PAGE, f"{PAGE}?channel=email", f"{PAGE}?channel=forum"])

    def test_public(self):
        response = self.url_open(PAGE, allow_redirects=False)
        self.assertEqual(response.status_code, 303)
        self.assertIn("/web/login", response.headers["Location"])
        answer = self.url_open(
            "/my/activity/more", json={"jsonrpc": "2.0", "params": {}}, method="POST"
        )
        self.assertNotIn("result", answer.json())

    def test_personal_headers(self):
        self._login(self.zed)
        self._assert_personal(self.url_open(PAGE))
        self._assert_personal(
            self.url_open("/my/activity/more", json={"params": {}}, method="POST")
        )

    def test_acts_in_another_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        for name, company in (("here", self.env.company), ("there", other), ("any", None)):
            company_id = company and company.id
            self._append(
                self.zed, kind="forum.posted", props={"title": name}, company_id=company_id
            )
        for company, name in ((self.env.company, "here"), (other, "there")):
            (day,) = self.zed._ecrm_portal_activity(company=company)["days"]
            self.assertEqual({entry["detail"] for entry in day["entries"]}, {name, "any"})

    # ------------------------------------------------------------
    # PAGES
    # ------------------------------------------------------------

    def test_pages(self):
        self._append(self.zed, count=45, kind="forum.posted")
        self._login(self.zed)
        page = self._page()
        (cursor,) = page.xpath("//section[@data-next]/@data-next")
        first = self._rows(self._more())
        self.assertEqual(len(first), 20)
        second = self._more(before=cursor)
        third = self._more(before=second["next"])
        times = first + self._rows(second) + self._rows(third)
        self.assertEqual(len(set(times)), 45)
        self.assertEqual(times, sorted(times, reverse=True))
        self.assertFalse(third["next"])
        # without JavaScript the button is a link to the same place
        (link,) = page.xpath("//a[contains(@class, 'o_ecrm_activity_more')]/@href")
        self.assertEqual(self._rows(self._page(link)), self._rows(second))
        self.assertTrue(self._page(link).xpath(f"//a[@href='{PAGE}'][contains(., 'newest')]"))

    def test_channel(self):
        self._append(self.zed, count=25, kind="forum.posted")
        self._append(self.zed, count=25, kind="email.sent")
        self._login(self.zed)
        page = self._page(f"{PAGE}?channel=email")
        marked = page.xpath("//nav//a[@aria-current='page']/@href")
        self.assertEqual(marked, [f"{PAGE}?channel=email"])
        (link,) = page.xpath("//a[contains(@class, 'o_ecrm_activity_more')]/@href")
        for shown in (page, self._page(link)):
            text = shown.text_content()
            self.assertIn("We sent you an e-mail", text)
            self.assertNotIn("You wrote in the forum", text)
        self.assertIn("channel=email", link)
        answer = self._more(channel="forum")
        self.assertNotIn("We sent you", answer["html"])

    def test_bad_requests(self):
        self._append(self.zed, count=2, kind="forum.posted")
        self._login(self.zed)
        for cursor in BAD_CURSORS:
            self.assertEqual(len(self._rows(self._page(f"{PAGE}?before={cursor}"))), 2, cursor)
        for cursor in (*BAD_CURSORS, 7, -1, 10**30, [], {}, ["2026-01-01", 1], True, None):
            self.assertEqual(len(self._rows(self._more(before=cursor))), 2, cursor)
        for channel in ("x", "app", "social", "web' OR 1=1 --", "%s", [], {}, 7, None):
            self.assertEqual(len(self._rows(self._more(channel=channel))), 2, channel)

    def test_no_history(self):
        self._login(self.zed)
        text = self._text()
        self.assertIn("There is nothing here yet", text)
        self.assertIn("there is no visit to our website", text)
        self._append(self.zed, kind="forum.posted")
        self.assertIn("Show everything", self._text(f"{PAGE}?channel=chat"))

    def test_days_of_the_customer(self):
        self.log.append([self._event(self.zed, at="2026-01-01 20:00:00")])
        (day,) = self.zed.with_context(tz="Asia/Tokyo")._ecrm_portal_activity()["days"]
        self.assertEqual(str(day["date"]), "2026-01-02")

    def test_what_is_not_shown(self):
        self._append(self.zed, kind="forum.posted", props={"title": "seen"})
        for kind in ("email.bounced", "email.failed", "order.quoted", "web.custom", "app.opened"):
            self._append(self.zed, kind=kind, props={"name": f"hidden {kind}"})
        self._append(self.zed, kind="email.clicked", verdict="machine", props={"name": "hidden"})
        self._append(self.zed, kind="chat.unheard_of", props={"name": "hidden"})
        self._login(self.zed)
        text = self._text()
        self.assertIn("seen", text)
        self.assertNotIn("hidden", text)

    def test_every_kind_has_words(self):
        kinds = self.env["ecrm.touchpoint.kind"].search([("in_portal", "=", True)])
        self.assertGreater(len(kinds), 30)
        for kind in kinds:
            self.assertRegex(kind.portal_name or "", r"\b([Yy]ou|[Yy]our)\b", kind.code)

    def test_words_of_the_company(self):
        self._append(self.zed, kind="forum.posted")
        kind = self.env["ecrm.touchpoint.kind"].search([("code", "=", "forum.posted")])

        def shown():
            return self.zed._ecrm_portal_activity()["days"][0]["entries"][0]["label"]

        self.assertEqual(shown(), "You wrote in the forum")
        kind.portal_name = "You told the others"
        self.assertEqual(shown(), "You told the others")
        kind.update_field_translations("portal_name", {"en_US": "You asked"})
        self.assertEqual(shown(), "You asked")
        kind.portal_name = False
        self.assertEqual(shown(), kind.name)
        kind.in_portal = False
        self.assertFalse(self.zed._ecrm_portal_activity()["days"])

    # ------------------------------------------------------------
    # VISITS
    # ------------------------------------------------------------

    def test_a_visit_is_one_entry(self):
        browser = self._browser(self.rosa)
        self._visit(browser, 40, props={"device": "mobile"}, referrer_host="www.google.com")
        self._visit(browser, 1, kind="web.cart_add", props={"name": "Tea"})
        self.pipeline.run_now()
        self._login(self.rosa)
        entry = self._entry()
        head = " ".join(entry.xpath(".//summary")[0].text_content().split())
        self.assertEqual(
            head, "You visited our website 40 pages · from Google · on a phone · cart filled"
        )
        self.assertEqual(len(self._rows(entry)), 41)
        self.assertNotIn("visit-1", html.tostring(entry).decode())

    def test_a_visit_that_goes_on_on_the_next_page(self):
        browser = self._browser(self.rosa)
        events = self._visit(browser, 170)
        self._login(self.rosa)
        first = self._more()
        second = self._more(before=first["next"])
        self.assertFalse(second["next"])
        told = self._rows(first) + self._rows(second)
        self.assertEqual(len(told), 170)
        self.assertEqual(set(told), {f"{event['occurred_at'].isoformat()}Z" for event in events})
        keys = [
            html.fromstring(answer["html"]).xpath("//li/@data-visit") for answer in (first, second)
        ]
        self.assertEqual(keys[0], keys[1])

    def test_an_order_stands_beside_its_visit(self):
        browser = self._browser(self.rosa)
        self._visit(browser, 4)
        order = self._order(self.rosa, confirm=False)
        self._visit(browser, 1, "order.paid", res_model="sale.order", res_id=order.id)
        self._login(self.rosa)
        entries = self._page().xpath("//li[contains(@class, 'o_ecrm_event')]")
        self.assertEqual(len(entries), 2)
        links = [link for entry in entries for link in self._links(entry)]
        self.assertEqual(links.count(f"/my/orders/{order.id}"), 1)
        visit = next(entry for entry in entries if entry.xpath("@data-visit"))
        self.assertNotIn(f"/my/orders/{order.id}", self._links(visit))

    def test_views_without_a_visit_are_one_as_long_as_they_are_near(self):
        now = fields.Datetime.now().replace(hour=12) - timedelta(days=2)
        minutes = (0, 5, 34, 70)
        self.log.append(
            [self._event(self.zed, at=now - timedelta(minutes=m), path="/shop") for m in minutes]
        )
        (day,) = self.zed._ecrm_portal_activity()["days"]
        self.assertEqual([len(entry["rows"]) for entry in day["entries"]], [3, 0])

    def test_a_visit_over_midnight_is_one_of_each_day(self):
        self.log.append(
            [
                self._event(self.zed, at=f"2026-01-0{day} {hour}:00", session_key="s", path="/")
                for day, hour in ((1, "23:50"), (1, "23:55"), (2, "00:01"), (2, "00:02"))
            ]
        )
        days = self.zed.with_context(tz="UTC")._ecrm_portal_activity()["days"]
        self.assertEqual([len(day["entries"]) for day in days], [1, 1])
        self.assertEqual([len(day["entries"][0]["rows"]) for day in days], [2, 2])


class ActivityTourCase(ActivityCase):
    def setUp(self):
        super().setUp()
        browser = self._browser(self.rosa)
        website = self.env["website"].get_current_website()
        consent = self.env["ecrm.consent"].record(browser, "granted", website_id=website.id)
        self._visit(browser, 12, consent_id=consent.id, props={"device": "mobile"})
        self._append(self.rosa, count=24, kind="forum.posted", props={"title": "A question"})
        self._order(self.rosa, amount=2500)
        self.pipeline.run_now()


@tagged("post_install", "-at_install")
class TestPortalActivityTour(ActivityTourCase):
    def test_tour(self):
        self.start_tour(PAGE, "ecrm_portal_activity", login="rosa")


@tagged("post_install", "-at_install")
class TestPortalActivityTourMobile(ActivityTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_tour_mobile(self):
        self.start_tour(PAGE, "ecrm_portal_activity", login="rosa")
