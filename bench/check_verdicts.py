"""How well machines are told from people in labelled sequences of mail hits.

The format is told in ``ecrm_addon/lib/email/labelled.py``.
"""

import json
from pathlib import Path

LEAST_FOUND, LEAST_KEPT = 0.95, 0.97


def run(path, least_found=LEAST_FOUND, least_kept=LEAST_KEPT):
    """Judge the sequences of a JSON file; print the figures and what differs.

    :return int: 1 if fewer machines are found, or people kept, than asked for; else 0
    """
    from odoo.addons.ecrm_addon.lib.email import labelled

    sequences = json.loads(Path(path).read_text(encoding="utf-8"))
    found = labelled.measure(sequences)
    print(f"check-verdicts: {len(sequences)} sequences")
    print(f"  machine events found  {shown(found.machine_found, found.machine_all)}")
    print(f"  human events kept     {shown(found.human_kept, found.human_all)}")
    print(f"  unknown called human  {found.unknown_as_human:>5}")
    for name, what, expected, said in found.mismatches:
        print(f"  DIFF  {name:<28} {what:<44} expected {expected}, found {said}")
    return int(found.recall() < least_found or found.kept() < least_kept)


def shown(count, total):
    """Return a share as a column of the report."""
    return f"{count:>5} of {total:>5}  {100 * count / (total or 1):6.2f} %"
