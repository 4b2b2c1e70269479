from odoo.tests import tagged
from odoo.tools import mute_logger

from .support_case import SupportCase

PDF = ("bill.pdf", b"%PDF-1.7 x", "application/pdf")
EXE = ("bill.pdf", b"MZ\x90 x", "application/pdf")


@tagged("post_install", "-at_install")
class TestSupportPortal(SupportCase):
    """A customer's own requests in the portal, and nobody else's."""

    def _new(self, **values):
        """Send the form for a new request; return the answer and what it made."""
        files = values.pop("files", None)
        data = {"subject": "Late", "question": "Where is it?", **values}
        return self._made_by(lambda: self._form("/my/support/new", data, files))

    # ------------------------------------------------------------
    # LIST
    # ------------------------------------------------------------

    def test_empty(self):
        self._login(self.zed)
        self.assertIn("You have no open request", self._text("/my/support"))
        self._assert_personal(self.url_open("/my/support"))

    def test_list(self):
        mine, closed, hers = self._ask(), self._ask(subject="Old"), self._ask(self.tim, "Secret")
        closed._close()
        self._login(self.rosa)
        text = self._text("/my/support")
        self.assertIn(mine.number, text)
        self.assertNotIn(closed.number, text)
        self.assertIn(closed.number, self._text("/my/support?filterby=closed"))
        for state in ("all", "open", "x'; drop"):
            self.assertNotIn(hers.number, self._text(f"/my/support?filterby={state}"))

    def test_pages(self):
        for number in range(25):
            self._ask(subject=f"Question {number}")
        self._login(self.rosa)
        first, second = self._page("/my/support"), self._page("/my/support/page/2")
        rows = "//ul[contains(@class, 'o_ecrm_requests')]/li"
        counts = [len(page.xpath(rows)) for page in (first, second)]
        self.assertEqual(counts, [20, 5])
        self.assertEqual(self.url_open("/my/support/page/999999").status_code, 200)

    def test_cost_does_not_grow(self):
        self._ask()
        self._login(self.rosa)
        few = self._queries("/my/support")
        for number in range(18):
            self._ask(subject=f"Question {number}")._close() if number % 2 else self._ask()
        self.assertLessEqual(self._queries("/my/support"), few)

    def test_card(self):
        self._login(self.rosa)
        (card,) = self._page("/my").xpath("//a[@href='/my/support']")
        self.assertIn("Ask us", card.text_content())
        self._ask()
        self._ask()._close()
        self._ask(self.tim)
        counters = {"counters": ["ecrm_support_count"]}
        told = self.make_jsonrpc_request("/my/counters", counters)
        self.assertEqual(told["ecrm_support_count"], 1)

    # ------------------------------------------------------------
    # ASKING
    # ------------------------------------------------------------

    def test_ask(self):
        order = self._order(self.rosa)
        self._login(self.rosa)
        about = f"product-{order.id}-{self.product.id}"
        self.assertIn(about, self.url_open("/my/support/new").text)
        response, request = self._new(about=about, files=[("files", PDF)])
        self.assertEqual(response.status_code, 303)
        self.assertEqual(request.partner_id, self.rosa)
        self.assertEqual((request.order_id, request.product_id), (order, self.product))
        self.assertEqual(request.source, "portal")
        self.assertTrue(request.is_proved)
        question = request.message_ids.filtered(lambda m: m.message_type == "comment")
        self.assertEqual(question.author_id, self.rosa)
        self.assertEqual(question.attachment_ids.name, "bill.pdf")
        (mail,) = self._mails
        self.assertEqual(mail["email_to"], ["rosa@customers.example"])
        # she may have typed any address into her account
        self.assertNotIn("Late", mail["subject"])
        self.rosa.user_ids.login = "rosa@customers.example"
        self.authenticate("rosa@customers.example", "rosa-password")
        self._new()
        self.assertIn("Late", self._mails[0]["subject"])

    def test_order_of_somebody_else(self):
        order = self._order(self.zed)
        self._login(self.rosa)
        self.assertNotIn(order.name, self.url_open(f"/my/support/new?order={order.id}").text)
        for about in (f"order-{order.id}", f"product-{order.id}-{self.product.id}", "order-0",
                      "x", "order-99999999999", "product-1"):  # fmt: skip
            _response, request = self._new(about=about)
            self.assertTrue(request)
            self.assertFalse(request.order_id)
            self.assertFalse(request.product_id)

    def test_product_that_was_not_bought(self):
        order = self._order(self.rosa)
        other = self.env["product.product"].create({"name": "Coffee"})
        self._login(self.rosa)
        _response, request = self._new(about=f"product-{order.id}-{other.id}")
        self.assertEqual(request.order_id, order)
        self.assertFalse(request.product_id)

    def test_help_with_an_order(self):
        order = self._order(self.rosa)
        self._login(self.rosa)
        href = f"/my/support/new?order={order.id}"
        self.assertIn(href, self.url_open(order.get_portal_url()).text)
        (option,) = self._page(href).xpath("//option[@selected]")
        self.assertEqual(option.get("value"), f"order-{order.id}")
        # with the key of the order, but not its customer, there is nothing to ask from
        self._login(self.zed)
        self.assertNotIn(href, self.url_open(order.get_portal_url()).text)
        self.authenticate(None, None)
        self.assertNotIn(href, self.url_open(order.get_portal_url()).text)

    def test_refused_forms_keep_what_was_typed(self):
        self._login(self.rosa)
        long = "y" * 20_001
        for values, said in (
            ({"subject": ""}, "in a few words"),
            ({"question": " "}, "what we can help you with"),
            ({"question": long}, "20000 characters"),
            ({"files": [("files", EXE)]}, "is a program"),
            ({"files": [("files", PDF)] * 6}, "5 files at most"),
            ({"files": [("files", ("big.pdf", b"%PDF-" + b"x" * 10 * 2**20, "x/y"))]}, "too large"),
        ):
            response, request = self._new(**values)
            self.assertEqual(response.status_code, 422, said)
            self.assertIn(said, response.text)
            self.assertIn(values.get("question", "Where is it?").strip() or "Late", response.text)
            self.assertFalse(request)

    def test_ten_thousand_characters_and_markup(self):
        self._login(self.rosa)
        evil = "<script>alert(1)</script>'; drop table x; %%% "
        response, request = self._new(subject=evil, question=evil + "y" * 10_000)
        self.assertEqual(response.status_code, 303)
        text = self.url_open(f"/my/support/{request.id}").text
        self.assertNotIn("<script>alert(1)", text)
        self.assertIn("&lt;script&gt;alert(1)", text)

    def test_too_often(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_support_user", "2 0.0001")
        self._login(self.rosa)
        statuses = [self._new()[0].status_code for _time in range(4)]
        self.assertEqual(statuses, [303, 303, 429, 429])

    def test_another_ones_name_in_the_form(self):
        self._login(self.rosa)
        _response, request = self._new(partner_id=self.zed.id, email="zed@customers.example")
        self.assertEqual((request.partner_id, request.email), (self.rosa, self.rosa.email))

    # ------------------------------------------------------------
    # ONE OF THEM
    # ------------------------------------------------------------

    def _url(self, request, token=None):
        return self.form._page_url(request, token)

    def test_foreign_requests_are_none(self):
        hers, absent = self._ask(self.tim), "/my/support/99999999"
        self._login(self.rosa)
        for url in (self._url(hers), absent, self._url(hers, "0" * 36), self._url(hers, "é")):
            response = self.url_open(url)
            self.assertEqual(response.status_code, 404, url)
            self.assertNotIn(hers.name, response.text)
            act = self._form(url, {"act": "close"})
            self.assertEqual(act.status_code, 404)
        self.assertFalse(hers.is_closed)

    def test_without_a_login(self):
        self.authenticate(None, None)
        for number in (self._ask().id, 99999999):
            response = self.url_open(f"/my/support/{number}", allow_redirects=False)
            self.assertEqual(response.status_code, 303)
            self.assertIn(f"/web/login?redirect=/my/support/{number}", response.headers["Location"])

    def test_thread_without_notes(self):
        request = self._ask()
        self._answer(request)
        self._answer(request, "He is rude", subtype_xmlid="mail.mt_note")
        self._login(self.rosa)
        text = self._text(self._url(request))
        self.assertIn("It comes tomorrow.", text)
        self.assertNotIn("rude", text)
        self._assert_personal(self.url_open(self._url(request)))

    def test_answer_close_reopen(self):
        request = self._ask()
        self._answer(request)
        self._login(self.rosa)
        response = self._form(
            self._url(request), {"act": "answer", "question": "Thanks!"}, [("files", PDF)]
        )
        self.assertIn("done=answer", response.headers["Location"])
        message = request.message_ids.filtered(lambda m: "Thanks!" in (m.body or ""))
        self.assertEqual(message.author_id, self.rosa)
        self.assertEqual(message.attachment_ids.name, "bill.pdf")
        self._form(self._url(request), {"act": "close"})
        self.assertTrue(request.is_closed)
        self.assertIn("Solved on", self._text(self._url(request)))
        self._form(self._url(request), {"act": "reopen"})
        self.assertFalse(request.is_closed)
        self._form(self._url(request), {"act": "close"})
        self._form(self._url(request), {"act": "reopen", "question": "Broken again"})
        self.assertFalse(request.is_closed)
        self.assertIn("Broken again", self._thread(request)[0])
        self._form(self._url(request), {"act": "drop"})

    def test_refused_answer_keeps_what_was_typed(self):
        request = self._ask()
        self._login(self.rosa)
        response = self._form(
            self._url(request), {"act": "answer", "question": "See my file"}, [("files", EXE)]
        )
        self.assertEqual(response.status_code, 422)
        self.assertIn("is a program", response.text)
        self.assertIn("See my file", response.text)
        self.assertFalse(self._thread(request))

    def test_answers_are_bounded(self):
        self.env["ir.config_parameter"].set_param("ecrm.limit_support_answer", "2 0.0001")
        request = self._ask()
        self._login(self.rosa)
        data = {"act": "answer", "question": "Hello"}
        statuses = [self._form(self._url(request), data).status_code for _time in range(4)]
        self.assertEqual(statuses, [303, 303, 429, 429])
        self.assertEqual(len(self._thread(request)), 2)

    def test_with_the_key(self):
        request = self._ask(is_proved=False)
        url = self._url(request, request.access_token)
        self.authenticate(None, None)
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        self.assertEqual(response.headers["Referrer-Policy"], "no-referrer")
        self.assertFalse(request.is_proved)  # programs follow each link in a mail
        self._form(url, {"act": "confirm"})
        self.assertTrue(request.is_proved)
        self._form(url, {"act": "answer", "question": "By the link"})
        self.assertIn("By the link", self._thread(request)[0])
        self.assertEqual(request.message_ids[0].author_id, self.rosa)

    def test_with_the_key_and_no_contact(self):
        request = self._ask(is_proved=False, partner_id=False, email="new@customers.example")
        self.authenticate(None, None)
        self._form(self._url(request, request.access_token), {"act": "answer", "question": "Hi"})
        self.assertIn("Hi", self._thread(request)[0])
        message = request.message_ids[0]
        self.assertFalse(message.author_id)
        self.assertEqual(message.email_from, "new@customers.example")

    # ------------------------------------------------------------
    # ODOO'S OWN DOORS
    # ------------------------------------------------------------

    def _post(self, request, **kwargs):
        params = {
            "thread_model": "ecrm.request",
            "thread_id": request.id,
            "post_data": {"body": "Intruder", "subtype_xmlid": "mail.mt_comment"},
            **kwargs,
        }
        return self.url_open("/mail/message/post", json={"params": params}).json()

    def _fetch(self, request, **kwargs):
        params = {"thread_model": "ecrm.request", "thread_id": request.id, **kwargs}
        return self.url_open("/mail/chatter_fetch", json={"params": params}).text

    def test_nobody_writes_in_another_ones_thread(self):
        request = self._ask(self.tim)
        for person in (self.rosa, None):
            self._login(person) if person else self.authenticate(None, None)
            self.assertIn("error", self._post(request))
            self.assertIn("error", self._post(request, token="0" * 36))
        self.assertFalse(self._thread(request))

    def test_chatter_tells_no_notes(self):
        request = self._ask()
        self._answer(request)
        self._answer(request, "He is rude", subtype_xmlid="mail.mt_note")
        self._login(self.rosa)
        told = self._fetch(request, token=request.access_token)
        self.assertIn("It comes tomorrow.", told)
        self.assertNotIn("rude", told)
        self._login(self.tim)
        self.assertNotIn("tomorrow", self._fetch(request))

    def test_upload(self):
        request = self._ask()
        self._login(self.rosa)
        data = {"thread_id": request.id, "thread_model": "ecrm.request", "is_pending": "true",
                "token": request.access_token}  # fmt: skip
        refused = self._form("/mail/attachment/upload", data, {"ufile": EXE}).json()
        self.assertIn("is a program", refused["error"])
        taken = self._form("/mail/attachment/upload", data, {"ufile": PDF}).json()
        self.assertTrue(taken["data"]["attachment_id"])

    @mute_logger("odoo.http")
    def test_upload_of_others(self):
        """What others send counts for nothing, and a broken number is no fault of ours."""
        request = self._ask()
        self.env["ir.config_parameter"].set_param("ecrm.limit_support_file", "2 0.0001")
        data = {"thread_id": request.id, "thread_model": "ecrm.request", "is_pending": "true"}
        self._login(self.tim)
        for thread_id in (request.id, "x", "9" * 30, "-1"):
            values = {**data, "thread_id": thread_id}
            response = self._form("/mail/attachment/upload", values, {"ufile": PDF})
            self.assertEqual(response.status_code, 404, thread_id)
        self._login(self.rosa)
        data["token"] = request.access_token
        answers = [self._form("/mail/attachment/upload", data, {"ufile": PDF}).json()
                   for _time in range(3)]  # fmt: skip
        self.assertEqual([("error" in answer) for answer in answers], [False, False, True])

    def _uploaded_elsewhere(self):
        """Return a program, as one posts it, that was uploaded for a thread where all is taken."""
        order = self._order(self.rosa)
        order._portal_ensure_token()
        data = {"thread_id": order.id, "thread_model": "sale.order", "is_pending": "true",
                "token": order.access_token}  # fmt: skip
        answer = self._form("/mail/attachment/upload", data, {"ufile": EXE}).json()
        (file,) = answer["data"]["store_data"]["ir.attachment"]
        return {"attachment_ids": [file["id"]], "attachment_tokens": [file["ownership_token"]]}

    @mute_logger("odoo.http")
    def test_files_of_any_type_of_message(self):
        request = self._ask()
        self._login(self.rosa)
        key = {"token": request.access_token}
        file = {**self._uploaded_elsewhere(), "body": "See"}
        for kind in ("auto_comment", "notification", "email", "comment"):
            answer = self._post(request, post_data={**file, "message_type": kind}, **key)
            self.assertIn("is a program", str(answer.get("error")), kind)
        self.assertFalse(self._thread(request))
        data = {"body": "Hi", "message_type": "notification", "subtype_xmlid": "mail.mt_note"}
        message_id = self._post(request, post_data=data, **key)["result"]["message_id"]
        message = self.env["mail.message"].browse(message_id)
        self.assertEqual((message.message_type, self._thread(request)), ("comment", ["Hi"]))
        params = {"message_id": message.id, "update_data": {**file, "body": "Hi"}, **key}
        answer = self.url_open("/mail/message/update_content", json={"params": params}).json()
        self.assertIn("is a program", str(answer.get("error")))
        self.assertFalse(message.attachment_ids)
