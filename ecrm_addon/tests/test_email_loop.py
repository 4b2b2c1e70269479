from ..models.ecrm_email_door import FEW
from ..queries.append_email_hits import MOST
from .email_case import EmailCase

GOOGLEBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


class TestEmailLoop(EmailCase):
    """A mailing from leaving to what is known of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailing = cls._mailing(cls.customer | cls.bea)

    def setUp(self):
        super().setUp()
        self.mails = self._send(self.mailing)
        self.mail = self.mails["ann@example.com"]

    def _later(self):
        """Let the mails have left an hour ago: nobody reads them within a second."""
        self.env.cr.execute(
            "UPDATE ecrm_email_event SET occurred_at = occurred_at - interval '1 hour'"
        )

    def _derived(self):
        """Return what Odoo's trace, the mailing's figures and the contact's profile tell."""
        trace = self.env["mailing.trace"].search([("email", "=", "ann@example.com")])
        stats = self.env["ecrm.mailing.stat"].search([("mailing_id", "=", self.mailing.id)])
        profiles = self.env["ecrm.email.profile"].search([("partner_id", "=", self.customer.id)])
        return (
            trace.mapped("trace_status"),
            bool(trace.open_datetime),
            bool(trace.links_click_datetime),
            [(sum(stats.mapped("opened")), sum(stats.mapped("clicked")))],
            [
                (row.email_score is not False, row.opened_count, row.clicked_count)
                for row in profiles
            ],
        )

    def test_each_recipient_is_written_down(self):
        self._digest()
        message = self._message(self.customer)
        self.assertEqual(message.state, "sent")
        self.assertEqual(message.kind, "mailing")
        self.assertEqual(message.link_count, 2)
        self.assertEqual(self._told(self.customer, "sent").res_id, self.mailing.id)

    def test_sent_is_the_instant_when_it_left(self):
        """Not when the transaction began: seconds after it tell people from machines."""
        self.env.cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
        (before,) = self.env.cr.fetchone()
        self._send(self._mailing(self.customer))
        self.env.cr.execute("SELECT max(occurred_at) FROM ecrm_email_event WHERE type = 'sent'")
        self.assertGreater(self.env.cr.fetchone()[0], before)

    def test_a_person_opens_and_clicks(self):
        self._digest()
        self._later()
        self._get(self._pixel(self.mail))
        answer = self._get(self._links(self.mail)[0])
        self.assertEqual(answer.status_code, 302)
        self.assertIn("https://shop.example/tea?a=1", answer.headers["Location"])
        self.assertIn("no-store", answer.headers["Cache-Control"])
        self.assertNotIn("Set-Cookie", answer.headers)
        self._digest()
        message = self._message(self.customer)
        self.assertEqual(message.state, "clicked")
        self.assertEqual((message.human_open_count, message.human_click_count), (1, 1))
        self.assertEqual(self._told(self.customer, "clicked").verdict, "human")
        self.assertEqual(len(self._told(self.customer, "opened")), 1)
        self.assertEqual(self.mailing.opened, 1)
        self.assertEqual(self.mailing.clicked, 1)
        self.assertEqual(sum(self.env["link.tracker"].search([]).mapped("count")), 1)

    def test_a_click_implies_an_open(self):
        self._later()
        self._get(self._links(self.mail)[0])
        self._digest()
        self.assertEqual(len(self._told(self.customer, "opened", verdict="human")), 1)
        self.assertEqual(self._message(self.customer).human_open_count, 1)
        self._get(self._pixel(self.mail))
        self._digest()
        self.assertEqual(len(self._told(self.customer, "opened", verdict="human")), 1)

    def test_head_and_bots_count_nothing(self):
        self._later()
        for path in (self._pixel(self.mail), *self._links(self.mail)):
            self._get(path, method="HEAD")
        self._get(self._links(self.mail)[0], agent=GOOGLEBOT)
        self._digest()
        message = self._message(self.customer)
        self.assertEqual((message.human_open_count, message.human_click_count), (0, 0))
        self.assertEqual((message.open_count, message.click_count), (0, 1))
        self.assertEqual(self._told(self.customer, "clicked").mapped("verdict"), ["machine"])
        self.assertEqual((self.mailing.opened, self.mailing.clicked), (0, 0))

    def test_a_bait_revises_what_was_told(self):
        self._later()
        self._get(self._links(self.mail)[0])
        self._digest()
        self.assertEqual(self._told(self.customer, "clicked").verdict, "human")
        self.assertEqual(self._derived(), (["open"], True, True, [(1, 1)], [(True, 1, 1)]))
        self._get(self._bait(self.mail))
        self._digest()
        self.assertEqual(self._derived(), (["sent"], False, False, [(0, 0)], [(False, 0, 0)]))
        self.assertEqual(self._told(self.customer, "clicked").verdict, "machine")
        self.assertFalse(self._told(self.customer, "opened", verdict="human"))
        self.assertEqual(self._message(self.customer).human_click_count, 0)
        self.assertEqual((self.mailing.opened, self.mailing.clicked), (0, 0))
        self.assertEqual(sum(self.env["link.tracker"].search([]).mapped("count")), 0)

    def test_forged_hits_redirect_and_count_nothing(self):
        trace = self.env["mailing.trace"].search([("email", "=", "bea@example.com")])
        code = self.env["link.tracker.code"].search([], limit=1).code
        answer = self._get(f"/r/{code}/m/{trace.id}")
        self.assertEqual(answer.status_code, 302)
        pixel, link = self._pixel(self.mail), self._links(self.mail)[0]
        other = "0" if link[-1] != "0" else "1"
        for path in (f"{link[:-1]}{other}", pixel.replace("/o/01", "/o/02"), "/ecrm/c/é"):
            self.assertEqual(self._get(path).status_code, 404, path)
        # the token of a link is none of a pixel
        self.assertEqual(self._get(link.replace("/c/", "/o/") + ".gif").status_code, 404)
        self._digest()
        self.assertFalse(self.env["ecrm.email.event"].search([("type", "!=", "sent")]))
        self.assertEqual((self.mailing.opened, self.mailing.clicked), (0, 0))
        self.assertFalse(trace.links_click_datetime)

    def test_a_thousand_hits_are_one_open(self):
        for _n in range(30):
            self._get(self._pixel(self.mail))
        self._digest()
        # two where the hour ended meanwhile
        self.assertIn(self._message(self.customer).open_count, (1, 2))

    def test_who_asks_without_an_end_fills_no_disk(self):
        """The door looks how many hits there are only where many came."""
        message, link = self._message(self.customer), self._links(self.mail)[0]
        events = self.env["ecrm.email.event"]
        hit = {"type": "clicked", "source": "test", "email_message_ref": message.id}
        events.record([{**hit, "external_id": str(number)} for number in range(MOST)])
        for _n in range(FEW + 10):
            self.assertEqual(self._get(link).status_code, 302)
        found = events.search_count([("email_message_ref", "=", message.id)])
        self.assertLessEqual(found, MOST + FEW + 1)  # one tells that it was sent

    def test_the_text_part_is_clean(self):
        text = self.mail["body_alternative"]
        for word in ("/ecrm/o/", "/mail/track", "/ecrm/c/", "/r/", "unsubscribe_from_list"):
            self.assertNotIn(word, text)
        self.assertIn("https://shop.example/tea?a=1", text)

    def test_the_way_out_is_in_header_body_and_text(self):
        header = self.mail["headers"]["List-Unsubscribe"].strip("<>")
        self.assertIn(header, self.mail["body"])
        self.assertIn(header, self.mail["body_alternative"])
        self.assertEqual(
            self.mail["headers"]["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click"
        )
        topic = self.mailing.ecrm_topic_id
        path = self._local(header)
        suppressions = self.env["ecrm.suppression"]
        for method in ("GET", "HEAD"):
            self.assertEqual(self._get(path, method=method).status_code, 200)
            self.assertFalse(suppressions.refusals(["ann@example.com"], topic))
        answer = self._get(path, method="POST", data={"List-Unsubscribe": "One-Click"})
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(
            suppressions.refusals(["ann@example.com"], topic), {"ann@example.com": "unsubscribed"}
        )
        other = self.env["ecrm.topic"].create({"name": "Something else"})
        self.assertFalse(suppressions.refusals(["ann@example.com", "bea@example.com"], other))
        self._digest()
        self.assertEqual(self._message(self.customer).state, "unsubscribed")

    def test_who_objects_is_not_measured(self):
        preference = self.env["ecrm.email.preference"]
        identity = self.env["ecrm.identity"].create({"kind": "email", "key": "cleo@example.com"})
        self.env["ecrm.consent"].record(identity, "refused", "email_measure")
        cleo = self.env["res.partner"].create({"name": "Cleo", "email": "cleo@example.com"})
        self.assertEqual(preference.objects(["cleo@example.com"]), {"cleo@example.com"})
        mail = self._send(self._mailing(cleo))["cleo@example.com"]
        for word in ("/ecrm/o/", "/ecrm/c/", "/r/", "/mail/track"):
            self.assertNotIn(word, mail["body"])
        self.assertIn("https://shop.example/tea?a=1", mail["body"])
        self.assertFalse(self._message(cleo).is_tracked)

    def test_who_objects_later_is_not_measured_from_then_on(self):
        """Links go on working; nothing more is noted, nor taken from a provider."""
        self._get(self._links(self.mail)[0])
        self._digest()
        events = self.env["ecrm.email.event"]
        before = events.search([])
        identity = self.env["ecrm.identity"].create({"kind": "email", "key": "ann@example.com"})
        self.env["ecrm.consent"].record(identity, "refused", "email_measure")
        self.assertFalse(self._message(self.customer).is_tracked)
        self.assertEqual(self._get(self._links(self.mail)[0]).status_code, 302)
        self.assertEqual(self._get(self._pixel(self.mail)).status_code, 200)
        self.assertEqual(events.search([]), before)
        told = {"source": "webhook.brevo", "recipient": "ann@example.com"}
        told["message_id"] = self._message(self.customer).message_id
        events.record([{**told, "type": each} for each in ("opened", "clicked", "complained")])
        self._digest()
        self.assertEqual((events.search([]) - before).mapped("type"), ["complained"])

    def test_a_deleted_link_leads_nowhere(self):
        link = self._links(self.mail)[0]
        self.assertEqual(self._get(link).status_code, 302)
        self.mailing.unlink()
        self.assertEqual(self._get(link).status_code, 404)
