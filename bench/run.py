"""Command line of the benchmarks; start it with ``script/bench``.

script/bench                                        speed (needs ecrm_addon)
script/bench load-cdnow DB [--data PATH]            real purchase logs into a database
script/bench load-online-retail DB [--data PATH] [--limit INVOICES]
script/bench load-rfm DB [--data PATH]
script/bench check-cdnow DB                         the published facts, asserted
script/bench check-bounces FILE                     the recipients found in bounced mails
script/bench check-webhooks FILE                    recorded webhooks through our parsers
script/bench lighthouse [--rounds 3]                the customer's pages, by Lighthouse
script/bench check-verdicts FILE.json               people told from machines in mail, labelled
script/bench recommend [--data PATH] [--keep]       recommendations on real orders
"""

import argparse
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import (  # noqa: E402
    bounces,
    check,
    check_verdicts,
    check_webhooks,
    database,
    lighthouse,
    load_cdnow,
    load_online_retail,
    load_rfm,
    recommend,
    speed,
)

LOADERS = {
    "cdnow": (load_cdnow, check.cdnow),
    "online-retail": (load_online_retail, check.online_retail),
    "rfm": (load_rfm, check.rfm),
}


def main(arguments=None):
    options = parser().parse_args(arguments)
    database.configure()
    return options.run(options)


def parser():
    """Return the parser; without a command it is ``speed``."""
    top = argparse.ArgumentParser(prog="script/bench", description=__doc__.split("\n")[0])
    top.set_defaults(run=run_speed, only=None, keep=False, scale=1.0)
    commands = top.add_subparsers(metavar="COMMAND")
    for name in LOADERS:
        add_loader(commands, name)
        add_check(commands, name)
    webhooks = commands.add_parser("check-webhooks", help="recorded webhooks, as JSON Lines")
    webhooks.add_argument("file")
    webhooks.set_defaults(run=lambda options: check_webhooks.run(options.file))
    verdicts = commands.add_parser("check-verdicts", help="judge labelled hits of mails")
    verdicts.add_argument("file", help="JSON, see ecrm_addon/lib/email/labelled.py")
    verdicts.set_defaults(run=lambda options: check_verdicts.run(options.file))
    add_bounces(commands)
    add_lighthouse(commands)
    add_recommend(commands)
    add_speed(commands, "speed", run_speed)
    add_speed(commands, "all", run_all).add_argument("--data")
    return top


def add_loader(commands, name):
    command = commands.add_parser(f"load-{name}", help=f"load {name} into a bench_ database")
    command.add_argument("database")
    command.add_argument("--data", help="the data file, or the folder that holds it")
    command.set_defaults(run=lambda options: run_load(name, options))
    if name == "online-retail":
        command.add_argument("--limit", type=int, default=0, help="only that many invoices")


def add_check(commands, name):
    command = commands.add_parser(f"check-{name}", help=f"check what eCRM says after load-{name}")
    command.add_argument("database")
    command.set_defaults(run=lambda options: run_check(name, options))


def add_bounces(commands):
    command = commands.add_parser("check-bounces", help="check who is found in bounced mails")
    command.add_argument("file", help="mails and their recipients, see bench/bounces.py")
    command.set_defaults(run=lambda options: bounces.run(options.file))


def add_lighthouse(commands):
    command = commands.add_parser("lighthouse", help="the customer's pages, beside Odoo's own")
    command.add_argument("--rounds", type=int, default=lighthouse.ROUNDS)
    command.set_defaults(run=lambda options: lighthouse.run(options.rounds))


def add_recommend(commands):
    command = commands.add_parser("recommend", help="recommendations beside Odoo's own")
    command.add_argument("--data", help="the data file, or the folder that holds it")
    command.add_argument("--keep", action="store_true", help="keep the database with our addons")
    command.set_defaults(run=lambda options: recommend.run(options.data, options.keep))


def add_speed(commands, name, run):
    command = commands.add_parser(name, help="measure speed" if name == "speed" else "everything")
    command.add_argument("--only", action="append", choices=speed.PARTS, help="only these parts")
    command.add_argument("--keep", action="store_true", help="keep the bench_ databases")
    command.add_argument("--scale", type=float, default=1.0, help="part of the rows, from 0.02")
    command.set_defaults(run=run)
    return command


def run_load(name, options):
    """Load a log; make the database from Odoo's own modules if it is not there."""
    database.check_name(options.database)
    if not database.exists(options.database):
        database.copy(database.stock(), options.database)
    extra = {"limit": options.limit} if hasattr(options, "limit") else {}
    start = time.monotonic()
    with database.environment(options.database) as env:
        counts = LOADERS[name][0].load(env, options.data, **extra)
    counts["seconds"] = round(time.monotonic() - start, 1)
    print_counts(f"load-{name}", counts)
    return 0


def run_check(name, options):
    """Run the pipeline and compare what it says with the published facts."""
    database.check_name(options.database)
    with database.environment(options.database) as env:
        installed = "ecrm.pipeline" in env
    if not installed:
        database.install(options.database, database.OURS)
    with database.environment(options.database) as env:
        return check.report(f"check-{name}", LOADERS[name][1](env))


def run_speed(options):
    """Measure speed; the exit code tells whether every bound was kept."""
    return speed.run(options.only, options.keep, options.scale)


def run_all(options):
    """Load and check every log in a database of its own, then measure speed."""
    failed = 0
    for name, (loader, checker) in LOADERS.items():
        target = database.PREFIX + name.replace("-", "_") + "_check"
        database.copy(database.stock(), target)
        with database.environment(target) as env:
            print_counts(f"load-{name}", loader.load(env, options.data))
        database.install(target, database.OURS)
        with database.environment(target) as env:
            failed += check.report(f"check-{name}", checker(env))
        if not options.keep:
            database.drop(target)
    return failed + run_speed(options)


def print_counts(title, counts):
    """Print a loader's counts, one per line."""
    print(title)
    for what, count in counts.items():
        print(f"  {what:<40}{count:>12,}")


if __name__ == "__main__":
    sys.exit(main())
