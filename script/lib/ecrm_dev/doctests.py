"""Doctests of the pure Python in an addon's lib/, without Odoo and without the addon around it.

    python -m ecrm_dev.doctests ecrm_addon [lib/scoring/rfm.py ...]

prints "N passed, N failed"; a module of lib/ that imports Odoo fails.
"""

import doctest
import importlib
import importlib.util
import pkgutil
import sys

from . import project


class NoOdoo:
    """Refuses to import Odoo: lib/ must work without it."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.split(".")[0] == "odoo":
            raise ImportError(f"lib/ must not import {name}")


def main(addon, *paths):
    sys.meta_path.insert(0, NoOdoo)
    passed = failed = 0
    for name in _modules(addon):
        source = name.replace(f"{addon}_lib", "lib", 1).replace(".", "/")
        if paths and not any(source.startswith(path.removesuffix(".py")) for path in paths):
            continue
        good, bad = _test_module(name)
        passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


def _modules(addon):
    """Import lib/ as a package of its own; yield the names of its modules."""
    folder = project.ROOT / addon / "lib"
    root = f"{addon}_lib"
    spec = importlib.util.spec_from_file_location(
        root, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    package = importlib.util.module_from_spec(spec)
    sys.modules[root] = package
    spec.loader.exec_module(package)
    yield root
    for module in pkgutil.walk_packages(package.__path__, f"{root}.", onerror=lambda name: None):
        yield module.name


def _test_module(name):
    """The numbers of passed and failed doctests: one for each docstring with examples."""
    try:
        module = importlib.import_module(name)
    except Exception as error:  # noqa: BLE001  # whatever it is, the module cannot be used
        print(f"FAILED {name}: {type(error).__name__}: {error}")
        return 0, 1
    passed = failed = 0
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS)
    for test in doctest.DocTestFinder().find(module):
        if not test.examples:
            continue
        if runner.run(test, clear_globs=True).failed:
            print(f"FAILED {test.name}")
            failed += 1
        else:
            passed += 1
    return passed, failed


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
