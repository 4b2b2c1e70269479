import re

from lxml import html

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .preference_case import PreferenceCase


@tagged("post_install", "-at_install")
class TestLinks(PreferenceCase):
    def test_links_tell_nothing_and_cost_no_query_each(self):
        addresses = [f"a{number}@ecrm.example" for number in range(500)]
        self.preferences.links(["first@ecrm.example"], self.mailing)
        with self.assertQueryCount(3):
            links = self.preferences.links(addresses, self.mailing)
        self.assertEqual(len({link.one_click for link in links.values()}), 500)
        with self.assertQueryCount(1):
            again = self.preferences.links(addresses[:1], self.mailing)
        self.assertEqual(again[addresses[0]], links[addresses[0]])
        for link in links[addresses[0]]:
            self.assertRegex(link, r"^http[^@]+/ecrm/(u|preferences)/[0-9a-f]{40,64}$")

    def test_what_a_token_stands_for(self):
        token = self.preferences.token_for(" BEA@ecrm.example", self.company, self.tips, 300)
        told = self.preferences.read_token(token)
        self.assertEqual(told.preference.email_normalized, self.bea.email)
        self.assertEqual((told.topic, told.email_message_ref), (self.tips, 300))
        upper = self.preferences.read_token(token.upper())
        self.assertEqual(upper.preference, told.preference)
        for wrong in ("", "x", token[:-1], token[2:], token[:-2] + "00", "é" * 40, "0" * 400):
            self.assertIsNone(self.preferences.read_token(wrong), wrong)

    def test_a_wrong_token_is_answered_like_one_of_nobody(self):
        gone = self.preferences.token_for("gone@ecrm.example", self.company)
        told = self.preferences.read_token(gone)
        self.env.cr.execute(
            "DELETE FROM ecrm_email_preference WHERE id = %s", (told.preference.id,)
        )
        self.env.invalidate_all()
        wrong = gone[:-4] + ("0000" if gone[-4:] != "0000" else "1111")
        before = self._rows()
        for kind in ("u", "preferences"):
            answers = [self._get(f"/ecrm/{kind}/{token}") for token in (gone, wrong, "x")]
            self.assertEqual({answer.status_code for answer in answers}, {404})
            pages = {self._without_csrf(answer.text) for answer in answers}
            self.assertEqual(len(pages), 1, kind)
        posts = [
            self.url_open(f"/ecrm/u/{token}", data={"List-Unsubscribe": "One-Click"})
            for token in (gone, wrong, "x")
        ]
        self.assertEqual({(post.status_code, post.text) for post in posts}, {(404, "")})
        self.assertEqual(self._rows(), before)

    @staticmethod
    def _without_csrf(text):
        text = re.sub(r'csrf_token: "[0-9a-fo]+"', "", text)
        text = re.sub(r'value="[0-9a-fo]{40,}"', "", text)
        # the page names its own address, as every page does
        return re.sub(r"/ecrm/\w+/\w+", "", re.sub(r"%2Fecrm%2F\w+%2F\w+", "", text))


