"""Tests that would silently not run: files that nothing imports and no bundle holds."""

import ast
from fnmatch import fnmatch

from . import project


def problems():
    return [problem for addon in project.addons() for problem in _addon_problems(addon)]


def _addon_problems(addon):
    yield from _unimported(addon)
    yield from _not_in_bundle(addon, "static/tests/**/*.test.js", "web.assets_unit_tests")
    yield from _not_in_bundle(addon, "static/tests/tours/**/*.js", "web.assets_tests")
    if any(addon.glob("static/tests/**/*.test.js")) and not _runs_hoot(addon):
        yield f"{addon.name}/static/tests: no Python test opens /web/tests, so that they never run"
    if (addon / "tests").is_dir() and not any((addon / "tests").rglob("test_*.py")):
        yield f"{addon.name}/tests: holds no test_*.py"


def _unimported(addon):
    """Every test_*.py must be imported by the __init__.py beside it, and that one from above."""
    for path in sorted((addon / "tests").rglob("test_*.py")):
        module = path
        while module != addon / "tests":
            init = module.parent / "__init__.py"
            if module.stem not in _imported(init):
                test, package = path.relative_to(project.ROOT), init.relative_to(project.ROOT)
                yield f"{test}: not imported, {package} lacks {module.stem}"
                break
            module = module.parent


def _imported(init):
    """The names a package's __init__.py imports from itself."""
    if not init.is_file():
        return set()
    names = set()
    for node in ast.walk(ast.parse(init.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            if node.module:
                names.add(node.module.split(".")[0])
            else:
                names.update(alias.name for alias in node.names)
    return names


def _not_in_bundle(addon, pattern, bundle):
    globs = [glob.lstrip("/") for glob in _bundle_globs(addon, bundle)]
    for path in sorted(addon.glob(pattern)):
        name = f"{addon.name}/{path.relative_to(addon)}"
        if not any(fnmatch(name, glob.replace("**/", "*")) for glob in globs):
            yield f"{name}: not in the bundle {bundle} of the manifest"


def _bundle_globs(addon, bundle):
    for entry in project.manifest(addon).get("assets", {}).get(bundle, []):
        if isinstance(entry, str):
            yield entry
        elif entry[0] != "remove":  # ("prepend", path), ("after", target, path) ...
            yield entry[-1]


def _runs_hoot(addon):
    tests = (addon / "tests").rglob("*.py")
    return any("/web/tests?" in path.read_text() for path in tests)
