"""The tools that judge a test run are themselves right."""

import doctest
import sys

import pytest

from ecrm_dev import doctests, floor, layout, odoo_log, project, suites

TEST = "INFO db odoo.addons.ecrm_addon.tests.test_a: Starting TestA.test_one ..."
TOTAL = "INFO db odoo.tests.result: 0 failed, 0 error(s) of 1 tests when loading database 'db'"


def log(*records):
    return "".join(f"2026-01-01 10:00:00,000 7 {record}\n" for record in records)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A tiny addon "mini" with one imported test, as the checkout that the tools look at."""
    monkeypatch.setattr(project, "ROOT", tmp_path)
    tests = tmp_path / "mini" / "tests"
    tests.mkdir(parents=True)
    (tmp_path / "mini" / "__manifest__.py").write_text("{'name': 'Mini'}")
    (tests / "__init__.py").write_text("from . import test_one\n")
    (tests / "test_one.py").touch()
    return tmp_path


def test_log_doctests():
    assert doctest.testmod(odoo_log).failed == 0


@pytest.mark.parametrize(
    ("record", "failed"),
    [
        ("INFO db odoo.models: fine", 0),
        ("WARNING db odoo.models: not fine", 1),
        ("ERROR db odoo.addons.ecrm_addon.tests.test_a: FAIL: TestA.test_one", 1),
        ("INFO db odoo.addons.ecrm_addon.tests.test_a: Starting TestA.test_lost ...", 1),
    ],
)
def test_judges_the_log(record, failed, tmp_path):
    results = suites.read_odoo_run(log(TEST, record, TOTAL), 0, tmp_path / "log")
    assert sum(result.failed for result in results) == failed


def test_no_test_at_all_fails(tmp_path):
    text = log(TOTAL.replace("INFO", "WARNING").replace("1 tests", "0 tests"))
    results = suites.read_odoo_run(text, 0, tmp_path / "log")
    assert sum(result.failed for result in results) == 1


def test_a_dead_odoo_fails(tmp_path):
    (tmp_path / "log").write_text("Killed")
    results = suites.read_odoo_run("Killed", -9, tmp_path / "log")
    assert sum(result.failed for result in results) == 1


def test_finds_tests_that_nothing_imports(checkout):
    assert not layout.problems()
    (checkout / "mini/tests/test_two.py").touch()
    (checkout / "mini/tests/web").mkdir()
    (checkout / "mini/tests/web/test_three.py").touch()
    assert len(layout.problems()) == 2


def test_finds_browser_tests_outside_the_bundle(checkout):
    static = checkout / "mini/static/tests"
    (static / "tours").mkdir(parents=True)
    (static / "timeline.test.js").touch()
    (static / "tours" / "portal.js").touch()
    assert len(layout.problems()) == 3  # two bundles, and nobody opens the hoot page
    assets = {
        "web.assets_unit_tests": ["mini/static/tests/**/*.test.js"],
        "web.assets_tests": ["mini/static/tests/tours/**/*.js"],
    }
    (checkout / "mini/__manifest__.py").write_text(repr({"name": "Mini", "assets": assets}))
    (checkout / "mini/tests/test_one.py").write_text("URL = '/web/tests?headless'")
    assert not layout.problems()


def test_floor(tmp_path, monkeypatch):
    monkeypatch.setattr(floor, "FILE", tmp_path / "floor.txt")
    assert floor.problems([])
    floor.write([suites.Result("lib", 3), suites.Result("process", 2)])
    assert not floor.problems([suites.Result("lib", 4), suites.Result("process", 2)])
    assert floor.problems([suites.Result("lib", 2), suites.Result("process", 2)])
    assert floor.problems([suites.Result("lib", 3)])


def test_doctests_of_lib_cannot_import_odoo(checkout, monkeypatch, capsys):
    monkeypatch.setattr(sys, "meta_path", sys.meta_path[:])
    for name in [name for name in sys.modules if name.split(".")[0] == "odoo"]:
        monkeypatch.delitem(sys.modules, name)  # another test has imported it
    lib = checkout / "mini" / "lib"
    lib.mkdir()
    (lib / "__init__.py").touch()
    (lib / "good.py").write_text('"""\n>>> 1 + 1\n2\n"""\n')
    (lib / "wrong.py").write_text('"""\n>>> 1 + 1\n3\n"""\n')
    (lib / "greedy.py").write_text("from odoo.tools import SQL\n")
    assert doctests.main("mini") == 1
    assert capsys.readouterr().out.endswith("1 passed, 2 failed\n")
