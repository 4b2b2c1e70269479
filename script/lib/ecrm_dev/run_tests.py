"""Run the tests of this checkout.

script/test                                     all of them
script/test ecrm_addon                          one addon, and the doctests of its lib/
script/test ecrm_addon/tests/test_identity.py   one file; with ":TestClass.test_method" one test
script/test ecrm_addon/lib/scoring/rfm.py       the doctests of one module or folder
script/test tests/test_server.py::test_login    a process-level test, in pytest's notation

The last line is "N passed, N failed". It fails on a failed test, on a warning or error in Odoo's
log that checklog-odoo.cfg does not allow, on a test file that nothing imports, and (when all suites
run) on fewer tests than tests/floor.txt says.
"""

import argparse
import os
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor, as_completed

from . import databases, floor, project, suites

SHOWN_LINES = 60  # of one failure


def parse(arguments):
    parser = argparse.ArgumentParser(
        prog="script/test",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("what", nargs="*", help="addon or path; everything when there is none")
    parser.add_argument("--tags", help="test tags for Odoo, instead of an addon or path")
    parser.add_argument("--keep", action="store_true", help="keep the database of Odoo's tests")
    parser.add_argument("--coverage", action="store_true", help="measure coverage of Odoo's tests")
    parser.add_argument(
        "--write-floor", action="store_true", help="write the counts of this run to tests/floor.txt"
    )
    parser.add_argument(
        "--failed-before", metavar="NAME", help="count a failure of NAME, which ran before this"
    )
    return parser.parse_args(arguments)


def select(options):
    """What to run: (doctests by addon, test tags for Odoo, arguments for pytest)."""
    lib, tags, process = {}, [], []
    if not options.what and not options.tags:
        with_lib = [addon.name for addon in project.addons() if (addon / "lib").is_dir()]
        tags = [f"/{name}" for name in project.addon_names()]
        return dict.fromkeys(with_lib, ()), tags, ["tests"]
    for what in options.what:
        _select_one(what.removeprefix("./").rstrip("/"), lib, tags, process)
    if options.tags:
        tags.append(options.tags)
    return lib, tags, process


def _select_one(what, lib, tags, process):
    path = what.partition(":")[0]
    top, *rest = path.split("/")
    if not (project.ROOT / path).exists():
        raise SystemExit(f"error: there is no {path} in this checkout")
    if top == "tests":
        process.append(what)
    elif top not in project.addon_names():
        raise SystemExit(f"error: {top} is no addon of this checkout")
    elif rest[:1] == ["lib"]:
        lib[top] = (*lib.get(top, ()), "/".join(rest))
    elif rest[:1] == ["tests"] and path.endswith(".py"):
        tags.append(f"/{what}")
    else:
        tags.append(f"/{top}")
        if not rest and (project.ROOT / top / "lib").is_dir():
            lib[top] = ()


def clean_up():
    """Remove what earlier runs left: databases, and logs of more than a day ago."""
    if "ECRM_PRIVATE_PG" in os.environ:  # on a shared server they may be somebody else's
        databases.drop_orphans()
    for log in project.LOGS.glob("*-*.*"):
        if log.stat().st_mtime < time.time() - 24 * 3600:
            log.unlink()


def run(options):
    lib, tags, process = select(options)
    clean_up()
    # Each row runs side by side, as a test mostly waits for its server; what measures how long
    # something takes, or kills servers, has the machine to itself.
    plan = [
        [("layout", True, suites.layout_suite)],
        [("lib", lib, lambda: suites.lib_suite(lib))],
        [
            ("odoo", tags, lambda: suites.odoo_suite(tags, options)),
            ("process", process, lambda: suites.process_suite(process, "not alone")),
        ],
        [("process, alone", process, lambda: suites.process_suite(process, "alone"))],
    ]
    results = []
    if options.failed_before:
        results.append(suites.Result(options.failed_before, failures=["see above"]))
        show(results)
    for row in plan:
        results += run_row([(name, suite) for name, wanted, suite in row if wanted])
    if not options.what and not options.tags:
        if options.write_floor:
            floor.write(results)
        found = [suites.Result("floor", failures=floor.problems(results))]
        show(found)
        results += found
    return results


def run_row(row):
    """Run suites side by side, and show each when it has ended."""
    if not row:
        return []
    results = []
    with ThreadPoolExecutor(len(row)) as pool:
        running = {pool.submit(run_suite, name, suite): name for name, suite in row}
        for future in as_completed(running):
            found, seconds = future.result()
            print(f"== {running[future]}", flush=True)
            show(found, seconds)
            results += found
    return results


def run_suite(name, suite):
    start = time.monotonic()
    try:
        found = suite()
    except Exception:  # noqa: BLE001  # the other suites still run, and the last line comes
        found = [suites.Result(name, failures=[traceback.format_exc()])]
    return found, time.monotonic() - start


def show(results, seconds=None):
    for result in results:
        for text in result.failures:
            lines = text.splitlines()
            print(f"-- {result.suite}: FAILED: " + "\n".join(lines[:SHOWN_LINES]))
            if len(lines) > SHOWN_LINES:
                print(f"   ... {len(lines) - SHOWN_LINES} more lines; the logs are in .local/log")
        for text in result.skipped:
            print(f"-- {result.suite}: skipped: {text}")
        if result.passed or result.failed:
            print(f"   {result.suite}: {result.passed} passed, {result.failed} failed")
    if seconds is not None:
        print(f"   ({seconds:.0f} s)", flush=True)


def main(arguments):
    options = parse(arguments)
    results = run(options)
    passed = sum(result.passed for result in results)
    failed = sum(result.failed for result in results)
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
