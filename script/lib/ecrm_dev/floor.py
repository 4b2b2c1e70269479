"""The least number of tests that each suite must pass: tests that vanish do not go unseen."""

from collections import Counter

from . import project

FILE = project.ROOT / "tests" / "floor.txt"
HEAD = """\
# The least number of tests each suite must pass. "script/test --write-floor" raises these numbers;
# lower one only by hand, in the commit that removes the tests.
"""


def read():
    numbers = {}
    for line in FILE.read_text().splitlines() if FILE.exists() else []:
        if line.strip() and not line.startswith("#"):
            suite, number = line.split()
            numbers[suite] = int(number)
    return numbers


def problems(results):
    floors = read()
    if not floors:
        return ["tests/floor.txt is missing or empty"]
    passed = _passed(results)
    return [
        f"suite {suite} passed {passed.get(suite, 0)} tests, tests/floor.txt wants {number}"
        for suite, number in floors.items()
        if passed.get(suite, 0) < number
    ]


def write(results):
    """Raise the floors to what passed in this run."""
    floors = read()
    for suite, number in _passed(results).items():
        floors[suite] = max(number, floors.get(suite, 0))
    lines = [f"{suite} {number}\n" for suite, number in sorted(floors.items()) if number]
    FILE.write_text(HEAD + "".join(lines))


def _passed(results):
    passed = Counter()
    for result in results:
        passed[result.suite] += result.passed
    return passed
