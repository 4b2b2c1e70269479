"""The limits' file: many writers, hostile keys, places that cannot be written."""

import importlib.util
import os
import subprocess
import sys
import time

import pytest

from ecrm_dev import project

pytestmark = pytest.mark.alone

PATH = project.ROOT / "ecrm_addon" / "lib" / "tracking" / "rate_limit.py"
WRITER = """
import importlib.util, sys, time
spec = importlib.util.spec_from_file_location("rate_limit", sys.argv[1])
module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)
limit = module.RateLimit(sys.argv[2])
time.sleep(max(0, float(sys.argv[3]) - time.time()))
print(sum(limit.allows("hot", 2000, 0.001) for _ in range(3000)))
"""


@pytest.fixture(scope="module")
def library():
    spec = importlib.util.spec_from_file_location("rate_limit", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_writers_at_once(library, tmp_path):
    """Four processes make the file at once and use one key: all count on the same one."""
    file = tmp_path / "limits"
    start = str(time.time() + 1)
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, PATH, file, start], stdout=subprocess.PIPE, text=True
        )
        for _writer in range(4)
    ]
    allowed = sum(int(writer.communicate()[0]) for writer in writers)
    assert allowed == 2000  # each alone would have let as many in
    assert file.stat().st_size == library.SIZE
    assert [path.name for path in tmp_path.iterdir()] == ["limits"]


def test_a_flood_of_keys_frees_nobody(library):
    """Who is shut out stays so while 300,000 others knock; and the others are let in."""
    limit = library.RateLimit()
    while limit.allows("thief", 100, 0.01, now=1000.0):
        pass
    let_in = sum(limit.allows(f"key {number}", 100, 0.01, now=1001.0) for number in range(300_000))
    assert let_in == 300_000
    assert not limit.allows("thief", 100, 0.01, now=1002.0)


def test_clocks_that_jump(library):
    limit = library.RateLimit()
    assert limit.allows("ann", 5, 1, now=10**9)
    assert all(limit.allows("bob", 5, 1, now=10**9) for _ in range(5))
    assert not limit.allows("bob", 5, 1, now=1.0)  # set back: as if nothing had been given back
    assert limit.allows("bob", 5, 1, now=7.0)


def test_a_file_of_another_version(library, tmp_path):
    file = tmp_path / "limits"
    file.write_bytes(b"x" * 100)
    assert library.RateLimit(str(file)).allows("ann", 1, 1)
    assert os.path.getsize(file) == library.SIZE


def test_a_place_that_cannot_be_written(library):
    with pytest.raises(OSError):
        library.RateLimit("/proc/nowhere/limits")
