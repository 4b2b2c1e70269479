"""Removing what providers delivered: what grew old, and what names somebody."""

import json
from urllib.parse import quote

from odoo.tools import SQL


def outdated(now, limit):
    """Return the statement that removes what is older than its account keeps it.

    :param datetime now: UTC
    :param int limit: rows at most
    """
    return SQL(
        """
        DELETE FROM ecrm_webhook_delivery
         WHERE id IN (
            SELECT delivery.id FROM ecrm_webhook_delivery delivery
              JOIN ecrm_webhook_account account ON account.id = delivery.account_id
             WHERE delivery.received_at < %s - make_interval(days => account.keep_days)
             LIMIT %s)
        """,
        now,
        limit,
    )


def of_address(email):
    """Return the statement that removes all that names an address.

    Bodies are JSON or forms, and JSON in forms: the address may stand there as it is, with
    escapes of JSON, with those of forms, or with both.

    :param str email:
    """
    escaped = json.dumps(email)[1:-1]
    forms = {email, escaped, quote(email, safe=""), quote(escaped, safe="")}
    return SQL(
        "DELETE FROM ecrm_webhook_delivery WHERE lower(body) LIKE ANY(%s)",
        sorted(f"%{_literally(form.lower())}%" for form in forms),
    )


def _literally(text):
    """Return the pattern that matches a text and nothing else."""
    for sign in "\\%_":
        text = text.replace(sign, f"\\{sign}")
    return text
