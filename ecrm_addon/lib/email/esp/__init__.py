"""Webhooks of e-mail providers: one small parser each, behind one interface.

``PROVIDERS[code].check(request, account, now)`` lets only the provider in, ``.parse(request)``
puts its events into common words. Nothing here fetches or stores anything.
"""

from ...tracking.payload import Refused
from . import signature
from .amazon_ses import AmazonSes
from .base import MAX_BYTES, Account, Event, Parsed, Provider, Request
from .brevo import Brevo
from .mailersend import MailerSend
from .mailgun import Mailgun
from .mailjet import Mailjet
from .mailtrap import Mailtrap
from .mandrill import Mandrill
from .postal import Postal
from .postmark import Postmark
from .resend import Resend
from .sendgrid import SendGrid
from .sns import SUBSCRIBE
from .sparkpost import INITIAL_OPENS, SparkPost
from .unisender_go import UnisenderGo

PROVIDERS = {
    provider.code: provider()
    for provider in (
        AmazonSes,
        Brevo,
        MailerSend,
        Mailgun,
        Mailjet,
        Mailtrap,
        Mandrill,
        Postal,
        Postmark,
        Resend,
        SendGrid,
        SparkPost,
        UnisenderGo,
    )
}

#: Providers that sign with a key of the account; the others show a user and a password.
SIGNING = frozenset(
    code
    for code, provider in PROVIDERS.items()
    if type(provider).check_signature is not Provider.check_signature and not provider.always_signs
)
