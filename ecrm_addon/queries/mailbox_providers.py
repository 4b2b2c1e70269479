"""Providers of mailboxes by domain, for statements: as ``lib.email.domains`` tells them."""

import json

from odoo.tools import SQL

from ..lib.email.domains import CORPORATE, PROVIDERS, provider_of

#: How reports call providers; others are called by their own name.
NAMES = {
    CORPORATE: "Own domains",
    "gmail": "Gmail",
    "microsoft": "Outlook, Hotmail",
    "yahoo": "Yahoo, AOL",
    "icloud": "iCloud",
    "gmx/web.de": "GMX, WEB.DE",
    "t-online": "T-Online",
    "proton": "Proton",
}
_EXACT = {
    domain: name for name, domains in PROVIDERS.items() for domain in domains if "." in domain
}
_BRANDS = {
    brand: name for name, domains in PROVIDERS.items() for brand in domains if "." not in brand
}


def name_of(domain):
    """Return the name of the provider of a domain for people; a company's domain is its own."""
    name = provider_of(domain) or CORPORATE
    return domain if name == CORPORATE else NAMES.get(name, name)


def provider(domain):
    """Return the SQL of the name of the provider of a domain in small letters."""
    return SQL(
        """
        coalesce(%(exact)s::jsonb ->> %(domain)s,
                 %(brands)s::jsonb ->>
                    substring(%(domain)s from '^([^.]+)\\.(?:(?:co|com)\\.)?(?:[a-z]{2}|com)$'),
                 %(others)s)
        """,
        exact=json.dumps({domain_: NAMES.get(name, name) for domain_, name in _EXACT.items()}),
        brands=json.dumps({brand: NAMES.get(name, name) for brand, name in _BRANDS.items()}),
        domain=domain,
        others=NAMES[CORPORATE],
    )
