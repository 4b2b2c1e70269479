"""How well bounced recipients are found in real reports, against what is known of each.

The file has one JSON object a line: ``id``, ``raw`` (the mail, a character per byte),
``expect_temporary`` and ``expect_permanent`` (addresses, in any case of letters). An ``id``
whose mail names nobody expects nobody.
"""

import email.policy
import json
import time
from email import message_from_bytes
from pathlib import Path

#: Shares that have to be reached: exact recipients, and whether the server has given up.
EXACT, CLASSES = 108 / 112, 0.95


def run(path):
    """Print what was found; return 1 if a bound is broken, else 0."""
    # only here: before Odoo is configured its addons cannot be imported
    from odoo.addons.ecrm_addon.lib.email.gateway import report

    cases = [json.loads(line) for line in Path(path).read_text().splitlines() if line.strip()]
    named = exact = right = silent = crashes = 0
    start = time.monotonic()
    for case in cases:
        found = read(report, case["raw"])
        if found is None:
            crashes += 1
            print(f"  CRASH {case['id']}")
            continue
        wanted = addresses(case["expect_temporary"]), addresses(case["expect_permanent"])
        if not any(wanted):
            silent += not any(found)
        else:
            named += 1
            exact += set().union(*found) == set().union(*wanted)
            right += found == wanted
        if found != wanted:
            print(f"  DIFF  {case['id']}: expected {shown(wanted)}, found {shown(found)}")
    seconds = time.monotonic() - start
    others = len(cases) - named
    print(f"  exact recipients         {exact} of {named}")
    print(f"  temporary or permanent   {right} of {named}")
    print(f"  nobody where nobody is   {silent} of {others}")
    print(f"  crashes                  {crashes} of {len(cases)}")
    print(f"  milliseconds a mail      {1000 * seconds / max(1, len(cases)):.1f}")
    kept = exact >= EXACT * named and right >= CLASSES * named and not crashes
    return int(not kept)


def read(report, raw):
    """Return the (temporary, permanent) recipients of a mail; None where reading it fails."""
    content = raw.encode("latin-1") if all(ord(char) < 256 for char in raw) else raw.encode()
    told = []
    for policy in (email.policy.SMTP, email.policy.compat32):
        found = report.read(message_from_bytes(content, policy=policy))
        if found.evidence == "unreadable":
            return None
        told.append(
            tuple(
                addresses(one.address for one in found.recipients if one.action == action)
                for action in ("delayed", "failed")
            )
        )
    return told[0] if told[0] == told[1] else None


def addresses(found):
    return {address.lower() for address in found}


def shown(found):
    return "; ".join(" ".join(sorted(part)) or "nobody" for part in found)
