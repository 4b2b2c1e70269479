"""What to do in each provider's console, in one sentence each."""

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

HELP = {
    "amazon_ses": _lt(
        "Publish the events of your configuration set to an SNS topic, subscribe this address to "
        "it over HTTPS with raw message delivery off, and enter the ARN of the topic here before "
        "you subscribe."
    ),
    "brevo": _lt(
        "Transactional > Settings > Webhooks: add this address, choose basic authentication, and "
        "enter the user and the password that you set here."
    ),
    "mailersend": _lt(
        "Domains > Manage > Webhooks: add this address, and copy the signing secret shown there "
        "into the key here."
    ),
    "mailgun": _lt(
        "Sending > Webhooks: add this address for every event, and copy the HTTP webhook signing "
        "key (Settings > API security) into the key here."
    ),
    "mailjet": _lt(
        "Account > Event notifications (triggers): enter this address for every event, with user "
        "and password before the host: https://user:password@..."
    ),
    "mailtrap": _lt(
        "Settings > Webhooks: add this address in JSON format, with user and password before the "
        "host: https://user:password@..."
    ),
    "mandrill": _lt(
        "Settings > Webhooks: add this address, and copy the key shown beside it into the key here."
    ),
    "postal": _lt(
        "Webhooks of the mail server: add this address, and copy the value behind p= of "
        '"postal default-dkim-record" into the key here.'
    ),
    "postmark": _lt(
        "Server > Message stream > Webhooks: add this address, and enter under basic auth the "
        "user and the password that you set here."
    ),
    "resend": _lt(
        "Webhooks: add this address, and copy the signing secret (whsec_...) into the key here."
    ),
    "sendgrid": _lt(
        "Settings > Mail settings > Event webhook: add this address, switch the signed event "
        "webhook on, and copy the verification key into the key here."
    ),
    "sparkpost": _lt(
        "Configuration > Webhooks: add this address, choose basic auth, and enter the user and "
        "the password that you set here."
    ),
    "unisender_go": _lt(
        "Project settings > Webhooks: add this address, and copy the API key of the same project "
        "into the key here."
    ),
}
