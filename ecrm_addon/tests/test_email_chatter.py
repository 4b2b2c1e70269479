from markupsafe import Markup

from .email_case import LINK, EmailCase


class TestEmailChatter(EmailCase):
    """Mails that are none of a mailing: messages, quotations."""

    def _post(self, body, partner=None):
        order = self._order(self.customer, confirm=False)
        with self.mock_mail_gateway(mail_unlink_sent=False):
            message = order.message_post(
                body=Markup(body),
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=(partner or self.customer).ids,
            )
        return message

    def test_a_message_is_measured_and_its_secrets_are_not(self):
        secret = "https://shop.example/my/orders/5?access_token=S3CRET"
        self._post(
            f'<p><a href="https://shop.example/tea">Tea</a> <a href="{secret}">Order</a></p>'
        )
        mail = self._left()["ann@example.com"]
        self.assertIn(secret, mail["body"])
        self.assertEqual(len(LINK.findall(mail["body"])), 1)
        self.assertIn("/ecrm/o/", mail["body"])
        self.assertNotIn("/ecrm/", mail["body_alternative"])
        message = self._message(self.customer)
        self.assertEqual((message.kind, message.is_tracked), ("quotation", True))
        self.assertNotIn("S3CRET", str(self.env["ecrm.email.link"].search([]).mapped("url")))

    def test_an_employee_is_left_alone(self):
        employee = self.env.ref("base.user_admin").partner_id
        employee.email = "boss@shop.example"
        self._post('<p><a href="https://shop.example/tea">Tea</a></p>', employee)
        self.assertNotIn("/ecrm/", self._left()["boss@shop.example"]["body"])
        self.assertFalse(self._message(employee))

    def test_a_company_that_does_not_measure(self):
        self.env.company.ecrm_measure_emails = False
        self._post('<p><a href="https://shop.example/tea">Tea</a></p>')
        self.assertNotIn("/ecrm/", self._left()["ann@example.com"]["body"])
        self.assertFalse(self._message(self.customer).is_tracked)

    def test_a_bounce_that_a_provider_tells_marks_the_message(self):
        message = self._post("<p>Hello</p>")
        self.env["ecrm.email.event"].record(
            [
                {
                    "type": "bounced",
                    "bounce_kind": "hard",
                    "source": "webhook.postmark",
                    "message_id": message.message_id.strip("<>"),
                    "recipient": "Ann <ANN@example.com>",
                }
            ]
        )
        self._digest()
        self.assertEqual(self._message(self.customer).state, "bounced")
        self.assertEqual(message.notification_ids.notification_status, "bounce")
