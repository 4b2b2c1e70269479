from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase

from .desk_case import DeskCase


class TestRequestTour(DeskCase, HttpCase):
    def test_an_agent_answers_and_solves(self):
        self.agent.group_ids += self.env.ref("sales_team.group_sale_salesman_all_leads")
        customer = self.env["res.partner"].create(
            {"name": "Tour Customer", "email": "tour@example.com"}
        )
        self._order(customer)
        now = fields.Datetime.now()
        request = self._ask(partner_id=customer.id, customer_wrote_at=now)
        request.message_subscribe(partner_ids=customer.ids)
        self._ask(partner_id=customer.id, name="And cups?")
        self.env["mail.canned.response"].create(
            {
                "source": "teatour",
                "ecrm_title": "Tea is coming",
                "substitution": "Hello {customer}, it comes.",
                "group_ids": [Command.link(self.env.ref("ecrm_addon.group_ecrm_support").id)],
            }
        )
        self.start_tour("/odoo/ecrm-support", "ecrm_support", login="desk_agent", timeout=180)
        self.assertTrue(request.is_closed)
        self.assertEqual(request.user_id, self.agent)
        answers = request.message_ids.filtered(lambda m: m.author_id == self.agent.partner_id)
        self.assertIn("Hello Tour Customer", " ".join(answers.mapped("body")))
