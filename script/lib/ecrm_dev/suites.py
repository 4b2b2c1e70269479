"""The suites of a test run. Each returns its results; none prints a verdict of its own."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from . import databases, layout, odoo_log, project
from .odoo_process import ODOO, run_odoo, tail

MINUTE = 60
NOTHING_RAN = 5  # pytest's exit code


@dataclass
class Result:
    suite: str
    passed: int = 0
    failures: list = field(default_factory=list)  # texts
    skipped: list = field(default_factory=list)  # texts

    @property
    def failed(self):
        return len(self.failures)


def layout_suite():
    """Test files that no run would ever see."""
    return [Result("layout", failures=layout.problems())]


def lib_suite(selection):
    """The doctests of lib/ of each addon, in a process that cannot import Odoo."""
    result = Result("lib")
    for addon, paths in selection.items():
        process = subprocess.run(
            [sys.executable, "-m", "ecrm_dev.doctests", addon, *paths],
            capture_output=True,
            text=True,
            cwd=project.ROOT,
            timeout=10 * MINUTE,
            check=False,
        )
        passed, _space, _rest = process.stdout.strip().rpartition("\n")[2].partition(" passed")
        output = f"{process.stdout}{process.stderr}"
        if process.returncode == 0 and passed.isdigit():
            result.passed += int(passed)
            continue
        result.passed += int(passed) if passed.isdigit() else 0
        failed = [line for line in process.stdout.splitlines() if line.startswith("FAILED ")]
        result.failures += [output, *failed[1:]]
    return [result]


def odoo_suite(tags, options):
    """Install all addons of this checkout into a copy of the stock template, and test them."""
    name = f"{'kept' if options.keep else 'test'}_{os.getpid()}"
    log = project.LOGS / f"test-odoo-{os.getpid()}.log"
    databases.copy(databases.stock_template(), name)
    try:
        status = run_odoo(
            [
                *("-d", name, "-i", ",".join(project.addon_names())),
                *("--test-tags", ",".join(tags), "--stop-after-init"),
                *("--screenshots", str(project.LOCAL / "screenshots")),
            ],
            log=log,
            timeout=45 * MINUTE,
            launcher=_coverage() if options.coverage else None,
        )
    finally:
        if options.keep:
            print(f"   kept the database {name}")
        else:
            databases.drop(name)
    return read_odoo_run(log.read_text(errors="replace"), status, log)


def read_odoo_run(text, status, log):
    """The results of a run of Odoo's tests: one for each addon, one for hoot, one for the log."""
    report = odoo_log.read_log(text)
    results = {}

    def result_of(addon):
        return results.setdefault(addon, Result(f"odoo:{addon}"))

    for addon, count in report.passed().items():
        result_of(addon).passed = count
    for (logger, test), record in report.failed.items():
        result_of(odoo_log.addon_of(logger)).failures.append(f"{test}\n{record}")
    for (logger, test), reason in report.skipped.items():
        result_of(odoo_log.addon_of(logger)).skipped.append(f"{test}: {reason}")
    hoot = Result("hoot", report.hoot_passed)
    hoot.failures += ["a hoot test failed"] * report.hoot_failed
    in_log = Result("log", failures=list(report.unexpected.values()))
    started = sum(report.started.values())
    if report.total is not None and report.total != started:
        in_log.failures.append(f"Odoo counted {report.total} tests, its log shows {started}")
    if (status or report.total is None) and not (report.failed or in_log.failures):
        in_log.failures.append(f"Odoo ended with status {status}:\n{tail(log)}")
    return [*results.values(), hoot, in_log]


def process_suite(arguments, marked):
    """The tests in tests/: pytest, with real servers.

    marked: expression of marks, such as "not alone"; where nothing is marked so, nothing runs.
    """
    name = marked.replace(" ", "-")
    report = project.LOGS / f"test-process-{name}-{os.getpid()}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    process = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", f"-m={marked}", f"--junitxml={report}", *arguments],
        cwd=project.ROOT,
        timeout=45 * MINUTE,
        check=False,
    )
    result = Result("process")
    if process.returncode == NOTHING_RAN:
        return [result]
    if not report.exists():
        result.failures.append(f"pytest ended with status {process.returncode} and no report")
        return [result]
    for case in ET.parse(report).iter("testcase"):
        _read_case(result, case)
    if process.returncode and not result.failures:
        result.failures.append(f"pytest ended with status {process.returncode}")
    return [result]


def _read_case(result, case):
    name = f"{case.get('classname')}::{case.get('name')}"
    bad = [element for kind in ("failure", "error") for element in case.iter(kind)]
    if bad:
        result.failures.append(f"{name}: {bad[0].get('message')}")
    elif (skipped := case.find("skipped")) is not None:
        result.skipped.append(f"{name}: {skipped.get('message')}")
    else:
        result.passed += 1


def _coverage():
    return [sys.executable, "-m", "coverage", "run", ODOO[-1]]
