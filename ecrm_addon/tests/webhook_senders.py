"""Providers as far as they send: requests signed as they sign them, with keys of our own."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlencode

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

from ..lib.email import esp
from ..lib.email.esp import sns

KEY, OLD_KEY = "key-of-the-account", "key-of-the-year-before"
LOGIN = "shop:correct horse"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:shop-mails"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0a1b2c.pem"
URL = "https://odoo.example/ecrm/webhook"
#: Fields of a request that a test changes instead of the sender.
JSON = {"Content-Type": "application/json"}


@lru_cache
def rsa_key(_name="ours"):
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@lru_cache
def ec_key():
    return ec.generate_private_key(ec.SECP256R1())


def public_text(key):
    """Return a public key as consoles show it: one line."""
    der = serialization.PublicFormat.SubjectPublicKeyInfo
    raw = key.public_key().public_bytes(serialization.Encoding.DER, der)
    return base64.b64encode(raw).decode()


@lru_cache
def certificate(now, name="ours", days=30):
    """Return a certificate in PEM that is valid from the day before ``now``."""
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sns.amazonaws.com")])
    key = rsa_key(name)
    built = (
        x509.CertificateBuilder()
        .subject_name(issuer)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=abs(days)))
        .not_valid_after(now + timedelta(days=days / 30))
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM)


def secret_of(code):
    """Return the key that is set up for a provider that signs, None for the others."""
    special = {
        "sendgrid": lambda: public_text(ec_key()),
        "postal": lambda: public_text(rsa_key()),
        "resend": lambda: "whsec_" + base64.b64encode(KEY.encode()).decode(),
    }
    if code in special:
        return special[code]()
    return KEY if code in esp.SIGNING else None


def account_of(code, now, **values):
    """Return the account whose secrets the senders know."""
    secret = secret_of(code)
    return esp.Account(
        **{
            "keys": (secret,) if secret else (),
            "logins": () if secret or code == "amazon_ses" else (login_digest(),),
            "topics": (TOPIC,),
            "certificate": lambda url: certificate(now),
            **values,
        }
    )


def login_digest(login=LOGIN):
    return esp.signature.login_digest(login)


def basic(login=LOGIN):
    return "Basic " + base64.b64encode(login.encode()).decode()


def send(code, payload, now, url=None):
    """Return a payload as a provider sends it now: headers and body.

    :param str code: of the provider
    :param payload: what it tells, before it is signed or wrapped
    :param datetime now: aware
    :param str url: under which it calls us
    """
    sender = {
        "amazon_ses": _send_ses,
        "mailersend": _send_mailersend,
        "mailgun": _send_mailgun,
        "mandrill": _send_mandrill,
        "postal": _send_postal,
        "resend": _send_resend,
        "sendgrid": _send_sendgrid,
        "unisender_go": _send_unisender,
    }.get(code, _send_with_login)
    return sender(payload, now, url or f"{URL}/{code}/k")


def request_of(code, payload, now, method="POST", **changes):
    headers, body = send(code, payload, now)
    return esp.Request(method, f"{URL}/{code}/k", {**headers, **changes}, body)


def _body(payload):
    return json.dumps(payload).encode()


def _send_with_login(payload, now, url):
    return {**JSON, "Authorization": basic()}, _body(payload)


def _send_mailersend(payload, now, url):
    body = _body(payload)
    return {**JSON, "Signature": _hmac(KEY, body).hex()}, body


def mailgun_signature(now, key=KEY, token="0123456789" * 5):
    stamp = str(int(now.timestamp()))
    return {"timestamp": stamp, "token": token, "signature": _hmac(key, stamp + token).hex()}


def _send_mailgun(payload, now, url):
    return JSON, _body({"signature": mailgun_signature(now), **payload})


def _send_mandrill(payload, now, url):
    field = json.dumps(payload)
    digest = _hmac(KEY, f"{url}mandrill_events{field}", "sha1")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Mandrill-Signature": base64.b64encode(digest).decode(),
    }
    return headers, urlencode({"mandrill_events": field}).encode()


def _send_postal(payload, now, url):
    body = _body(payload)
    shown = rsa_key().sign(body, padding.PKCS1v15(), hashes.SHA1())
    return {**JSON, "X-Postal-Signature": base64.b64encode(shown).decode()}, body


def _send_resend(payload, now, url):
    body, stamp = _body(payload), str(int(now.timestamp()))
    number = "msg_" + hashlib.sha256(body).hexdigest()[:12]
    shown = base64.b64encode(_hmac(KEY, f"{number}.{stamp}.".encode() + body)).decode()
    return {
        **JSON,
        "svix-id": number,
        "svix-timestamp": stamp,
        "svix-signature": f"v1,AAAA v2,ignored v1,{shown}",
    }, body


def _send_sendgrid(payload, now, url):
    body, stamp = _body(payload), str(int(now.timestamp()))
    shown = ec_key().sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    prefix = "X-Twilio-Email-Event-Webhook-"
    return {
        **JSON,
        prefix + "Signature": base64.b64encode(shown).decode(),
        prefix + "Timestamp": stamp,
    }, body


def _send_unisender(payload, now, url):
    unsigned = _body({**payload, "auth": KEY})
    digest = hashlib.md5(unsigned, usedforsecurity=False).hexdigest()
    return JSON, unsigned.replace(KEY.encode(), digest.encode())


def _send_ses(payload, now, url):
    return sns_request(sns_message(payload, now))


def sns_message(payload, now, version="2", type_=sns.NOTIFICATION, key="ours", **values):
    """Return an envelope of Amazon SNS, signed.

    :param payload: event of Amazon SES, or the text of the message
    """
    text = payload if isinstance(payload, str) else json.dumps(payload)
    message = {
        "Type": type_,
        "MessageId": "sns-" + hashlib.sha256(text.encode()).hexdigest()[:12],
        "TopicArn": TOPIC,
        "Message": text,
        "Timestamp": now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "SignatureVersion": version,
        "SigningCertURL": CERTIFICATE_URL,
        **values,
    }
    algorithm = hashes.SHA256() if version == "2" else hashes.SHA1()
    signed = rsa_key(key).sign(sns.canonical(message), padding.PKCS1v15(), algorithm)
    return {**message, "Signature": base64.b64encode(signed).decode()}


def sns_request(message):
    headers = {
        "Content-Type": "text/plain; charset=UTF-8",
        "x-amz-sns-message-type": message["Type"],
        "x-amz-sns-message-id": message["MessageId"],
    }
    return headers, _body(message)


def _hmac(key, message, algorithm="sha256"):
    message = message if isinstance(message, bytes) else message.encode()
    return hmac.new(key.encode(), message, algorithm).digest()
