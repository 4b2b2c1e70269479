"""What Odoo's log says about a run: tests, and records that should not be there."""

import collections
import configparser
import re
from dataclasses import dataclass, field

from . import project

ALLOWED = project.ROOT / "checklog-odoo.cfg"
RECORD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} \d+ "
    r"(?P<level>[A-Z]+) \S+ (?P<logger>\S+): (?P<text>.*)",
    re.DOTALL,
)
TESTS = re.compile(r"odoo\.addons\.(?P<addon>\w+)\.tests")
STARTED = re.compile(r"Starting (?P<test>\S+) \.\.\.")
SKIPPED = re.compile(r"skipped (?P<test>\S+) : (?P<reason>.*)")
FAILED = re.compile(r"(FAIL|ERROR): (Subtest )?(?P<test>\w+ \(odoo\.addons\.\S+\)|\S+)")
# Odoo repeats the failures of a module, and of all modules, at ERROR level.
SUMMARY = re.compile(
    r"Module \w+: \d+ failures, \d+ errors of|At least one test failed when loading the modules"
)
TOTAL = re.compile(r"\d+ failed, \d+ error\(s\) of (?P<run>\d+) tests when loading database")
HOOT = re.compile(
    r"HOOT.*?(Passed (?P<passed>\d+) tests"
    r"|Failed (?P<failed>\d+) tests \((?P<others>\d+) passed)"
)


@dataclass
class LogReport:
    started: collections.Counter = field(default_factory=collections.Counter)  # (logger, test)
    failed: dict = field(default_factory=dict)  # (logger, test) -> record
    skipped: dict = field(default_factory=dict)  # (logger, test) -> reason
    unexpected: dict = field(default_factory=dict)  # (level, logger, text) -> record
    total: int | None = None  # what Odoo itself counted
    hoot_passed: int = 0
    hoot_failed: int = 0

    def passed(self):
        """The number of passed tests of each addon."""
        counts = collections.Counter()
        for (logger, test), number in self.started.items():
            good = (logger, test) not in self.failed and (logger, test) not in self.skipped
            counts[addon_of(logger)] += number * good
        return dict(counts)


def addon_of(logger):
    match = TESTS.search(logger)
    return match["addon"] if match else "odoo"


def records(text):
    """The records of a log: a line with a date, and the lines up to the next one."""
    record = []
    for line in text.splitlines():
        if RECORD.match(line) and record:
            yield "\n".join(record)
            record = []
        record.append(line)
    if record:
        yield "\n".join(record)


def allowed_patterns(path=ALLOWED):
    config = configparser.RawConfigParser()
    config.read(path)
    lines = config.get("checklog-odoo", "ignore", fallback="").splitlines()
    return [re.compile(line.strip(), re.MULTILINE) for line in lines if line.strip()]


def read_log(text, allowed=None):
    """Read a whole log.

    >>> report = read_log('''
    ... 2026-01-01 10:00:00,000 7 INFO db odoo.addons.sale.tests.test_a: Starting A.test_one ...
    ... 2026-01-01 10:00:00,000 7 INFO db odoo.addons.sale.tests.test_a: Starting A.test_two ...
    ... 2026-01-01 10:00:00,000 7 ERROR db odoo.addons.sale.tests.test_a: FAIL: A.test_two
    ... AssertionError
    ... 2026-01-01 10:00:00,000 7 WARNING db odoo.models: no such thing
    ... ''', allowed=[])
    >>> report.passed(), list(report.failed), len(report.unexpected)
    ({'sale': 1}, [('odoo.addons.sale.tests.test_a', 'A.test_two')], 1)
    """
    report = LogReport()
    allowed = allowed_patterns() if allowed is None else allowed
    for text_record in records(text):
        match = RECORD.match(text_record)
        if not match:
            continue
        known = _read_test_record(report, match, text_record)
        if known or match["level"] not in ("WARNING", "ERROR", "CRITICAL"):
            continue
        if any(pattern.search(text_record) for pattern in allowed):
            continue
        # The same record again, at another time, is no other problem.
        report.unexpected.setdefault(match.group("level", "logger", "text"), text_record)
    return report


def _read_test_record(report, match, record):
    """Take in a record about tests; tell whether it was one."""
    text = match["text"]
    if total := TOTAL.match(text):
        report.total = int(total["run"])
        return report.total > 0  # a run of no test stays a warning
    if hoot := HOOT.search(text):
        report.hoot_passed += int(hoot["passed"] or hoot["others"] or 0)
        report.hoot_failed += int(hoot["failed"] or 0)
    logger = match["logger"]
    in_test = ".tests." in f"{logger}."
    if in_test and (started := STARTED.match(text)):
        report.started[logger, started["test"]] += 1
    elif in_test and (skipped := SKIPPED.match(text)):
        report.skipped[logger, skipped["test"]] = skipped["reason"]
    elif match["level"] == "ERROR" and (failed := FAILED.match(text)):
        if TESTS.search(failed["test"]):  # setUpClass (odoo.addons...), which another logger tells
            logger = failed["test"]
        report.failed.setdefault((logger, failed["test"]), record)
    else:
        return bool(SUMMARY.match(text))
    return True
