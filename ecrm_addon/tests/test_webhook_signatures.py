import base64
import json
from datetime import datetime, timedelta, timezone

from odoo.tests import BaseCase, tagged

from ..lib.email import esp
from ..lib.email.esp import sns
from ..lib.email.esp.mailersend import PING_KEY
from . import webhook_senders as senders
from .webhook_samples import SAMPLES

NOW = datetime(2026, 11, 2, 9, 31, tzinfo=timezone.utc)
#: These sign the instant, too, so that what is old is refused.
DATED = ("amazon_ses", "mailgun", "resend", "sendgrid")
LATER = timedelta(minutes=10)


class SignatureCase(BaseCase):
    def _check(self, code, request, now=NOW, **account):
        provider = esp.PROVIDERS[code]
        provider.check(request, senders.account_of(code, NOW, **account), now)

    def _assert_refused(self, code, request, now=NOW, **account):
        with self.assertRaises(esp.Refused) as error:
            self._check(code, request, now, **account)
        self.assertEqual(error.exception.status, 401)

    def _request(self, code, **changes):
        return senders.request_of(code, SAMPLES[code][-1][0], NOW, **changes)


@tagged("post_install", "-at_install")
class TestSignatures(SignatureCase):
    """Who does not prove to be the provider is not let in."""

    def test_one_byte_changed(self):
        # Mailgun signs nothing but the instant; a password is no signature
        for code in set(esp.PROVIDERS) - {"mailgun"}:
            request = self._request(code)
            self._check(code, request)
            if code in esp.SIGNING or code == "amazon_ses":
                request.__dict__.pop("json", None)
                request.__dict__.pop("form", None)
                request.body = request.body.replace(b"customer.example", b"customer.exampl3")
                with self.subTest(code):
                    self._assert_refused(code, request)

    def test_signature_missing_or_of_another(self):
        names = {
            "mailersend": "Signature",
            "mandrill": "X-Mandrill-Signature",
            "postal": "X-Postal-Signature",
            "resend": "svix-signature",
            "sendgrid": "X-Twilio-Email-Event-Webhook-Signature",
        }
        for code in names:
            good = self._request(code).header(names[code])
            for wrong in ("", "x", "é", good[:-4], good[::-1], f"{good}0", "v1,", "0" * 64):
                with self.subTest(code, wrong=wrong):
                    self._assert_refused(code, self._request(code, **{names[code]: wrong}))
        for wrong in ({}, {"signature": 5}, {"signature": {"timestamp": 1, "token": "t"}}):
            body = json.dumps({"event-data": {"event": "opened"}, **wrong}).encode()
            self._assert_refused("mailgun", esp.Request("POST", "", senders.JSON, body))

    def test_another_key(self):
        other = senders.account_of("postal", NOW, keys=(senders.public_text(senders.rsa_key("x")),))
        for code in esp.SIGNING:
            with self.subTest(code):
                self._assert_refused(code, self._request(code), keys=(senders.OLD_KEY,))
                self._assert_refused(code, self._request(code), keys=other.keys)

    def test_two_keys_while_one_is_replaced(self):
        for code in esp.SIGNING:
            secret = senders.secret_of(code)
            other = {
                "sendgrid": senders.public_text(senders.rsa_key("x")),
                "postal": senders.public_text(senders.rsa_key("x")),
                "resend": "whsec_" + base64.b64encode(b"other").decode(),
            }.get(code, senders.OLD_KEY)
            self._check(code, self._request(code), keys=(other, secret))
            self._check(code, self._request(code), keys=(secret, other))

    def test_no_key_is_no_licence(self):
        for code in ("mailersend", "mailgun", "mandrill", "postal", "unisender_go"):
            self._assert_refused(code, self._request(code), keys=())

    def test_passwords(self):
        two = (senders.login_digest("a:b"), senders.login_digest())
        for code in esp.PROVIDERS:
            request = self._request(code, Authorization=senders.basic())
            self._check(code, request, logins=two)
            for wrong in ("", "Basic", "Basic !!", "Bearer x", senders.basic("shop:wrong"),
                          senders.basic("shop"), senders.basic("é:é")):  # fmt: skip
                with self.subTest(code, wrong=wrong):
                    request = self._request(code, Authorization=wrong)
                    self._assert_refused(code, request, logins=two)

    def test_old_and_future(self):
        for code in DATED:
            self._check(code, self._request(code), NOW + timedelta(minutes=4))
            for now in (NOW + LATER, NOW - LATER):
                with self.subTest(code, now=now):
                    self._assert_refused(code, self._request(code), now)

    def test_instants_that_are_none(self):
        for stamp in ("", "soon", "inf", "-1e99"):
            name = "X-Twilio-Email-Event-Webhook-Timestamp"
            self._assert_refused("sendgrid", self._request("sendgrid", **{name: stamp}))
            self._assert_refused("resend", self._request("resend", **{"svix-timestamp": stamp}))

    def test_resend_signs_whole_seconds(self):
        payload = SAMPLES["resend"][0][0]
        request = senders.request_of("resend", payload, NOW)
        stamp = request.header("svix-timestamp")
        request.headers["svix-timestamp"] = f"{stamp}.625"
        self._check("resend", request)
        request.headers["svix-timestamp"] = f"{int(stamp) + 1}.625"
        self._assert_refused("resend", request)

    def test_keys_of_resend_that_are_none(self):
        for nothing in ("whsec_", "whsec_=", "whsec_!", "whsec_a"):
            self._assert_refused("resend", self._request("resend"), keys=(nothing,))

    def test_mailersend_tries_the_address_out_before_it_shows_its_key(self):
        ping = json.dumps({"type": "webhook.test", "message": "This is a ping"}).encode()
        for keys in ((), (senders.KEY,)):
            self._check("mailersend", self._mailersend(ping, PING_KEY), keys=keys)
        self._check("mailersend", self._mailersend(ping, senders.KEY))
        self.assertEqual(
            esp.PROVIDERS["mailersend"].parse(self._mailersend(ping, PING_KEY)).events, []
        )
        # everybody knows that key: it opens nothing else
        activity = json.dumps({**SAMPLES["mailersend"][0][0], "note": "webhook.test"}).encode()
        for body, key in ((activity, PING_KEY), (ping, "another"), (ping, "")):
            for keys in ((), (senders.KEY,)):
                self._assert_refused("mailersend", self._mailersend(body, key), keys=keys)
        request = self._mailersend(ping, PING_KEY)
        self._assert_refused("mailersend", request, logins=(senders.login_digest(),))

    def _mailersend(self, body, key):
        headers = {**senders.JSON, "Signature": esp.signature.mac(key, body).hex()}
        return esp.Request("POST", "", headers, body)

    def test_subaccount_of_mailgun(self):
        payload = SAMPLES["mailgun"][0][0]
        own = senders.mailgun_signature(NOW, key="of the subaccount")
        parent = senders.mailgun_signature(NOW)["signature"]
        body = json.dumps({"signature": {**own, "parent-signature": parent}, **payload}).encode()
        self._check("mailgun", esp.Request("POST", "", senders.JSON, body))

    def test_mandrill_signs_the_address_with_its_password(self):
        plain, with_login = "https://odoo.example/w", "https://odoo:pw@odoo.example/w"
        headers, body = senders.send("mandrill", [], NOW, with_login)
        headers["Authorization"] = senders.basic("odoo:pw")
        self._check(
            "mandrill", esp.Request("POST", "http://inside:8069/w", headers, body), url=plain
        )
        self._assert_refused("mandrill", esp.Request("POST", "http://inside:8069/w", headers, body))