@tagged("post_install", "-at_install")
class TestOneClick(PreferenceCase):
    def _post(self, **options):
        options.setdefault("data", {"List-Unsubscribe": "One-Click"})
        return self.url_open(self.one_click, **options)

    def test_a_get_never_unsubscribes(self):
        before = self._rows()
        for method in ("GET", "HEAD"):
            answer = self.opener.request(method, self.base_url() + self.one_click)
            self.assertEqual(answer.status_code, 200)
        page = self._get(self.one_click)
        self.assertIn("Unsubscribe from", page.text)
        self.assertEqual(self._rows(), before)
        self.assertEqual(self._state()["topics"], ["News and offers", "Product tips"])

    def test_a_post_switches_off_the_topic_alone_and_once(self):
        for _again in range(2):
            answer = self._post(allow_redirects=False)
            self.assertEqual((answer.status_code, answer.text), (200, ""))
            self.assertNotIn("Set-Cookie", answer.headers)
        self.assertEqual(self._refused(self.bea), "unsubscribed")
        self.assertIsNone(self._refused(self.bea, self.tips))
        self.assertIsNone(self._refused(self.cem))
        self.assertFalse(
            self.env["mail.blacklist"].search([("email", "=", self.bea.email_normalized)])
        )
        self.assertEqual(self._lines(self.bea), [("refused", "News and offers")])
        events = self.env["ecrm.email.event"].search([("recipient", "=", self.bea.email)])
        self.assertEqual([(event.type, event.source) for event in events],
                         [("unsubscribed", "one-click")])  # fmt: skip
        row = self.suppressions.search([("email_normalized", "=", self.bea.email)])
        self.assertEqual((row.scope, row.topic_id), ("topic", self.news))

    def test_without_a_session_and_without_a_body(self):
        self.opener.cookies.clear()
        self.assertEqual(self._post(data={}, method="POST").status_code, 200)
        self.assertEqual(self._refused(self.bea), "unsubscribed")

    def test_the_button_on_the_page(self):
        done = self._choose(f"{self.one_click}/confirm", page=self.one_click)
        self.assertIn("You are unsubscribed", done.text)
        self.assertEqual(self._refused(self.bea), "unsubscribed")

    def test_it_counts_also_while_a_rule_holds_back(self):
        """The sunset rule ends with an order; that somebody unsubscribed does not."""
        sunset = self._suppress(self.bea, "sunset")
        self._post()
        sunset._lift("rule")
        self.assertEqual(self._refused(self.bea), "unsubscribed")

    def test_what_waits_in_the_queue_is_not_sent(self):
        self.company.write({"ecrm_quiet_hours": True, "ecrm_quiet_from": 0, "ecrm_quiet_to": 23.98})
        traces = self._send(self.mailing)
        mail = traces[self.bea.email].mail_mail_id
        self.assertEqual((mail.state, bool(mail.scheduled_date)), ("outgoing", True))
        self._post()
        self.env.invalidate_all()
        self.assertEqual(mail.state, "cancel")
        self.assertEqual(traces[self.bea.email].trace_status, "cancel")
        self.assertEqual(traces[self.cem.email].trace_status, "outgoing")


