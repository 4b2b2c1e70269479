"""Create or bring up to date the demo database that script/server serves."""

import sys

from . import databases, odoo_log, project
from .odoo_process import run_odoo

STAMPS = project.LOCAL / "demo"


def main(name):
    stamp = STAMPS / name
    key = project.source_key()
    if databases.exists(name) and stamp.exists() and stamp.read_text() == key:
        return 0
    addons = ",".join(project.addon_names())
    if not databases.exists(name):
        databases.copy(databases.stock_template(demo=True), name)
        stamp.unlink(missing_ok=True)
    if stamp.exists():
        print(f"bringing {name} up to date", flush=True)
    else:
        print(f"installing our addons with their demo data into {name}", flush=True)
    # An addon that came later is installed, one that is there already only upgraded.
    arguments = ["-i", addons, "-u", addons, "--with-demo"] if addons else []
    log = project.LOGS / f"demo-{name}.log"
    run_odoo(["-d", name, *arguments, "--stop-after-init"], log=log, check=True)
    for record in odoo_log.read_log(log.read_text(errors="replace")).unexpected.values():
        print(record, file=sys.stderr)
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
