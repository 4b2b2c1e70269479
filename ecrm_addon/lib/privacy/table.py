"""What one table holds of a person, said once.

What she is told, what is shown to her before an erasure, the erasure itself and what the
privacy lookup lists are all derived of these declarations, see ``ecrm.privacy``.
"""

import re
from collections import namedtuple
from collections.abc import Callable
from dataclasses import dataclass, field

#: What an erasure does with rows.
ERASED = "erased"
ANONYMISED = "anonymised"
KEPT = "kept"

#: In an anonymised column: names, addresses and numbers of the person go, other words stay.
MASKED = object()
#: In an anonymised column: nothing, where the person is named in it.
UNNAMED = object()
#: What stands in place of a name, an address or a number.
MASK = "***"

#: What an erasure does, or did, with one kind of data, in the customer's words. ``until``
#: is a date, or None where there is no end or nothing is kept.
Part = namedtuple("Part", "code label count action reason until")


@dataclass(frozen=True)
class PersonalTable:
    """Rows of one model that belong to a person.

    Rows are found by any of ``partners``, ``users``, ``emails``, ``texts``, ``ips`` and
    ``find``, as far as they fulfil ``only``. Columns that a database does not have are passed
    over, and so is the table itself where its model is not installed.

    model: name of the Odoo model
    label: what the customer calls it
    partners, users: columns with the id of the contact, of its portal user
    emails: columns that hold an e-mail address and nothing else
    texts: columns in which an address stands among other words, such as ``Ann <a@b.c>``
    ips: columns with a network address from which the person was seen
    find: ``(env, subject)`` -> ids of further rows
    only: domain that all of them fulfil
    told: fields of the export; none: the export does not tell of it
    tell: ``(records, subject)`` -> rows of the export, where fields are not enough
    action: ``erased``, ``anonymised`` or ``kept``
    values: column -> what stands there afterwards, written without Odoo's own logic: a
        constant, ``MASKED``, ``UNNAMED`` or None, which in one of ``partners`` and
        ``users`` takes the person away and nobody else. Kept rows are stripped like that, too
    reason: why rows are kept; ``(records)`` -> text, or the text
    until: ``(records)`` -> date until when they are kept
    mass: rows without logic of their own, of which there may be many: removed by SQL
    forget: ``(env, ids, subject)`` does what neither removing nor ``values`` can do
    strip: whether messages, files and to-dos of anonymised documents go
    batch: rows treated at once
    """

    model: str
    label: str
    partners: tuple = ()
    users: tuple = ()
    emails: tuple = ()
    texts: tuple = ()
    ips: tuple = ()
    find: Callable | None = None
    only: tuple | list = ()
    told: tuple = ()
    tell: Callable | None = None
    action: str = ERASED
    values: dict = field(default_factory=dict)
    reason: str | Callable | None = None
    until: Callable | None = None
    mass: bool = False
    forget: Callable | None = None
    strip: bool = True
    batch: int = 1000


@dataclass
class Subject:
    """Who is asked about: everything by which rows are found, collected once.

    partner_ids: the contact, and its own addresses (invoices, deliveries)
    user_ids: its portal users
    emails: addresses, in small letters, that are nobody else's; rows are found by them
    shared: addresses that another contact has, too; no row is found by them
    words: what is masked in texts that stay: names, addresses and phone numbers
    ips: network addresses from which it was seen
    company_ids: rows of other companies are left alone; None: of all
    memory: what was found out for one table and is of use for another
    """

    partner_ids: list = field(default_factory=list)
    user_ids: list = field(default_factory=list)
    emails: list = field(default_factory=list)
    shared: list = field(default_factory=list)
    words: list = field(default_factory=list)
    ips: list = field(default_factory=list)
    company_ids: list | None = None
    memory: dict = field(default_factory=dict)


def pattern(words):
    r"""Return a regular expression, of Python and of PostgreSQL, that finds whole addresses.

    An address that only ends like one of these is another person's:

    >>> bool(re.search(pattern(["ann@b.org"]), '"Ann" <ann@b.org>, zoe@b.org'))
    True
    >>> bool(re.search(pattern(["ann@b.org"]), "joann@b.org, ann@b.org.uk, x.ann@b.org"))
    False
    >>> bool(re.search(pattern(["ann@b.org"]), "Write to ann@b.org."))
    True
    >>> bool(re.search(pattern(["+32 2 290 34 90"]), "or call +32 2 290 34 90!"))
    True
    """
    told = "|".join(re.sub(r"([^\w])", r"\\\1", word) for word in words)
    return rf"(?<![\w.+-])({told})(?![\w-]|\.\w)"