@tagged("post_install", "-at_install")
class TestPage(PreferenceCase):
    def test_the_page_tells_nobody_where_it_is(self):
        for path in (self.path, self.one_click):
            headers = self._get(path).headers
            self.assertEqual(headers["Cache-Control"], "no-store")
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertIn("noindex", headers["X-Robots-Tag"])
        self.assertNotIn(self.bea.email, self._get(self.path).text)
        self.assertIn("b***@ecrm.example", self._get(self.path).text)

    def test_each_field_has_a_label(self):
        page = html.fromstring(self._get(self.path).text).xpath("//div[@id='wrap']")[0]
        for field in page.xpath(".//input[@type!='hidden'] | .//select"):
            self.assertTrue(page.xpath(f".//label[@for='{field.get('id')}']"), field.get("id"))

    @mute_logger("odoo.http")
    def test_without_a_csrf_token_nothing_is_taken(self):
        before = self._rows()
        self.assertEqual(self.url_open(self.path, data={"frequency": "weekly"}).status_code, 400)
        self.assertEqual(self.url_open(f"{self.one_click}/confirm", data={"a": "1"}).status_code,
                         400)  # fmt: skip
        self.assertEqual(self._rows(), before)

    def test_topics(self):
        answer = self._choose(**self._on(self.tips), frequency="all")
        self.assertIn("Saved", answer.text)
        self.assertEqual(self._state()["topics"], ["Product tips"])
        self._choose(**self._on(self.tips), frequency="all")
        self.assertEqual(self._lines(self.bea), [("refused", "News and offers")], "said once")
        self._choose(**self._on(self.tips, self.news), frequency="all")
        self.assertEqual(self._state()["topics"], ["News and offers", "Product tips"])
        self._choose(**self._on(self.tips), frequency="all")
        self.assertEqual(
            self._lines(self.bea),
            [(state, "News and offers") for state in ("refused", "granted", "withdrawn")],
        )
        line = self.env["ecrm.consent"].search([], limit=1)
        self.assertEqual((line.source, line.company_id), ("preferences", self.company))
        self.assertTrue(line.text_version and line.proof and line.create_date)

    def test_everything_off_and_one_on_again(self):
        self._choose(**self._on(self.news, self.tips), everything_off="1")
        self.assertEqual(self._state()["topics"], [])
        self.assertEqual(self._refused(self.bea, self.tips), "unsubscribed")
        self._choose(**self._on(self.tips), frequency="all")
        self.assertEqual(self._state()["topics"], ["Product tips"])
        self.assertIsNone(self._refused(self.bea, self.tips))
        self.assertEqual(self._refused(self.bea), "unsubscribed")

    def test_frequency_pause_and_measuring(self):
        both = self._on(self.news, self.tips)
        self._choose(**both, frequency="weekly", pause="60", unmeasured="1")
        state = self._state()
        self.assertEqual(state["frequency"], "weekly")
        self.assertAlmostEqual((state["paused_until"] - self._ago(0)).days, 60, delta=1)
        self.assertFalse(state["measure"])
        self.assertEqual(self._refused(self.bea), "paused")
        self.assertEqual(self.preferences.objects([self.bea.email, "x@y.z"]), {self.bea.email})
        self.assertEqual(self.preferences.objects(self.people), self.bea)
        self._choose(**both, frequency="weekly", pause="0")
        state = self._state()
        self.assertEqual((state["paused_until"], state["measure"]), (None, True))
        self.assertIsNone(self._refused(self.bea))
        self.assertEqual(len(self._lines(self.bea, "email_frequency")), 3)
        self.assertEqual(len(self._lines(self.bea, "email_measure")), 2)
        self.assertFalse(self.preferences.objects(self.people))

    def test_less_of_one_topic(self):
        both = self._on(self.news, self.tips)
        self._choose(**both, **{f"often_{self.tips.id}": "monthly", f"often_{self.news.id}": ""})
        page = html.fromstring(self._get(self.path).text)
        chosen = page.xpath("//select[starts-with(@name, 'often_')]/option[@selected]/../@name")
        self.assertEqual(chosen, [f"often_{self.tips.id}"])
        self.assertEqual(self._lines(self.bea, "email_frequency"), [("granted", "Product tips")])
        self._choose(**both, **{f"often_{self.tips.id}": "hourly", "often_x": "weekly"})
        self.assertEqual(len(self._lines(self.bea, "email_frequency")), 1)

    def test_what_makes_no_sense_is_left_out(self):
        other = self.env["res.company"].create({"name": "Other"})
        foreign = self.env["ecrm.topic"].create({"name": "Theirs", "company_id": other.id})
        odd = {
            "frequency": "hourly",
            "pause": "36500",
            "topic_": "1",
            "topic_-1": "1",
            "topic_9999999999999999": "1",
            "topic_²": "1",
            f"topic_{foreign.id}": "1",
            "partner_id": str(self.cem.id),
            "email": self.cem.email,
        }
        self._choose(**self._on(self.news, self.tips), **odd)
        self.assertEqual(self._state()["frequency"], "all")
        self.assertEqual(self._state()["topics"], ["News and offers", "Product tips"])
        self.assertEqual(self._lines(self.bea) + self._lines(self.cem), [])

    def test_an_objection_to_the_profile_counts_too(self):
        browser = self.env["ecrm.identity"].create({"kind": "device", "key": "x" * 64})
        browser.link(self.cem, "login")
        self.env["ecrm.consent"].record(browser, "refused", "profile")
        self.assertEqual(self.preferences.objects(self.people), self.cem)
        self.assertEqual(self.preferences.objects([self.cem.email]), {self.cem.email})
        self.env["ecrm.consent"].record(browser, "granted", "profile")
        self.assertFalse(self.preferences.objects(self.people))

    def test_an_address_that_does_not_work_stays_held_back(self):
        self._suppress(self.bea, "hard_bounce", company_id=False)
        page = self._get(self.path).text
        self.assertIn("we do not send news or offers to this address", page)
        self._choose(**self._on(self.news, self.tips), frequency="all")
        self.assertEqual(self._refused(self.bea), "hard_bounce")

    def test_that_an_address_is_held_back_is_no_choice_of_its_owner(self):
        bounced = self._suppress(self.bea, "hard_bounce", company_id=False)
        page = html.fromstring(self._get(self.path).text)
        ticked = page.xpath("//input[starts-with(@name, 'topic_')][@checked]/@name")
        self.assertEqual(ticked, [*self._on(self.news, self.tips)])
        self._choose(**dict.fromkeys(ticked, "1"), frequency="weekly")
        bounced.action_lift()
        self.assertIsNone(self._refused(self.bea))

    def test_who_is_on_odoos_blacklist_is_told(self):
        self.assertNotIn("we do not send news or offers", self._get(self.path).text)
        self.env["mail.blacklist"]._add(self.bea.email)
        self.assertIn("we do not send news or offers", self._get(self.path).text)

    def test_a_company_without_topics(self):
        (self.news | self.tips).active = False
        page = self._get(self.path).text
        self.assertIn("News and offers", page)
        self._choose(topic_0="1", frequency="weekly")
        self.assertEqual(self._state()["frequency"], "weekly")
        self.assertIsNone(self._refused(self.bea), "only the frequency was chosen")
        self._choose(frequency="weekly")
        self.assertEqual(self._refused(self.bea), "unsubscribed")
        self._choose(topic_0="1", frequency="weekly")
        self.assertIsNone(self._refused(self.bea))


