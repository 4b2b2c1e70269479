from odoo.exceptions import AccessError

from .chat_case import ChatCase


class TestChatCard(ChatCase):
    """What an agent sees beside a chat, by rights."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gold = cls.env["ecrm.tier"].create({"name": "Test Gold", "minimum": 2000})
        cls.profile = cls.env["ecrm.profile"].create(
            {
                "partner_id": cls.ann.id,
                "company_id": cls.env.company.id,
                "tier_id": cls.gold.id,
                "loyalty_score": 72,
                "engagement_band": "engaged",
                "order_count": 4,
                "revenue": 400,
            }
        )
        cls.chat = cls._chat(partner_id=cls.ann.id)

    def _request(self, **values):
        return self.env["ecrm.request"].create(
            {"name": "My drawer jams", "partner_id": self.ann.id, **values}
        )

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    def test_who_takes_part(self):
        self.assertEqual(self._card(self.chat)["customer"], {"id": self.ann.id, "name": "Ann Ash"})

    def test_a_guest_is_nobody_until_the_visitor_logs_in(self):
        chat = self._chat(self.visitor)
        card = self._card(chat)
        nothing = dict.fromkeys(("customer", "figures", "orders", "requests", "request"), False)
        self.assertEqual(card, {**nothing, "can_request": True})
        self.visitor.access_token = str(self.ann.id)
        self.assertEqual(self._card(chat)["customer"]["id"], self.ann.id)

    def test_an_employee_is_no_customer(self):
        chat = self._chat(partner_id=self.seller.partner_id.id)
        self.assertIs(self._card(chat)["customer"], False)

    # ------------------------------------------------------------
    # WHAT
    # ------------------------------------------------------------

    def test_figures(self):
        figures = self._card(self.chat)["figures"]
        facts = {fact["name"]: fact["value"] for fact in figures.pop("facts")}
        self.assertEqual(
            figures, {"of": False, "tier": "Test Gold", "score": 72, "engagement": "Engaged"}
        )
        self.assertEqual((facts["order_count"], facts["revenue"]), (4, 400))

    def test_points(self):
        if "loyalty.program" not in self.env:
            self.skipTest("loyalty is not installed")
        program = self.env["loyalty.program"].create(
            {"name": "Points", "program_type": "loyalty", "applies_on": "both"}
        )
        self.env["loyalty.card"].create(
            {"program_id": program.id, "partner_id": self.ann.id, "points": 120}
        )
        facts = {fact["name"]: fact["value"] for fact in self._card(self.chat)["figures"]["facts"]}
        self.assertEqual(facts["ecrm_loyalty_points"], 120)

    def test_figures_are_those_of_the_company_that_one_belongs_to(self):
        firm = self.env["res.partner"].create({"name": "Ash Ltd", "is_company": True})
        self.ann.parent_id = firm
        self.assertEqual(self._card(self.chat)["figures"]["of"], "Ash Ltd")

    def test_orders_newest_first_and_no_drafts(self):
        orders = [self._order(self.ann, date=f"2026-02-0{day} 10:00:00") for day in (3, 1, 2, 4)]
        draft = self._order(self.ann, confirm=False)
        told = self._card(self.chat)["orders"]
        self.assertEqual(
            [order["id"] for order in told], [orders[3].id, orders[0].id, orders[2].id]
        )
        self.assertNotIn(draft.id, [order["id"] for order in told])
        self.assertEqual(told[0]["amount"], 100)
        self.assertEqual(told[0]["state"], "Sales Order")

    def test_requests_that_are_open(self):
        request = self._request()
        closed = self.env["ecrm.request.stage"].search([("is_closed", "=", True)], limit=1)
        self._request(stage_id=closed.id)
        self._request(partner_id=self.customer.id)
        self.assertEqual(
            self._card(self.chat)["requests"],
            [
                {
                    "id": request.id,
                    "number": request.number,
                    "name": "My drawer jams",
                    "stage": request.stage_id.name,
                }
            ],
        )

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def test_without_rights_in_ecrm(self):
        self._order(self.ann)
        self._request()
        card = self._card(self.chat, self.seller)
        self.assertEqual(card["customer"]["id"], self.ann.id)
        self.assertEqual(len(card["orders"]), 1)
        self.assertEqual((card["figures"], card["requests"]), (False, False))
        self.assertEqual((card["request"], card["can_request"]), (False, False))

    def test_who_only_chats_sees_no_orders(self):
        self._order(self.ann)
        card = self._card(self.chat, self.chatter)
        self.assertEqual((card["orders"], card["figures"]), (False, False))

    def test_own_orders_only(self):
        self._order(self.ann)
        self.seller.group_ids = [
            (3, self.env.ref("sales_team.group_sale_salesman_all_leads").id),
            (4, self.env.ref("sales_team.group_sale_salesman").id),
        ]
        own = self._order(self.ann, user_id=self.seller.id)
        told = self._card(self.chat, self.seller)["orders"]
        self.assertEqual([order["id"] for order in told], [own.id])

    def test_another_companys(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._order(self.ann, company_id=other.id)
        self._request(company_id=other.id, team_id=False)
        self.profile.company_id = other
        card = self._card(self.chat)
        self.assertEqual((card["orders"], card["requests"]), ([], []))
        self.assertFalse(card["figures"]["score"])

    def test_who_may_ask(self):
        stranger = self._user("chat_stranger", "base.group_user")
        for user in (stranger, self.login, self.env.ref("base.public_user")):
            with self.assertRaises(AccessError, msg=user.login):
                self._card(self.chat, user)
        # whoever was invited into the chat may read it, and so what stands beside
        self.chat._add_members(users=stranger)
        self.assertEqual(self._card(self.chat, stranger)["customer"]["id"], self.ann.id)

    def test_what_is_no_live_chat(self):
        channel = self.env["discuss.channel"].create({"name": "Staff"})
        for channel_id in (channel.id, 0, 2**31 - 1):
            with self.assertRaises(AccessError):
                self.env["ecrm.chat.card"].with_user(self.agent).get_card(channel_id)

    # ------------------------------------------------------------
    # COST
    # ------------------------------------------------------------

    def test_queries_do_not_grow(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self._card(self.chat)
            return self.env.cr.sql_log_count - before

        self._order(self.ann)
        self._request()
        count()  # what is cached for good
        few = count()
        for number in range(5):
            self._order(self.ann)
            self._request(name=f"Request {number}")
            self._say(self.chat, "More", self.ann)
        self.assertEqual(count(), few)
