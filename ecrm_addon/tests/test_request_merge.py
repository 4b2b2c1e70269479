from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .desk_case import DeskCase, at


class MergeCase(DeskCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bystander = cls.env["res.partner"].create({"name": "Cy", "email": "cy@example.com"})

    def _write(self, request, body, author=None, **values):
        """Let somebody write into the thread of a request, without telling anybody."""
        return self.env["mail.message"].create(
            {
                "model": "ecrm.request",
                "res_id": request.id,
                "body": body,
                "author_id": (author or self.customer).id,
                "message_type": "comment",
                "subtype_id": self.env.ref("mail.mt_comment").id,
                **values,
            }
        )

    def _file(self, request):
        return self.env["ir.attachment"].create(
            {"name": "a.txt", "raw": b"a", "res_model": "ecrm.request", "res_id": request.id}
        )

    def _texts(self, request):
        request.invalidate_recordset(["message_ids"])
        return " ".join(request.message_ids.mapped("body"))

    def _merge(self, requests, target, user=None, **values):
        wizard = self.env["ecrm.request.merge.wizard"].with_user(user or self.agent)
        wizard = wizard.create(
            {"request_ids": [(6, 0, requests.ids)], "target_id": target.id, **values}
        )
        return wizard.action_merge()


class TestMerge(MergeCase):
    def test_everything_moves(self):
        kept = self._ask(opened_at=at("2026-02-10 09:00"))
        source = self._ask(
            opened_at=at("2026-02-09 09:00"),
            priority="3",
            description="<p>It was blue.</p>",
            tag_ids=[(0, 0, {"name": "Desk tea"})],
        )
        message = self._write(source, "<p>Are you there?</p>")
        note = source.message_post(body="Called her", subtype_xmlid="mail.mt_note")
        file = self._file(source)
        source.message_subscribe(partner_ids=self.bystander.ids)
        source.activity_schedule("mail.mail_activity_data_todo", user_id=self.agent.id)
        action = self._merge(kept | source, kept)
        self.assertEqual(action["res_id"], kept.id)
        self.assertEqual(((message | note).mapped("res_id"), file.res_id), ([kept.id] * 2, kept.id))
        self.assertIn(self.bystander, kept.message_partner_ids)
        kept.invalidate_recordset(["activity_ids"])
        self.assertEqual(len(kept.activity_ids), 1)
        self.assertIn("It was blue", self._texts(kept), "the question is in no message")
        self.assertEqual((kept.priority, kept.opened_at), ("3", at("2026-02-09 09:00")))
        self.assertEqual(kept.tag_ids.mapped("name"), ["Desk tea"])
        self.assertEqual(source.merged_into_id, kept)
        self.assertTrue(source.is_closed and source.stage_id.is_cancelled)
        # both tell of it
        self.assertIn(source.number, self._texts(kept))
        self.assertIn(kept.number, self._texts(source))
        self.assertNotIn("Are you there", self._texts(source))

    def test_a_question_that_came_by_mail_is_not_told_twice(self):
        kept = self._ask()
        source = self._ask(description="<p>Are you   there?</p>", source="email")
        self._write(source, "<div>Are you there?</div>")
        self._merge(kept | source, kept)
        self.assertEqual(self._texts(kept).count("you"), 1)

    def test_the_customer_is_told_once_or_not(self):
        kept, source, third = self._ask(), self._ask(), self._ask()
        before = self._notified()
        self._merge(kept | source, kept)
        self.assertEqual(self._notified(), before)
        self._merge(kept | third, kept, tell=True)
        told = self._notified() - before
        self.assertEqual(len(told), 1)
        self.assertIn(third.number, told.body)
        self.assertFalse(kept.answered_at, "that is no answer")

    def test_an_address_is_told_that_is_no_contacts(self):
        kept, source = (self._ask(partner_id=False, email="new@example.com") for _n in range(2))
        self._merge(kept | source, kept, tell=True)
        told = kept.message_ids.filtered(lambda message: source.number in (message.subject or "")
                                         or message.outgoing_email_to)  # fmt: skip
        self.assertEqual(told.outgoing_email_to, "new@example.com")
        self.assertFalse(kept.answered_at)

    def _notified(self):
        return self.env["mail.message"].search(
            [("notified_partner_ids", "in", self.customer.ids), ("model", "=", "ecrm.request")]
        )

    def test_only_of_one_person(self):
        mine = self._ask()
        self.customer.parent_id = self.env["res.partner"].create({"name": "Tea House"})
        self.bystander.parent_id = self.customer.parent_id
        for other in (
            self._ask(partner_id=self.bystander.id),
            self._ask(partner_id=False, email="other@example.com"),
        ):
            with self.assertRaisesRegex(UserError, "same customer"):
                self._merge(mine | other, mine)
        typed = self._ask(partner_id=False, email="ann@example.com")
        self._merge(mine | typed, mine)
        self.assertEqual(typed.merged_into_id, mine)

    def test_what_is_no_merge(self):
        one, two, three = self._ask(), self._ask(), self._ask()
        with self.assertRaisesRegex(UserError, "at least two"):
            self._merge(one, one)
        self._merge(one | two, one)
        with self.assertRaisesRegex(UserError, "merged already"):
            self._merge(two | three, three)

    def test_who_may(self):
        one, two = self._ask(), self._ask()
        marketer = new_test_user(self.env, "desk_marketer", "ecrm_addon.group_ecrm_marketer")
        with self.assertRaises(AccessError):
            self._merge(one | two, one, user=marketer)
        other = self.env["res.company"].create({"name": "Other Company"})
        foreign = self._ask(
            company_id=other.id, team_id=self.team.copy({"company_id": other.id}).id
        )
        with self.assertRaises(AccessError):
            self._merge(one | foreign, one)
        with self.assertRaisesRegex(UserError, "one company"):
            self._merge(one | foreign, one, user=self.env.user)

    def test_what_is_offered_from_the_form(self):
        mine, second = self._ask(), self._ask()
        self._ask(partner_id=self.bystander.id)
        self._ask(stage_id=self.solved.id)
        context = mine.with_user(self.agent).action_merge()["context"]
        self.assertEqual(set(context["default_request_ids"]), {mine.id, second.id})


class TestSplit(MergeCase):
    def _split(self, request, messages=None, **values):
        wizard = self.env["ecrm.request.split.wizard"].with_user(self.agent)
        wizard = wizard.create(
            {
                "request_id": request.id,
                "name": "Another thing",
                "message_ids": [(6, 0, messages.ids if messages else [])],
                **values,
            }
        )
        return self.env["ecrm.request"].browse(wizard.action_split()["res_id"])

    def test_some_messages(self):
        request = self._ask(lang="en_US", user_id=self.agent.id, order_id=self._order().id)
        request.message_subscribe(partner_ids=self.customer.ids)
        stays = self._write(request, "<p>Thank you.</p>")
        file = self._file(request)
        date = at("2026-02-09 09:00")
        moves = self._write(
            request, "<p>Do you have cups?</p>", date=date, attachment_ids=[(4, file.id)]
        )
        new = self._split(request, moves)
        self.assertEqual((moves.res_id, file.res_id, stays.res_id), (new.id, new.id, request.id))
        self.assertEqual((new.split_from_id, new.partner_id), (request, self.customer))
        self.assertEqual((new.user_id, new.order_id), (request.user_id, request.order_id))
        self.assertEqual((new.opened_at, new.customer_wrote_at), (date, date))
        self.assertIn("cups", new.description)
        self.assertIn(self.customer, new.message_partner_ids)
        self.assertIn(new.number, self._texts(request))
        self.assertIn(request.number, self._texts(new))

    def test_notes_are_never_a_question(self):
        request = self._ask()
        note = request.message_post(body="He is rude", subtype_xmlid="mail.mt_note")
        hidden = self._write(request, "<p>Rude, too</p>", is_internal=True)
        with self.assertRaisesRegex(UserError, "write the question"):
            self._split(request, note | hidden)
        said = self._write(request, "<p>And cups?</p>")
        new = self._split(request, note | hidden | said)
        self.assertEqual(new.description, "<p>And cups?</p>")
        self.assertEqual((note | hidden).mapped("res_id"), [new.id] * 2)

    def test_what_is_not_proved_stays_so(self):
        request = self._ask(is_proved=False)
        self.assertFalse(self._split(request, question="<p>And cups?</p>").is_proved)
        request.is_proved = True
        self.assertTrue(self._split(request, question="<p>And cups?</p>").is_proved)

    def test_a_new_question(self):
        request = self._ask()
        new = self._split(request, question="<p>And cups?</p>")
        self.assertEqual(new.description, "<p>And cups?</p>")
        self.assertEqual(new.team_id, self.team)

    def test_nothing_to_split(self):
        request, other = self._ask(), self._ask()
        with self.assertRaisesRegex(UserError, "Choose messages"):
            self._split(request)
        foreign = self._write(other, "<p>Mine</p>")
        with self.assertRaisesRegex(UserError, "Choose messages"):
            self._split(request, foreign)
        self.assertEqual(foreign.res_id, other.id)
