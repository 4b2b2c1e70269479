"""Timing, and the table of results."""

import json
import statistics
import time
from dataclasses import asdict, dataclass

from bench.data import CHECKOUT

OUTPUT = CHECKOUT / ".local" / "bench" / "latest.json"


@dataclass
class Result:
    """One line of the table.

    measured and bound share ``unit``; ``ratio`` is measured / bound's own base, if it has one;
    bound None: nothing is promised, the line informs. ``at_least``: more is better.
    """

    what: str
    measured: float
    unit: str
    bound: float | None = None
    ratio: float | None = None
    note: str = ""
    at_least: bool = False

    @property
    def verdict(self):
        if self.bound is None:
            return "-"
        kept = self.measured >= self.bound if self.at_least else self.measured <= self.bound
        return "pass" if kept else "FAIL"


def timed(call, *args):
    """Return (what ``call`` returned, seconds it took)."""
    start = time.perf_counter()
    answer = call(*args)
    return answer, time.perf_counter() - start


def spread(values):
    """Return the times of all rounds as text: the machine's noise is there to be seen.

    >>> spread([1.234, 5.6])
    'rounds 1.2 5.6 s'
    """
    return "rounds " + " ".join(f"{value:.1f}" for value in values) + " s"


def median(values):
    return statistics.median(values)


def print_table(results):
    """Print the results and return the number of bounds that were broken."""
    rows = [("what", "measured", "bound", "ratio", "", "")]
    rows += [
        (
            result.what,
            f"{result.measured:,.2f} {result.unit}",
            "" if result.bound is None else f"{result.bound:,.2f} {result.unit}",
            "" if result.ratio is None else f"{result.ratio:.2f} x",
            result.verdict,
            result.note,
        )
        for result in results
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        print("  ".join([*cells, row[5]]).rstrip())
    return sum(result.verdict == "FAIL" for result in results)


def save(results):
    """Write the results as JSON, for a program to read."""
    OUTPUT.parent.mkdir(parents=True, exist_ok=True)
    lines = [dict(asdict(result), verdict=result.verdict) for result in results]
    OUTPUT.write_text(json.dumps(lines, indent=1) + "\n")
    print(f"written to {OUTPUT.relative_to(CHECKOUT)}")
