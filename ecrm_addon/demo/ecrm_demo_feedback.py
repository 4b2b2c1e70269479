from datetime import timedelta

from odoo import models

#: Of every so many orders of the year, and every so many customers, somebody was asked.
EVERY_ORDER = 2
EVERY_CUSTOMER = 3
#: What was answered, one after the other; None: nothing. Most are content, as is usual.
CSAT = (5, None, 4, 5, None, 3, 5, None, 4, None, 2, 5, None, 5, 4, None, 1, 4)
NPS = (9, None, 10, 8, None, 7, 10, None, 6, 9, None, 3, 10, None, 8, 9, 5, None, 10)
COMMENTS = {
    1: "Arrived with a broken leg, and nobody called me back.",
    2: "Two weeks late. The chair itself is fine.",
    3: "Good furniture, but the manual has no pictures.",
    5: "Perfect, as always. Thank you!",
}
REASONS = {
    3: "I waited twenty minutes on the phone.",
    5: "Prices went up a lot this year.",
    6: "Delivery takes too long.",
    10: "My whole office buys here now.",
}


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_feedback]

    def _load_feedback(self):
        """Let customers have been asked for a year; some answered, and a few were unhappy."""
        self.env.company.write({"ecrm_feedback_order": True, "ecrm_feedback_nps": True})
        orders = self.env["sale.order"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "=", "sale"),
                ("date_order", ">=", self._time(345)),
                ("date_order", "<", self._time(9)),
                ("partner_id.email_normalized", "!=", False),
            ],
            order="date_order, id",
        )
        rows = self._create_once("ecrm.feedback", self._asked_about(orders[::EVERY_ORDER]))
        rows |= self._create_once("ecrm.feedback", self._asked_for(orders.partner_id))
        rows |= self._create_once("ecrm.feedback", self._asked_joel())
        answered = self.env["ecrm.feedback"].union(*rows.values()).filtered("answered_at")
        # who was unhappy long ago was called long ago
        answered.sorted("answered_at")[-30:]._tell_staff()

    def _asked_about(self, orders):
        return {
            f"demo_feedback_order_{order.id}": self._answer_of(
                order, "csat", number, order.date_order + timedelta(days=7), CSAT, COMMENTS
            )
            for number, order in enumerate(orders)
        }

    def _asked_for(self, customers):
        customers = customers.sorted("id")[::EVERY_CUSTOMER]
        return {
            f"demo_feedback_nps_{customer.id}": self._answer_of(
                customer, "nps", number, self._time(5 + number * 11 % 330), NPS, REASONS
            )
            for number, customer in enumerate(customers)
        }

    def _answer_of(self, record, kind, number, asked_at, scores, comments):
        """Return the values of a question, and of its answer where there is one."""
        company = self.env.company
        values = self.env["ecrm.feedback"]._prepare(record, kind, company) | {"asked_at": asked_at}
        score = scores[number % len(scores)]
        if score is None:
            return values
        at = min(asked_at + timedelta(hours=3 + number * 7 % 60), self._now())
        answer = {"score": score, "answered_at": at, "changed_at": at, "source": "mail"}
        return {**values, **answer, "comment": number % 3 != 1 and comments.get(score)}

    def _asked_joel(self):
        """Return two questions that wait for the portal's demo user."""
        joel = self._customer("joel")
        order = self.env["sale.order"].search(
            [("partner_id", "in", joel.ids if joel else []), ("state", "=", "sale")],
            limit=1,
        )
        asked = {"nps": (joel, 2), "csat": (order, 3)}
        return {
            f"demo_feedback_joel_{kind}": {
                **self.env["ecrm.feedback"]._prepare(record, kind, self.env.company),
                "asked_at": self._time(days),
            }
            for kind, (record, days) in asked.items()
            if record and not self._was_asked(record, kind)
        }

    def _was_asked(self, record, kind):
        domain = [("kind", "=", kind), ("res_model", "=", record._name)]
        return kind == "csat" and self.env["ecrm.feedback"].search_count(
            [*domain, ("res_id", "=", record.id)], limit=1
        )