@tagged("post_install", "-at_install")
class TestSns(SignatureCase):
    """Signatures of Amazon SNS, which stand for all that Amazon SES tells."""

    def _sns(self, version="2", changes=None, now=NOW, **values):
        payload = values.pop("payload", SAMPLES["amazon_ses"][0][0])
        message = senders.sns_message(payload, now, version, **values)
        headers, body = senders.sns_request({**message, **(changes or {})})
        return esp.Request("POST", "", headers, body)

    def test_both_versions_are_accepted(self):
        for version in ("1", "2"):
            self._check("amazon_ses", self._sns(version))
            self._check("amazon_ses", self._sns(version, Subject="Amazon SES"))
            url = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=t"
            for type_ in (sns.SUBSCRIBE, sns.UNSUBSCRIBE):
                request = self._sns(version, type_=type_, Token="t", SubscribeURL=url, payload="x")
                self._check("amazon_ses", request)

    def test_what_amazon_signs(self):
        """The lines of the SNS Developer Guide written out: our senders sign what we expect."""
        envelope = {
            "Message": "two\nlines",
            "MessageId": "1",
            "Subject": "Grüße",
            "SubscribeURL": "https://sns",
            "Timestamp": "now",
            "Token": "t",
            "TopicArn": "arn",
        }
        told = sns.canonical({**envelope, "Type": "Notification"}).decode()
        self.assertEqual(
            told,
            "Message\ntwo\nlines\nMessageId\n1\nSubject\nGrüße\nTimestamp\nnow\n"
            "TopicArn\narn\nType\nNotification\n",
        )
        without = {**envelope, "Subject": None, "Type": "Notification"}
        self.assertEqual(sns.canonical(without).decode(), told.replace("Subject\nGrüße\n", ""))
        for type_ in ("SubscriptionConfirmation", "UnsubscribeConfirmation"):
            self.assertEqual(
                sns.canonical({**envelope, "Type": type_}).decode(),
                "Message\ntwo\nlines\nMessageId\n1\nSubscribeURL\nhttps://sns\n"
                f"Timestamp\nnow\nToken\nt\nTopicArn\narn\nType\n{type_}\n",
            )

    def test_certificates_of_others(self):
        region = "sns.us-east-1.amazonaws.com"
        for url in (
            f"https://{region}.evil.test/a.pem",
            f"https://{region}@evil.test/a.pem",
            f"https://user:pass@{region}/a.pem",
            f"https://{region}:443/a.pem",
            f"https://{region}./a.pem",
            f"https://{region}/../a.pem",
            f"https://{region}/x/a.pem",
            f"https://{region}//evil.test/a.pem",
            f"https://{region}\\@evil.test/a.pem",
            f"https://{region}\t.evil.test/a.pem",
            f"https://{region}/a.pem?versionId=1",
            "https://bucket.s3.us-east-1.amazonaws.com/a.pem",
            "https://sns.s3.us-east-1.amazonaws.com/a.pem",
            "https://s3.amazonaws.com/sns.us-east-1.amazonaws.com/a.pem",
            "https://ѕns.us-east-1.amazonaws.com/a.pem",
            ["https://sns.us-east-1.amazonaws.com/a.pem"],
        ):
            with self.subTest(url):
                request = self._sns(SigningCertURL=url)
                self._assert_refused("amazon_ses", request, certificate=self.fail)

    def test_tampers(self):
        url = "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem"
        plain = senders.CERTIFICATE_URL.replace("https", "http")
        other_topic = senders.TOPIC + "2"
        for version in ("1", "2"):
            for name, request in {
                "body": self._sns(version, {"Message": "{}"}),
                "subject": self._sns(version, {"Subject": "added"}),
                "host": self._sns(version, SigningCertURL=url),
                "http": self._sns(version, SigningCertURL=plain),
                "topic": self._sns(version, TopicArn=other_topic),
                "topic after": self._sns(
                    version, {"TopicArn": senders.TOPIC}, TopicArn=other_topic
                ),
                "another's key": self._sns(version, key="x"),
                "type": self._sns(
                    version, {"Type": sns.UNSUBSCRIBE, "Token": "", "SubscribeURL": ""}
                ),
                "version": self._sns(version, {"SignatureVersion": "3"}),
                "other version": self._sns(version, {"SignatureVersion": str(3 - int(version))}),
                "old": self._sns(version, now=NOW - LATER),
                "ahead": self._sns(version, now=NOW + LATER),
                "date": self._sns(version, {"Timestamp": "2026-11-02T09:30:30.000Z"}),
                "signature": self._sns(version, {"Signature": "AAAA"}),
                "no signature": self._sns(version, {"Signature": None}),
            }.items():
                with self.subTest(name, version=version):
                    self._assert_refused("amazon_ses", request)

    def test_certificates(self):
        for name, certificate in {
            "none": b"",
            "no certificate": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "another's": senders.certificate(NOW, "x"),
            "expired": senders.certificate(NOW, days=-30),
        }.items():
            with self.subTest(name):
                self._assert_refused(
                    "amazon_ses", self._sns(), certificate=lambda url, pem=certificate: pem
                )

    def test_headers_repeat_what_the_message_says(self):
        for name in ("x-amz-sns-message-type", "x-amz-sns-message-id"):
            request = self._request("amazon_ses", **{name: "other"})
            self._assert_refused("amazon_ses", request)
        raw = self._request("amazon_ses", **{"x-amz-sns-rawdelivery": "true"})
        self._assert_refused("amazon_ses", raw)

    def test_nothing_is_fetched_before_the_rest_is_right(self):
        def certificate(url):
            self.fail("fetched")

        for request in (
            self._sns(TopicArn="arn:aws:sns:eu-west-1:1:other"),
            self._sns(SigningCertURL="https://169.254.169.254/a.pem"),
            self._sns(now=NOW - LATER),
        ):
            self._assert_refused("amazon_ses", request, certificate=certificate)
