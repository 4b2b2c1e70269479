from datetime import timedelta

from odoo import models
from odoo.fields import Command

from . import clientele, story_support


class EcrmDemo(models.AbstractModel):
    _inherit = "ecrm.demo"

    def _chapters(self):
        return super()._chapters() + [self._load_desk, self._load_requests, self._load_usual]

    # ------------------------------------------------------------
    # THE DESK
    # ------------------------------------------------------------

    def _load_desk(self):
        """Give two agents a desk, and the answers that they use again and again."""
        agents = self._agent("admin") | self._agent("demo")
        group = self.env.ref("ecrm_addon.group_ecrm_support")
        self._agent("demo").write({"group_ids": [Command.link(group.id)]})
        team = self.env.ref("ecrm_addon.request_team")
        team.write(
            {
                "member_ids": [Command.set(agents.ids)],
                "user_id": self._agent("admin").id,
                "assign": "load",
            }
        )
        self._create_once(
            "ecrm.request.team",
            {
                "demo_request_team_orders": {
                    "name": "Orders and Delivery",
                    "member_ids": [Command.set(agents.ids)],
                    "user_id": self._agent("demo").id,
                    "target_ids": [
                        Command.create(
                            {"priority": priority, "answer_hours": answer, "solve_hours": solve}
                        )
                        for priority, answer, solve in (("1", 4, 16), ("2", 2, 8), ("3", 1, 4))
                    ],
                }
            },
        )
        self._create_once(
            "ecrm.request.tag",
            {
                f"demo_request_tag_{key}": {"name": name, "color": color}
                for key, (name, color) in story_support.TAGS.items()
            },
        )
        self._create_once(
            "mail.canned.response",
            {
                f"demo_canned_{shortcut}": {
                    "source": shortcut,
                    "ecrm_title": title,
                    "substitution": text,
                    "group_ids": [Command.link(group.id)],
                }
                for shortcut, (title, text) in story_support.CANNED.items()
            },
        )

    def _agent(self, key):
        """Return one of Odoo's own users; the second one comes with its demo data."""
        user = self.env.ref(f"base.user_{key}", raise_if_not_found=False)
        return user or self.env.ref("base.user_admin")

    # ------------------------------------------------------------
    # REQUESTS
    # ------------------------------------------------------------

    def _load_requests(self):
        for key, customer, requests in self._customers(story_support.REQUESTS):
            for name, days, subject, question, more in requests:
                asked = self._asked(days)
                values = self._prepare_request(key, customer, subject, question, asked, more)
                record = self._create_once("ecrm.request", {f"demo_request_{key}_{name}": values})
                for request in record.values():
                    request.message_subscribe(partner_ids=customer.ids)
                    self._load_lines(request, self._lines(request, question, more))
                    self._load_csat(request, *more.get("csat", (None, None)))

    def _asked(self, days):
        """Return when something was asked; part of a day is hours before now."""
        if days < 1:
            return self._now() - timedelta(days=days)
        return self._time(days)

    def _prepare_request(self, key, customer, subject, question, asked, more):
        order = self._ref(f"demo_order_{key}_{more.get('order')}")
        answers = [hours for who, hours, _text in more.get("lines", ()) if who == "a"]
        is_open = more["stage"] in ("new", "progress")
        agent = more.get("agent") or (more["stage"] != "new" and "admin")
        waits = more.get("waits", 0) if answers else 0
        tags = [self._ref(f"demo_request_tag_{tag}").id for tag in more["tags"]]
        is_order = {"order", "delivery"} & set(more["tags"])
        team = "demo_request_team_orders" if is_order else "request_team"
        return {
            "name": subject,
            "description": f"<p>{question}</p>",
            "partner_id": customer.id,
            "email": customer.email_normalized,
            "source": more.get("source", "portal"),
            "priority": more.get("priority", "1"),
            "stage_id": self.env.ref(f"ecrm_addon.request_stage_{more['stage']}").id,
            "team_id": self._ref(team).id,
            "user_id": self._agent(agent).id if agent else False,
            "order_id": order.id if order else False,
            "tag_ids": [Command.set(tags)],
            "opened_at": asked,
            "create_date": asked,
            "answered_at": asked + timedelta(hours=answers[0]) if answers else False,
            "customer_wrote_at": asked + timedelta(hours=waits)
            if is_open and (waits or not answers)
            else False,
            "closed_at": asked + timedelta(hours=more["closed"]) if "closed" in more else False,
            "stopped_at": asked + timedelta(hours=more.get("closed") or answers[-1])
            if not is_open
            else False,
        }

    def _lines(self, request, question, more):
        """Return what was written; the question, too, unless the page shows it by itself."""
        first = () if request._portal_question() else [("c", 0, question)]
        return [*first, *more.get("lines", ())]

    def _load_lines(self, request, lines):
        subtypes = {"n": "mail.mt_note"}
        self.env["mail.message"].create(
            [
                {
                    "model": "ecrm.request",
                    "res_id": request.id,
                    "author_id": (
                        request.partner_id if who == "c" else request.user_id.partner_id
                    ).id,
                    "body": f"<p>{text}</p>",
                    "message_type": "comment",
                    "subtype_id": self.env.ref(subtypes.get(who, "mail.mt_comment")).id,
                    "is_internal": who == "n",
                    "date": request.opened_at + timedelta(hours=hours),
                    "create_date": request.opened_at + timedelta(hours=hours),
                }
                for who, hours, text in lines
            ]
        )

    def _load_csat(self, request, score, comment):
        """Let a customer say whether the answer helped."""
        if not score:
            return
        asked = request.closed_at
        self.env["ecrm.feedback"].create(
            {
                "kind": "csat",
                "score": score,
                "comment": comment,
                "partner_id": request.partner_id.id,
                "email": request.email,
                "res_model": "ecrm.request",
                "res_id": request.id,
                "company_id": request.company_id.id,
                "user_id": request.user_id.id,
                "asked_at": asked,
                "answered_at": asked + timedelta(hours=4),
            }
        )

    # ------------------------------------------------------------
    # WHAT MANY ASKED
    # ------------------------------------------------------------

    def _load_usual(self):
        """Give the reports three months of questions that were answered long ago."""
        buyers = list(clientele.draw())
        values, scores = {}, {}
        for number in range(story_support.USUAL_COUNT):
            customer = self._customer(buyers[number * 7 % len(buyers)])
            if not customer:
                continue
            name = f"demo_request_usual_{number}"
            values[name], scores[name] = self._prepare_usual(number, customer)
        for name, request in self._create_once("ecrm.request", values).items():
            self._load_csat(request, scores[name], False)

    def _prepare_usual(self, number, customer):
        """Return the values of one of many requests, and how it was rated."""
        subject, tag, priority = story_support.USUAL[number % len(story_support.USUAL)]
        outcome = story_support.OUTCOMES[number % len(story_support.OUTCOMES)]
        answer, solution, score = outcome
        more = {
            "stage": "cancelled" if number % 17 == 16 else "solved",
            "tags": (tag,),
            "priority": priority,
            "agent": ("admin", "demo")[number % 2],
            "source": story_support.SOURCES[number % len(story_support.SOURCES)],
            "lines": [("a", answer, subject)],
            "closed": solution,
        }
        asked = self._asked(9 + number * story_support.USUAL_EVERY)
        return self._prepare_request("usual", customer, subject, subject, asked, more), score
