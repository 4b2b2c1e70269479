from odoo import fields
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from ..lib.tracking.event import identity_of
from .refund_case import RefundCase

NAME = "Zyxina Sentinelle"
EMAIL = "zyxina@sentinelle.example"
PHONE = "+32470990017"
STREET = "Sentinelstraat 77"
TERM = "sentinelteapot"
IP = "203.0.113.77"
TOKEN = "5e471e11e5e471e11e5e471e11e0aa99"
#: Odoo keeps 42 signs of a session.
SESSION = f"{TOKEN}sentinel42"
#: None of these may stand anywhere, when nothing has to be kept.
PLANTED = (NAME, EMAIL, PHONE, STREET, TERM, IP, TOKEN)


@tagged("post_install", "-at_install")
class ForgetCase(RefundCase):
    """A person with something in every table, and a search through the whole database."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.privacy = cls.env["ecrm.privacy"]
        cls.log = cls.env["ecrm.log"]
        cls.person = cls._person()
        cls.other = cls.env["res.partner"].create(
            {"name": "Joanna Other", "email": "joanna@other.example", "phone": "+32470000000"}
        )

    @classmethod
    def _person(cls, **values):
        return cls.env["res.partner"].create(
            {
                "name": NAME,
                "email": EMAIL,
                "phone": PHONE,
                "street": STREET,
                "city": "Gent",
                "comment": f"Likes {TERM}",
                "website": f"https://{TERM}.example",
                "category_id": [fields.Command.create({"name": "Gold"})],
                "child_ids": [
                    fields.Command.create(
                        {"type": "delivery", "name": f"{NAME} (at work)", "street": STREET}
                    )
                ],
                "bank_ids": [
                    fields.Command.create(
                        {"acc_number": "BE71096123456769", "acc_holder_name": NAME}
                    )
                ],
                **values,
            }
        )

    # ------------------------------------------------------------
    # A LIFE
    # ------------------------------------------------------------

    def _life(self, person=None):
        person = person or self.person
        self._live_on_the_web(person)
        self._live_with_an_account(person)
        self._live_by_mail(person)
        self._live_in_chats(person)
        self._live_as_a_customer(person)
        self._live_in_the_back_office(person)
        self.env.cr.precommit.run()  # what is sent to browsers is written at the end
        self.env.flush_all()

    def _forget(self):
        """Forget the person, and count days anew, as happens within a minute."""
        parts = self.privacy.forget(self.person)
        self.env["ecrm.pipeline"].run_now()
        return parts

    def _live_on_the_web(self, person):
        _kind, key = identity_of("device", TOKEN)
        browser = self.log.meet(key)
        browser.link(person, "login")
        self.env["ecrm.consent"].record(browser, "granted", source="cookie bar")
        event = {"uid": "11111111-1111-4111-8111-111111111111", "occurred_at": "2026-03-01 10:00"}
        self.log.append(
            [
                {
                    **event,
                    "kind": "web.search",
                    "session_key": f"visit-{TOKEN}",
                    "identity": {"device": TOKEN},
                    "path": "/shop",
                    "props": {"term": TERM},
                },
                # is refused, and kept with its body
                {**event, "uid": "1" * 8, "kind": "no.such", "identity": {"email": EMAIL}},
            ]
        )
        self.env["ecrm.pipeline"].run_now()
        visitor = self.env["website.visitor"].create({"access_token": TOKEN})
        # Odoo sees no contact in the token of a browser
        visitor.flush_recordset()
        self.env.cr.execute(
            SQL("UPDATE website_visitor SET partner_id = %s WHERE id = %s", person.id, visitor.id)
        )
        visitor.invalidate_recordset()
        self.env["website.track"].create(
            {"visitor_id": visitor.id, "url": f"https://shop.example/shop?search={TERM}"}
        )
        return visitor

    def _live_with_an_account(self, person):
        self.user = new_test_user(
            self.env, EMAIL, "base.group_portal", partner_id=person.id, name=NAME, email=EMAIL
        )
        self.user.signature = f"<p>{NAME}</p>"
        self.env["res.device.log"].create(
            {"user_id": self.user.id, "session_identifier": SESSION, "ip_address": IP}
        )
        self.env["res.users.log"].with_user(self.user).sudo().create({})
        self.env["res.users.apikeys"].with_user(self.user).sudo()._generate(
            None, f"of {NAME}", fields.Datetime.add(fields.Datetime.now(), hours=1)
        )

    def _live_by_mail(self, person):
        person.message_post(body=f"Call {PHONE}", subject=NAME, message_type="comment")
        person.message_notify(body=f"Dear {NAME}", partner_ids=person.ids, subject="Hello")
        self.other.message_post(
            body="Thank you",
            author_id=person.id,
            email_from=EMAIL,
            attachments=[("cv.txt", NAME.encode())],
        )
        self.other.message_post(body=f"Ask {EMAIL}", partner_ids=person.ids)
        self.env["mail.mail"].create(
            {"email_to": f'"{NAME}" <{EMAIL}>', "subject": "Hi", "body_html": f"<p>{NAME}</p>"}
        )
        self.env["mail.mail"].create({"email_from": EMAIL, "body_html": f"<p>{TERM}</p>"})
        self._live_by_mailings(person.id)
        self.env["sms.sms"].create({"partner_id": person.id, "number": PHONE, "body": NAME})

    def _live_by_mailings(self, partner_id=None):
        lists = self.env["mailing.list"].create([{"name": "One"}, {"name": "Two"}])
        contact = self.env["mailing.contact"].create(
            {"name": NAME, "email": EMAIL, "list_ids": lists.ids}
        )
        contact.subscription_ids[0].opt_out = True
        self.env["mail.blacklist"].create({"email": EMAIL})
        model = self.env["ir.model"]._get("mailing.contact")
        mailing = self.env["mailing.mailing"].create(
            {"subject": "News", "mailing_model_id": model.id, "contact_list_ids": lists.ids}
        )
        self.traces = self.env["mailing.trace"].create(
            [
                {"model": "mailing.contact", "res_id": contact.id, "email": EMAIL},
                {"model": "res.partner", "res_id": partner_id or contact.id, "email": EMAIL},
            ]
        )
        self.traces.write(
            {
                "mass_mailing_id": mailing.id,
                "message_id": f"<{TOKEN}@x>",
                "trace_status": "open",
                "sent_datetime": "2026-03-02 10:00:00",
                "open_datetime": "2026-03-02 11:00:00",
            }
        )
        link = self.env["link.tracker"].create({"url": "https://shop.example/", "title": "Shop"})
        self.env["link.tracker.click"].create(
            {"link_id": link.id, "ip": IP, "mailing_trace_id": self.traces[0].id}
        )

    def _live_in_chats(self, person):
        if "im_livechat.channel" not in self.env:
            return
        operator = new_test_user(self.env, "chat_operator", "base.group_user").partner_id
        line = self.env["im_livechat.channel"].create({"name": "Chat"})
        guest = self.env["mail.guest"].create({"name": NAME, "email": EMAIL})
        for member in ({"partner_id": person.id}, {"guest_id": guest.id}):
            channel = self.env["discuss.channel"].create(
                {
                    "name": f"{NAME}, Operator",
                    "channel_type": "livechat",
                    "livechat_channel_id": line.id,
                    "livechat_operator_id": operator.id,
                    "channel_member_ids": [
                        fields.Command.create(
                            {"partner_id": operator.id, "livechat_member_type": "agent"}
                        ),
                        fields.Command.create({**member, "livechat_member_type": "visitor"}),
                    ],
                }
            )
            channel.message_post(body=f"Hello {NAME}", author_id=operator.id)
            channel.message_post(body=f"I want {TERM}", author_id=person.id)
            channel.livechat_note = f"<p>{NAME}</p>"

    def _live_as_a_customer(self, person):
        self._draft(person)
        order = self._draft(person)
        order.message_post(body=f"Offer for {NAME}, {EMAIL}", partner_ids=person.ids)
        order.action_quotation_sent()
        provider = self.env["payment.provider"].create({"name": "P", "code": "none"})
        method = self.env["payment.method"].search([], limit=1)
        token = self.env["payment.token"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "partner_id": person.id,
                "payment_details": TOKEN,
                "provider_ref": TOKEN,
            }
        )
        self.env["payment.transaction"].create(
            {
                "provider_id": provider.id,
                "payment_method_id": method.id,
                "reference": "attempt",
                "amount": 1,
                "currency_id": self.company.currency_id.id,
                "partner_id": person.id,
                "token_id": token.id,
            }
        )

    def _draft(self, person, **values):
        line = {"product_id": self.product.id, "price_unit": 10, "tax_ids": False}
        return self.env["sale.order"].create(
            {
                "partner_id": person.id,
                "note": f"For {NAME}",
                "order_line": [fields.Command.create(line)],
                **values,
            }
        )

    def _live_in_the_back_office(self, person):
        person.activity_schedule("mail.mail_activity_data_todo", summary=f"Call {NAME}")
        person.message_subscribe(self.other.ids)
        self.other.message_subscribe(person.ids)
        self.env["ir.attachment"].create(
            {
                "name": f"{NAME}.txt",
                "raw": f"{NAME} {TERM}".encode(),
                "res_model": "res.partner",
                "res_id": person.id,
            }
        )
        self.env["ecrm.feedback"].create(
            {
                "kind": "nps",
                "score": 3,
                "comment": f"{NAME} likes {TERM}",
                "partner_id": person.id,
                "email": EMAIL,
                "company_id": self.env.company.id,
                "answered_at": fields.Datetime.now(),
            }
        )._tell_staff()
        self.env["calendar.event"].create(
            {
                "name": f"Meeting with {NAME}",
                "start": "2026-03-01 10:00:00",
                "stop": "2026-03-01 11:00:00",
                "partner_ids": (person | self.other).ids,
            }
        )
        self.env["rating.rating"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.other.id,
                "partner_id": person.id,
                "feedback": f"Nice, {NAME}",
                "rating": 5,
            }
        )
        if "product.wishlist" in self.env:
            website = self.env["website"].search([], limit=1)
            values = {"partner_id": person.id, "website_id": website.id, "price": 1}
            self.env["product.wishlist"].create({"product_id": self.product.id, **values})
        if "forum.post" in self.env:
            forum = self.env["forum.forum"].create({"name": "Forum"})
            self.env["forum.post"].with_context(mail_create_nosubscribe=True).create(
                {"forum_id": forum.id, "name": f"Ask {NAME}", "content": f"<p>{TERM}</p>"}
            )
            post = forum.post_ids
            post.flush_recordset()
            self.env.cr.execute(
                SQL(
                    "UPDATE forum_post SET create_uid = %s WHERE forum_id = %s",
                    self.user.id,
                    forum.id,
                )
            )
            post.invalidate_recordset()
        self.env["bus.bus"]._sendone(person, "hello", {"name": NAME, "email": EMAIL})
        self.env["privacy.lookup.wizard"].create({"name": NAME, "email": EMAIL})

    # ------------------------------------------------------------
    # THE SEARCH
    # ------------------------------------------------------------

    def _relations(self):
        """Return every table of the database: (schema, table, columns of bytes)."""
        return self.env.execute_query(
            SQL(
                """
                SELECT nspname, relname, array_remove(array_agg(
                       CASE WHEN atttypid = 'bytea'::regtype THEN attname END), NULL)
                  FROM pg_class
                  JOIN pg_namespace space ON space.oid = relnamespace
                  JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0
                 WHERE relkind IN ('r', 'p', 'm') AND NOT relispartition
                   AND nspname NOT LIKE 'pg\\_%%' AND nspname != 'information_schema'
                 GROUP BY nspname, relname
                """
            )
        )

    def _search(self, words=PLANTED):
        """Return where words stand, in any table and any file: {(table, column)}."""
        self.env.cr.precommit.run()
        self.env.flush_all()
        found = set()
        for schema, table, columns in self._relations():
            text = SQL("row::text")
            for column in columns:
                text = SQL("%s || coalesce(encode(%s, 'escape'), '')", text, SQL.identifier(column))
            rows = self.env.execute_query(
                SQL(
                    "SELECT to_jsonb(row) FROM %s row WHERE lower(%s) LIKE ANY(%s)",
                    SQL.identifier(schema, table),
                    text,
                    [f"%{word.lower()}%" for word in words],
                )
            )
            for (row,) in rows:
                found |= {
                    (table, column)
                    for column, value in row.items()
                    if any(word.lower() in str(value).lower() for word in words)
                }
        for file in self.env["ir.attachment"].search([("res_field", "in", [False, "image_1920"])]):
            if any(word.encode() in (file.raw or b"") for word in words):
                found.add(("filestore", file.res_model))
        return found
