"""Write ``crawlers.json`` and the tests' fixture anew from a release of crawler-user-agents.

    pip download --no-deps --dest DIR crawler-user-agents
    python ecrm_addon/lib/tracking/data/refresh.py DIR/crawler_user_agents-*.whl

Run the tests afterwards: they tell a pattern that takes people for machines.
"""

import json
import sys
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
FIXTURE = HERE.parents[2] / "tests" / "data" / "crawler_instances.txt"
LIST = "crawleruseragents/crawler-user-agents.json"


def main(wheel):
    with zipfile.ZipFile(wheel) as archive:
        entries = json.loads(archive.read(LIST))
        licence = next(name for name in archive.namelist() if name.endswith("/LICENSE"))
        (HERE / "LICENSE.crawler-user-agents").write_bytes(archive.read(licence))
    rows = [[entry["pattern"], entry.get("tags", [""])[0]] for entry in entries]
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    (HERE / "crawlers.json").write_text(f"[\n{lines}\n]\n")
    instances = dict.fromkeys(agent for entry in entries for agent in entry["instances"])
    FIXTURE.write_text("".join(f"{agent}\n" for agent in instances))
    print(f"{Path(wheel).name}: {len(rows)} patterns, {len(instances)} instances")


if __name__ == "__main__":
    main(*sys.argv[1:])
