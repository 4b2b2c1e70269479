from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import new_test_user

from .feedback_case import FeedbackCase


class TestFeedbackAnswer(FeedbackCase):
    """What an answer does: it is kept once, told in the history, and a bad one put before us."""

    # ------------------------------------------------------------
    # ANSWERS
    # ------------------------------------------------------------

    def test_the_first_answer_and_others_in_its_place(self):
        row = self._answered(4, "Fine")
        self.assertEqual(
            (row.score, row.band, row.comment, row.source), (4, "good", "Fine", "mail")
        )
        first = row.answered_at
        with freeze_time(first + timedelta(days=2)):
            self.assertEqual(row._vote("2", None, "portal"), "saved")
        self.assertEqual((row.score, row.band, row.comment), (2, "bad", "Fine"))
        self.assertEqual((row.answered_at, row.source), (first, "mail"))
        self.assertEqual(row.changed_at, first + timedelta(days=2))

    def test_the_same_again_is_one_answer(self):
        row = self._answered(4)
        changed = row.changed_at
        with freeze_time(changed + timedelta(hours=1)):
            for _again in range(3):
                self.assertEqual(row._vote("4", "", "mail"), "saved")
        self.assertEqual(row.changed_at, changed)

    def test_too_late(self):
        row = self._ask()
        self._later(row, 46)
        self.assertEqual(row._vote("5", None, "mail"), "closed")
        answered = self._answered(4)
        self._later(answered, 15)
        self.assertEqual(answered._vote("1", None, "mail"), "closed")
        self.assertEqual((row.score, answered.score), (False, 4))

    def test_what_is_no_answer(self):
        row = self._ask()
        for score in (None, "", "0", "6", "-1", "4.5", "five", "4; DROP TABLE", "%%%", "²"):
            self.assertEqual(row._vote(score, "x", "mail"), "no_score", score)
        self.assertEqual(row._vote("4", "x" * 5001, "mail"), "too_long")
        self.assertFalse(row.answered_at or row.comment)
        self.assertEqual(row._vote("4", "a\0b <script>", "mail"), "saved")
        self.assertEqual(row.comment, "ab <script>")

    def test_nought_of_ten_is_an_answer(self):
        row = self._answered(0, record=self.customer, kind="nps")
        self.assertEqual((row.score, row.band), (0, "bad"))
        self.env.invalidate_all()
        self.assertIs(type(row.score), int)
        unanswered = self._ask()
        self.assertIs(unanswered.score, False)

    def test_nobody_writes_in_the_back_office(self):
        row = self._answered(4)
        manager = new_test_user(self.env, "feedback_manager", "ecrm_addon.group_ecrm_manager")
        own = row.with_user(manager)
        self.assertEqual(own.score, 4)
        for operation in ("write", "create", "unlink"):
            self.assertFalse(own.has_access(operation))

    def test_what_it_is_about_opens_for_who_may_see_it(self):
        order = self._order(user_id=self.marc.id)
        row = self._ask(order)
        reader = new_test_user(self.env, "feedback_reader", "ecrm_addon.group_ecrm_user")
        own = row.with_user(reader)
        self.assertFalse(own.about)
        self.assertEqual(own.action_open_about()["res_model"], "res.partner")
        self.assertEqual(row.about, order.display_name)
        action = row.action_open_about()
        self.assertEqual((action["res_model"], action["res_id"]), ("sale.order", order.id))

    def test_scores_beside_what_they_are_about(self):
        rated, silent = self._request(), self._request(name="Another")
        self._answered(3, record=rated)
        self._ask(silent)
        self.assertEqual(self.feedback._scores_about(rated | silent), {rated.id: 3})

    # ------------------------------------------------------------
    # BAD ONES
    # ------------------------------------------------------------

    def test_a_bad_answer_is_put_before_the_salesperson(self):
        order = self._order(user_id=self.marc.id)
        row = self._answered(2, "Cold <b>tea</b>", record=order)
        activity = row.activity_id
        self.assertEqual((activity.res_model, activity.res_id), ("sale.order", order.id))
        self.assertEqual((activity.user_id, activity.summary), (self.marc, "Not happy: 2 of 5"))
        self.assertIn("Cold &lt;b&gt;tea", activity.note)
        self.assertTrue(activity.automated)

    def test_limits(self):
        scores = {"csat": (3, 4, 5), "nps": (7, 8, 9, 10)}
        for kind, fine in scores.items():
            for score in fine:
                person = self.customer.copy({"email": f"{kind}{score}@x.example"})
                person.user_id = self.marc
                record = person if kind == "nps" else self._order(person, user_id=self.marc.id)
                self.assertFalse(self._answered(score, record=record, kind=kind).activity_id)
        self.customer.user_id = self.marc
        self.assertEqual(
            self._answered(6, record=self.customer, kind="nps").activity_id.res_model, "res.partner"
        )

    def test_before_whom(self):
        boss = new_test_user(self.env, "feedback_boss", "sales_team.group_sale_manager")
        self.company.ecrm_feedback_user_id = boss
        self.assertEqual(
            self._answered(1, record=self._order(user_id=False)).activity_id.user_id, boss
        )
        agent = new_test_user(self.env, "feedback_agent", "ecrm_addon.group_ecrm_support")
        request = self._request(user_id=agent.id)
        activity = self._answered(1, record=request).activity_id
        self.assertEqual((activity.user_id, activity.res_model), (agent, "ecrm.request"))
        # whoever may not read the order gets it on the contact
        order = self._order(user_id=agent.id)
        self.assertEqual(self._answered(1, record=order).activity_id.res_model, "res.partner")

    def test_nobody_to_tell(self):
        self.customer.user_id = False
        row = self._answered(1, record=self._order(user_id=False))
        self.assertEqual((row.band, row.activity_id.id), ("bad", False))
        self.company.ecrm_feedback_alerts = False
        self.assertFalse(self._answered(1).activity_id)

    def test_a_better_answer_takes_it_back(self):
        row = self._answered(1)
        activity = row.activity_id
        row._vote("1", "Now with words", "mail")
        self.assertIn("Now with words", activity.note)
        row._vote("5", None, "mail")
        self.assertFalse(activity.exists())

    def test_one_that_was_done_stays_done(self):
        row = self._answered(1)
        row.activity_id.action_feedback(feedback="Called")
        row._vote("2", "Still", "mail")
        activities = self.env["mail.activity"].search([("user_id", "=", self.marc.id)])
        self.assertFalse(activities)

    def test_the_activities_go_with_the_addon(self):
        row = self._answered(1)
        activity = row.activity_id
        self.feedback._remove_activities()
        self.assertFalse(activity.exists())

    # ------------------------------------------------------------
    # HISTORY
    # ------------------------------------------------------------

    def _told(self, partner=None):
        self.pipeline.run_now()
        kinds = ("feedback.csat", "feedback.nps")
        return self._touchpoints(partner).filtered(lambda event: event.kind in kinds)

    def test_an_answer_is_one_event_about_the_order(self):
        ratings = self.env["rating.rating"].search_count([])
        row = self._answered(4, "Fine")
        (event,) = self._told()
        self.assertEqual(
            (event.kind, event.res_model, event.res_id, event.company_id),
            ("feedback.csat", "sale.order", row.res_id, self.company),
        )
        self.assertEqual(event.props, {"score": 4, "out_of": 5, "comment": "Fine"})
        self.assertEqual(event.occurred_at, row.answered_at)
        self.assertEqual(self.env["rating.rating"].search_count([]), ratings)

    def test_nothing_is_told_before_the_answer(self):
        self._ask()
        self.assertFalse(self._told())

    def test_a_change_is_told_in_place(self):
        row = self._answered(1, "Bad")
        self._later(row, 3)
        self.assertEqual(self._told().props["score"], 1)
        row._vote("5", "Good again", "mail")
        (event,) = self._told()
        self.assertEqual((event.props["score"], event.props["comment"]), (5, "Good again"))
        self.assertEqual(event.occurred_at, row.changed_at)

    def test_recommendation_in_the_timeline_and_in_engagement(self):
        row = self._answered(0, "Never", record=self.customer, kind="nps")
        (event,) = self._told()
        self.assertEqual((event.res_model, event.res_id), ("ecrm.feedback", row.id))
        (told,) = [
            line
            for line in self.env["ecrm.timeline"].page(self.customer)["rows"]
            if line["kind"] == "feedback.nps"
        ]
        self.assertEqual(told["detail"], "0 of 10: “Never”")
        self.assertEqual(told["source"], {"model": "ecrm.feedback", "id": row.id})

    def test_it_counts_in_engagement_whatever_was_said(self):
        found = []
        for score in (0, 10):
            person = self.env["res.partner"].create(
                {"name": f"Nps {score}", "email": f"nps{score}@x.example"}
            )
            self._order(person, date=self._days_ago(300))
            self._answered(score, record=person, kind="nps")
            self.pipeline.run_now()
            profile = self.env["ecrm.profile"].search([("partner_id", "=", person.id)])
            found.append(profile.engagement)
        self.assertGreater(found[0], 2.9)
        self.assertAlmostEqual(*found, places=3)

    def test_of_an_address_without_a_contact(self):
        row = self._answered(5, record=self._request(partner_id=False, email="new@c.example"))
        self.pipeline.run_now()
        identity = self.env["ecrm.identity"].search([("key", "=", "new@c.example")])
        domain = [("identity_id", "=", identity.id), ("kind", "=", "feedback.csat")]
        event = self.env["ecrm.touchpoint"].search(domain)
        self.assertEqual(event.res_id, row.res_id)

    # ------------------------------------------------------------
    # CONTACTS THAT ARE MERGED, PEOPLE WHO ARE FORGOTTEN
    # ------------------------------------------------------------

    def test_a_merge_loses_nothing(self):
        other = self.env["res.partner"].create({"name": "Ann 2", "email": "ann2@example.com"})
        mine = self._answered(5)
        theirs = self._answered(2, record=self._order(other))
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer | other).ids, self.customer)
        self.env.invalidate_all()
        self.assertEqual((mine | theirs).exists().mapped("partner_id"), self.customer)
        self.assertEqual((mine | theirs).mapped("score"), [5, 2])

    def test_forgotten_by_history_or_wholly(self):
        privacy = self.env["ecrm.privacy"]
        for erase in (privacy.erase, privacy.forget):
            person = self.env["res.partner"].create(
                {"name": "Zyx Gone", "email": "zyx@gone.example"}
            )
            order = self._order(person, user_id=self.marc.id)
            row = self._answered(1, "Sentinel words", record=order)
            row.activity_id.action_feedback(feedback="Sentinel said")
            self.pipeline.run_now()
            token = row._token()
            told = privacy.export(person)["feedback"]
            self.assertEqual((told[0]["score"], told[0]["comment"]), (1, "Sentinel words"))
            erase(person)
            self.env.invalidate_all()
            self.assertEqual((row.score, row.band, row.company_id), (1, "bad", self.company))
            gone = (row.partner_id.id, row.email, row.comment, row.res_model, row.res_id, row.lang)
            self.assertFalse(any(gone), gone)
            self.assertFalse(self.feedback._of_token(token))
            said = self.env["mail.message"].search([("body", "ilike", "Sentinel said")])
            self.assertFalse(said)
            self.pipeline.run_now()
            about = [("res_model", "=", "ecrm.feedback"), ("res_id", "=", row.id)]
            self.assertFalse(self.env["ecrm.touchpoint"].search(about))

    def test_companies_do_not_meet(self):
        other = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "feedback_elsewhere",
            "ecrm_addon.group_ecrm_manager",
            company_id=other.id,
            company_ids=[fields.Command.set(other.ids)],
        )
        self._answered(4)
        self.assertFalse(self.feedback.with_user(user).search([]))
        overview = self.env["ecrm.feedback.overview"].with_user(user).get_overview()
        self.assertFalse(any(kind["answers"] for kind in overview["kinds"]))