@tagged("post_install", "-at_install")
class TestPortal(PreferenceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.users"].with_context(no_reset_password=True).create(
            {
                "login": "bea",
                "password": "bea-password",
                "partner_id": cls.bea.id,
                "group_ids": [Command.set(cls.env.ref("base.group_portal").ids)],
            }
        )

    def test_own_choices_and_nobody_elses(self):
        self.authenticate("bea", "bea-password")
        self.assertIn("/my/privacy", self._get("/my").text)
        answer = self._choose(
            "/my/communication",
            **self._on(self.tips),
            frequency="monthly",
            partner_id=str(self.cem.id),
            email=self.cem.email,
            address=self.cem.email,
        )
        self.assertIn("Saved", answer.text)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        state = self._state()
        self.assertEqual((state["topics"], state["frequency"]), (["Product tips"], "monthly"))
        self.assertEqual(self._state(self.cem)["frequency"], "all")
        self.assertEqual(self._lines(self.cem), [])

    def test_the_mails_are_those_of_the_shop_one_looks_at(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.env["ecrm.topic"].create({"name": "Theirs", "company_id": other.id})
        self.env["website"].search([]).company_id = other
        self.authenticate("bea", "bea-password")
        self._choose("/my/communication", frequency="weekly", **self._on(self.news, self.tips))
        self.env.invalidate_all()
        theirs = self.preferences.of_address(self.bea.email, other)
        self.assertEqual(theirs.frequency, "weekly")
        self.assertIn("Theirs", self._get("/my/communication").text)
        self.assertEqual(self._state()["frequency"], "all")

    def test_not_without_a_login(self):
        self.assertIn("/web/login", self._get("/my/communication").url)

    @mute_logger("odoo.http")
    def test_csrf(self):
        self.authenticate("bea", "bea-password")
        answer = self.url_open("/my/communication", data={"frequency": "weekly"})
        self.assertEqual(answer.status_code, 400)

    def test_a_user_without_an_address(self):
        self.authenticate("bea", "bea-password")
        self.bea.email = False
        self.assertIn("We do not know your e-mail address", self._get("/my/communication").text)
