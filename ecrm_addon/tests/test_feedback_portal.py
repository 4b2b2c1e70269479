from lxml import html

from odoo.tests import HttpCase, tagged

from .feedback_case import FeedbackCase
from .test_portal import PortalCase


class FeedbackPortalCase(FeedbackCase, PortalCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["website"].get_current_website().company_id = cls.company

    def _send(self, path="/my/feedback", page="/my/feedback", **form):
        (token, *_more) = html.fromstring(self.url_open(page).text).xpath(
            "//input[@name='csrf_token']/@value"
        )
        response = self.url_open(path, data={"csrf_token": token, **form}, allow_redirects=False)
        self.env.invalidate_all()
        return response


@tagged("post_install", "-at_install")
class TestFeedbackPortal(FeedbackPortalCase, HttpCase):
    """What a customer is asked and said, in the account, and rating an order or a request."""

    def test_questions_that_wait_and_answers(self):
        row = self._ask(self.rosa, "nps")
        order = self._order(self.rosa)
        answered = self._answered(4, "Fine <b>tea</b>", record=order)
        self._ask(self.tim, "nps")
        expired = self._ask(self._order(self.rosa))
        self._later(expired, 60)
        self._login(self.rosa)
        page = self._page("/my/feedback")
        self.assertEqual(
            page.xpath("//input[@name='feedback']/@value"), [str(row.id), str(answered.id)]
        )
        text = " ".join(page.text_content().split())
        self.assertIn("How likely are you to recommend", text)
        self.assertIn(f"your order {order.name}? You gave 4 of 5. You can change it until", text)
        self.assertIn("Fine <b>tea</b>", text)

    def test_answering(self):
        row = self._ask(self.rosa, "nps")
        self._login(self.rosa)
        response = self._send(feedback=row.id, score="9", comment="Good")
        self.assertEqual(response.status_code, 303)
        self.assertEqual((row.score, row.comment, row.source), (9, "Good", "portal"))
        page = self._page("/my/feedback?saved=1")
        self.assertIn("saved", page.xpath("//*[@role='status']")[0].text_content())

    def test_nothing_yet(self):
        self._login(self.zed)
        self.assertIn("Nothing to answer now", self._text("/my/feedback"))
        self.assertEqual(self._counted(), [0, 0])

    def _counted(self):
        """Return the numbers on the card of the home page; Odoo hides it where all are 0."""
        names = ["ecrm_feedback_open_count", "ecrm_feedback_count"]
        counted = self.make_jsonrpc_request("/my/counters", {"counters": names})
        return [counted[name] for name in names]

    def test_card_of_the_home_page(self):
        row = self._ask(self.rosa, "nps")
        self._login(self.rosa)
        card = "//a[@href='/my/feedback'][.//span[@data-placeholder_count='ecrm_feedback_count']]"
        self.assertTrue(self._page("/my").xpath(card))
        self.assertEqual(self._counted(), [1, 0])
        row._vote("9", None, "portal")
        self.assertEqual(self._counted(), [0, 1])
        self.env.ref("ecrm_addon.portal_my_home_feedback").active = False
        self.assertFalse(self._page("/my").xpath(card))

    def test_the_questions_of_others(self):
        row = self._ask(self.tim, "nps")
        order = self._order(self.tim)
        request = self._request(partner_id=self.tim.id)
        request.stage_id = self.env.ref("ecrm_addon.request_stage_solved")
        self._ask(self.rosa, "nps")
        self._login(self.rosa)
        count = self.feedback.search_count([])
        for form in (
            {"feedback": row.id},
            {"about": "order", "record": order.id},
            {"about": "request", "record": request.id},
            {"feedback": "0"},
            {"feedback": 10**8},
            {"feedback": "'; drop"},
            {"about": "order", "record": "x"},
            {"about": "res.users", "record": "2"},
            {"about": "order"},
            {},
        ):
            response = self._send(score="1", comment="mine", **form)
            self.assertEqual(response.status_code, 404, form)
            self.assertIn("mine", response.text)
        self.assertFalse(row.answered_at)
        self.assertEqual(self.feedback.search_count([]), count)

    def test_by_the_address_alone(self):
        request = self._request(partner_id=False, email="zed@example.com")
        row = self._ask(request)
        self.zed.user_ids.login = "zed@example.com"
        self.authenticate("zed@example.com", "zed-password")
        self.assertEqual(self._send(feedback=row.id, score="5").status_code, 303)
        self.assertEqual(row.score, 5)

    def test_an_address_in_the_account_proves_nothing(self):
        """A customer may write any address into the own account; who logs in with it is it."""
        request = self._request(partner_id=False, email="guest@example.com", name="Guest's pot")
        row = self._ask(request)
        unproved = self._request(partner_id=self.zed.id, is_proved=False, name="Guest's cup")
        unproved.email = "guest@example.com"
        unproved.stage_id = self.env.ref("ecrm_addon.request_stage_solved")
        self.zed.email = "guest@example.com"
        self._login(self.zed)
        self.assertNotIn("Guest", self._text("/my/feedback"))
        self.assertEqual(self._counted(), [0, 0])
        person = self.env["ecrm.privacy.person"].with_user(self.zed.user_ids).of_user()
        asks = self.feedback.with_user(self.zed.user_ids)
        form = {"feedback": str(row.id), "score": "1"}
        self.assertEqual(asks._portal_vote(person, form)[0], "gone")
        self.assertIsNone(asks._portal_ask(unproved))

    def test_not_in_the_shop_of_another_company(self):
        other = self.env["res.company"].create({"name": "Other", "ecrm_feedback_nps": True})
        row = self.feedback.with_company(other)._ask_about(self.rosa, "nps")
        self.assertTrue(row)
        self._login(self.rosa)
        self.assertNotIn("recommend Other", self._text("/my/feedback"))

    # ------------------------------------------------------------
    # ORDERS AND REQUESTS
    # ------------------------------------------------------------

    def test_rating_an_order_on_its_page(self):
        order = self._order(self.rosa, user_id=self.marc.id)
        self._login(self.rosa)
        page = f"/my/orders/{order.id}"
        self.assertEqual(
            self._page(page).xpath(
                "//section[@id='o_ecrm_feedback']//input[@name='record']/@value"
            ),
            [str(order.id)],
        )
        form = {"about": "order", "record": order.id, "from": "record"}
        response = self._send(page=page, score="2", comment="Broken", **form)
        self.assertEqual(response.status_code, 303)
        self.assertTrue(response.headers["Location"].endswith("?feedback=saved#o_ecrm_feedback"))
        row = self.feedback.search([("res_model", "=", "sale.order"), ("res_id", "=", order.id)])
        self.assertEqual((row.score, row.partner_id, row.user_id), (2, self.rosa, self.marc))
        self.assertFalse(row.asked_at, "nobody asked")
        self.assertEqual(row.activity_id.user_id, self.marc)
        text = self._page(f"{page}?feedback=saved").xpath("//*[@role='status']")[0].text_content()
        self.assertIn("You gave 2 of 5", " ".join(text.split()))
        # and by mail nobody asks about it any more
        self.assertFalse(self._ask(order))
        self.assertEqual(self._send(page=page, score="4", **form).status_code, 303)
        self.assertEqual((row.score, row.comment), (4, "Broken"))

    def test_orders_that_cannot_be_rated(self):
        quotation = self._order(self.rosa, confirm=False)
        quotation.state = "sent"
        colleagues = self._order(self.tim)
        mine = self._order(self.rosa)
        self._login(self.rosa)
        section = "//section[@id='o_ecrm_feedback']"
        for order in quotation | colleagues:
            self.assertFalse(self._page(f"/my/orders/{order.id}").xpath(section), order.state)
        self.authenticate(None, None)
        token = mine._portal_ensure_token()
        path = f"/my/orders/{mine.id}?access_token={token}"
        self.assertFalse(self._page(path).xpath(section))
        self.company.ecrm_feedback_order = False
        self._login(self.rosa)
        self.assertFalse(self._page(f"/my/orders/{mine.id}").xpath(section))

    def test_a_request_that_is_closed(self):
        self.company.ecrm_feedback_request_share = 0  # nobody is asked by mail
        request = self._request(partner_id=self.rosa.id)
        asks = self.feedback.with_user(self.rosa.user_ids)
        self.assertIsNone(asks._portal_ask(request))
        request.stage_id = self.env.ref("ecrm_addon.request_stage_solved")
        ask = asks._portal_ask(request)
        self.assertEqual(ask.hidden, {"about": "request", "record": request.id})
        self.assertIsNone(self.feedback.with_user(self.tim.user_ids)._portal_ask(request))
        self.assertIsNone(
            self.feedback.with_user(self.env.ref("base.public_user"))._portal_ask(request)
        )
        self.company.ecrm_feedback_request_share = 100
        row = self._ask(request)
        self.assertEqual(asks._portal_ask(request).hidden, {"feedback": row.id})

    # ------------------------------------------------------------
    # LIMITS AND COST
    # ------------------------------------------------------------

    def test_a_thousand_forms(self):
        row = self._ask(self.rosa, "nps")
        self._login(self.rosa)
        codes = [
            self._send(feedback=row.id, score=str(number % 11)).status_code for number in range(40)
        ]
        self.assertEqual(set(codes), {303, 429})
        self.assertLessEqual(codes.count(303), 30)

    def test_headers(self):
        self._login(self.rosa)
        self._assert_personal(self.url_open("/my/feedback"))

    def test_queries(self):
        for _n in range(12):
            self._answered(4, "Fine", record=self._order(self.zed))
        self._ask(self.zed, "nps")
        order = self._order(self.zed)
        self._login(self.zed)
        stock, ours = self._queries("/my/security"), self._queries("/my/feedback")
        self.assertLessEqual(ours, stock + 8)
        page = f"/my/orders/{order.id}"
        with_it = self._queries(page)
        self.env.ref("ecrm_addon.sale_order_portal_feedback").active = False
        self.assertLessEqual(with_it, self._queries(page) + 6)
        card = self._queries("/my")
        self.env.ref("ecrm_addon.portal_my_home_feedback").active = False
        self.assertEqual(card, self._queries("/my"))


class FeedbackTourCase(FeedbackPortalCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.nps = self._ask(self.rosa, "nps")
        self.order = self._order(self.rosa, user_id=self.marc.id)

    def _walk(self):
        self.start_tour("/my", "ecrm_portal_feedback", login="rosa")
        self.env.invalidate_all()
        self.assertEqual((self.nps.score, self.nps.comment), (10, "Fast and friendly"))
        row = self.feedback.search([("res_id", "=", self.order.id)])
        self.assertEqual((row.score, row.band), (2, "bad"))
        path = f"/ecrm/feedback/{self._ask(self.zed, 'nps')._token()}?score=7"
        self.start_tour(path, "ecrm_feedback_link")
        row = self.feedback.search([("partner_id", "=", self.zed.id)])
        self.assertEqual((row.score, row.comment), (8, "More colours, please"))


@tagged("post_install", "-at_install")
class TestFeedbackTour(FeedbackTourCase):
    def test_tour(self):
        self._walk()


@tagged("post_install", "-at_install")
class TestFeedbackTourMobile(FeedbackTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_tour_mobile(self):
        self._walk()
