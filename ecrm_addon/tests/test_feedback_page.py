import re
from urllib.parse import urlsplit

from lxml import html

from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..lib.email import reference
from ..models.ecrm_feedback_answer import PURPOSE
from .feedback_case import FeedbackCase


@tagged("post_install", "-at_install")
class TestFeedbackPage(FeedbackCase, HttpCase):
    """The page behind the links of a mail: it shows, its button answers, and nothing else does."""

    def setUp(self):
        super().setUp()
        self.row = self._ask(self.customer, "nps")
        self.path = f"/ecrm/feedback/{self.row._token()}"

    def _get(self, path, **options):
        response = self.url_open(path, **options)
        self.env.invalidate_all()
        return response

    def _csrf(self, path=None):
        (token,) = html.fromstring(self._get(path or self.path).text).xpath(
            "//form[contains(@class, 'o_ecrm_feedback_form')]/input[@name='csrf_token']/@value"
        )
        return token

    def _post(self, path=None, csrf=None, **form):
        csrf = csrf or self._csrf()
        response = self.url_open(
            path or self.path, data={"csrf_token": csrf, **form}, allow_redirects=False
        )
        self.env.invalidate_all()
        return response

    def _checked(self, response):
        return html.fromstring(response.text).xpath("//input[@name='score'][@checked]/@value")

    # ------------------------------------------------------------
    # LOOKING NEVER ANSWERS
    # ------------------------------------------------------------

    def test_every_link_of_the_mail_shows_its_score_and_answers_nothing(self):
        (mail,) = self._mails()
        links = re.findall(r'href="([^"]*/ecrm/feedback/[^"]*)"', mail.body_html)
        self.assertEqual(len(links), 11)
        for number, link in enumerate(links):
            parts = urlsplit(link)
            response = self._get(f"{parts.path}?{parts.query}")
            self.assertEqual(response.status_code, 200)
            self.assertEqual(self._checked(response), [str(number)])
        self.assertFalse(self.row.answered_at)

    def test_scanners_that_look_or_ask_for_headers(self):
        for method in ("GET", "HEAD"):
            response = self.opener.request(
                method,
                f"{self.base_url()}{self.path}?score=0",
                headers={"User-Agent": "Mozilla/5.0 (Barracuda)", "Purpose": "prefetch"},
            )
            self.assertEqual(response.status_code, 200)
        self.env.invalidate_all()
        self.assertFalse(self.row.answered_at)

    def test_no_script_sends_it(self):
        page = self._get(f"{self.path}?score=9").text
        (form,) = html.fromstring(page).xpath("//form[contains(@class, 'o_ecrm_feedback_form')]")
        self.assertFalse(form.xpath(".//script|.//*[starts-with(name(@*), 'on')]"))
        self.assertNotIn("requestSubmit", page)
        (button,) = form.xpath(".//button[@type='submit']")
        self.assertIn("Send my answer", button.text_content())

    def test_odd_scores_choose_nothing(self):
        for score in ("11", "-1", "x", "%%%", "'; drop", "9" * 500, "", "²"):
            response = self._get(self.path, params={"score": score})
            self.assertEqual((response.status_code, self._checked(response)), (200, []), score)

    # ------------------------------------------------------------
    # ANSWERING
    # ------------------------------------------------------------

    def test_the_button_answers_and_then_a_comment_is_asked_for(self):
        page = html.fromstring(self._get(f"{self.path}?score=3").text)
        self.assertFalse(page.xpath("//textarea"))
        response = self._post(score="3")
        self.assertEqual(response.status_code, 303)
        self.assertEqual((self.row.score, self.row.source), (3, "mail"))
        page = html.fromstring(self._get(response.headers["Location"]).text)
        (status,) = page.xpath("//*[@role='status']")
        self.assertIn("You gave 3 of 10", " ".join(status.text_content().split()))
        self.assertEqual(len(page.xpath("//textarea[@name='comment']")), 1)
        self._post(score="3", comment="Too late\r\nand <b>cold</b>")
        self.assertEqual(self.row.comment, "Too late\nand <b>cold</b>")
        self.assertNotIn("<b>cold", self._get(self.path).text)

    def test_an_answer_can_be_changed_for_some_days(self):
        self._post(score="3")
        self._post(score="10")
        self.assertEqual(self.row.score, 10)
        self._later(self.row, 15)
        page = html.fromstring(self._get(self.path).text)
        self.assertFalse(page.xpath("//input[@name='score']"))
        self.assertIn("cannot be changed any more", page.text_content())

    def test_sent_twice_it_is_one_answer(self):
        csrf = self._csrf()
        for _again in range(2):
            self.assertEqual(self._post(csrf=csrf, score="8").status_code, 303)
        self.assertEqual(self.row.score, 8)
        rows = self.feedback.search([("partner_id", "=", self.customer.id)])
        self.assertEqual(rows, self.row)

    def test_what_was_typed_is_not_lost(self):
        response = self._post(score="", comment="I wrote much")
        self.assertEqual(response.status_code, 422)
        page = html.fromstring(response.text)
        self.assertIn("choose a number", page.xpath("//*[@role='alert']")[0].text_content())
        self.assertEqual(page.xpath("//textarea")[0].text.strip(), "I wrote much")
        response = self._post(score="5", comment="x" * 10_000)
        self.assertEqual(response.status_code, 422)
        self.assertIn("x" * 10_000, response.text)
        self.assertFalse(self.row.answered_at)

    @mute_logger("odoo.http")
    def test_without_the_token_of_the_session(self):
        for csrf in ("0" * 50, "x"):
            self.assertEqual(self._post(csrf=csrf, score="1").status_code, 400)
        self.assertFalse(self.row.answered_at)

    def test_a_thousand_votes(self):
        """They are bounded: the first ones count, then it waits; nothing is lost, no 500."""
        csrf, codes = self._csrf(), []
        # the limit decides before the question is read for writing: a hundred show as much
        for number in range(100):
            codes.append(self._post(csrf=csrf, score=str(number % 11)).status_code)
        taken = codes.count(303)
        self.assertEqual(set(codes), {303, 429})
        self.assertTrue(15 <= taken <= 30, taken)
        self.assertEqual(self.row.score, (taken - 1) % 11)
        self.assertEqual(self.feedback.search([("partner_id", "=", self.customer.id)]), self.row)
        response = self._post(csrf=csrf, score="4", comment="Keep my words")
        self.assertIn("Keep my words", response.text)
        # nobody else waits for it
        other = self.customer.copy({"email": "other@x.example"})
        row = self._ask(other, "nps")
        response = self._post(f"/ecrm/feedback/{row._token()}", csrf=csrf, score="9")
        self.assertEqual((response.status_code, row.score), (303, 9))

    # ------------------------------------------------------------
    # LINKS THAT OPEN NOTHING
    # ------------------------------------------------------------

    def test_forged_foreign_expired_and_erased_links_are_one_page(self):
        secret = self.env["ecrm.log"]._uid_secret()
        good, preference = self.row._token(), self.env["ecrm.email.preference"]
        erased = self._ask(self.customer.copy({"email": "erased@x.example"}), "nps")
        erased_token = erased._token()
        self.env["ecrm.privacy"].erase(erased.partner_id)
        far = 2**40
        tokens = {
            "cut off": good[:-2],
            "one digit": good[:-1] + ("0" if good[-1] != "0" else "1"),
            "another secret": reference.write("x", PURPOSE, self.row.id, far),
            "for something else": preference.token_for("ann@example.com", self.company),
            "of no row": reference.write(secret, PURPOSE, 10**8, far),
            "too old": reference.write(secret, PURPOSE, self.row.id, 1),
            "one number": reference.write(secret, PURPOSE, self.row.id),
            "erased": erased_token,
            "text": "x",
            "drop": "'; drop table--",
        }
        pages = set()
        for name, token in tokens.items():
            path = f"/ecrm/feedback/{token}"
            response = self._get(f"{path}?score=1")
            self.assertEqual(response.status_code, 404, name)
            self.assertIn("This link does not work", response.text)
            pages.add(re.sub(r'csrf_token: "\w+"', "", response.text).replace(token, ""))
            csrf = self._csrf()
            self.assertEqual(self._post(path, csrf=csrf, score="1").status_code, 404, name)
        self.assertFalse(self.row.answered_at or erased.answered_at)

    def test_headers(self):
        for path in (self.path, "/ecrm/feedback/00"):
            headers = self._get(path).headers
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertIn("noindex", headers["X-Robots-Tag"])
            self.assertIn("frame-ancestors 'self'", headers["Content-Security-Policy"])

    def test_the_link_tells_nobody_whose_it_is(self):
        page = self._get(self.path).text
        for word in ("Ann", "ann@example.com"):
            self.assertNotIn(word, page)
