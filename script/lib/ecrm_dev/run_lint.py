"""Check this checkout without running it. Each check prints what it found."""

import ast
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import tree_sitter
import tree_sitter_javascript
from lxml import etree

from . import layout, odoo_log, project

CODE = {".py", ".js", ".xml", ".scss", ".css", ".sh"}
MAX_LINES = 400

# Idioms that Odoo 19 no longer has: some fail, some are silently ignored.
OLD_IDIOMS = {
    ".py": [
        (r"\b_sql_constraints\b", "models.Constraint, models.UniqueIndex"),
        (r"type=['\"]json['\"]", 'type="jsonrpc"'),
        (r"\bname_get\b", "_compute_display_name"),
        (r"\._(cr|uid|context)\b(?!\()", "env.cr, env.uid, env.context"),
        (r"\bosv\b", "odoo.fields.Domain"),
        (r"\bgroups_id\b", "group_ids"),
        (r"\bnumbercall\b|\bdoall\b", "nothing: crons have no such field"),
        (r"\bgroup_operator\b", "aggregator"),
        (r"\bauto_join\b", "bypass_search_access"),
        (r"\bcheck_access_(rights|rule)\b", "check_access, has_access"),
        (r"\.read_group\(", "_read_group, formatted_read_group"),
    ],
    ".xml": [
        (r"</?tree\b", "<list>"),
        (r"\b(attrs|states)=", "an expression in invisible, readonly, required"),
        (r"\bt-(raw|esc)=", "t-out"),
        (r"\bname=\"(numbercall|doall)\"", "nothing: crons have no such field"),
        (r"\bname=\"groups_id\"", "group_ids"),
        (r"\bkanban-box\b", 't-name="card"'),
        (r"view_mode[^<]*>[^<]*\btree\b", "list"),
    ],
    ".js": [
        (r"\bpublicWidget\b", "Interaction of @web/public/interaction"),
        (r"\bQUnit\b", "hoot"),
        (r"@odoo-module", "nothing: every file is a module"),
    ],
}
# A file that has to name what it forbids, or a hit that is none, carries this mark on its line.
MARK = "lint: ok"

PLACES = [
    (r"/root/|/home/\w+/|/work/\w+|/Users/\w+", "a path of one machine"),  # lint: ok
    (r"deb\.debian\.org|pypi\.org/simple|registry\.npmjs\.org", "the host of a package registry"),
]

# Questions of taste that Odoo's own modules answer the other way.
OCA_UNUSED = ",".join(
    [
        "xml-header-missing",
        "xml-header-wrong",
        "xml-field-numeric-without-eval",
        "xml-tag-position",
        "prefer-readme-rst",
    ]
)


def ruff_check():
    return _tool("ruff", "check", "--quiet", "--output-format=concise", ".")


def ruff_format():
    return _tool("ruff", "format", "--quiet", "--check", "--output-format=concise", ".")


def pylint():
    return _tool("pylint", "--rcfile=.pylintrc", *project.addon_names())


def oca_modules():
    return _tool("oca-checks-odoo-module", f"--disable={OCA_UNUSED}", *project.addon_names())


def oca_translations():
    files = [str(path) for path in _files(".po", ".pot")]
    return _tool("oca-checks-po", *files) if files else []


def xml():
    for path in _files(".xml"):
        try:
            etree.parse(path)
        except etree.XMLSyntaxError as error:
            yield f"{_name(path)}: {error}"


def javascript():
    language = tree_sitter.Language(tree_sitter_javascript.language())
    parser = tree_sitter.Parser(language)
    for path in _files(".js", ".mjs"):
        tree = parser.parse(path.read_bytes())
        if tree.root_node.has_error:
            yield f"{_name(path)}:{_error_line(tree.root_node)}: syntax error"


def _error_line(node):
    while bad := [child for child in node.children if child.has_error or child.is_missing]:
        node = bad[0]
    return node.start_point[0] + 1


def old_idioms():
    for suffix, idioms in OLD_IDIOMS.items():
        for path in _addon_files(suffix):
            for number, line in enumerate(_text(path).splitlines(), 1):
                for pattern, instead in idioms:
                    if re.search(pattern, line) and MARK not in line:
                        yield f"{_name(path)}:{number}: old idiom, use {instead}: {line.strip()}"


def file_sizes():
    for path in project.tracked_files():
        if path.suffix in CODE or path.parent.name == "script":
            length = len(_text(path).splitlines())
            if length > MAX_LINES and "/static/lib/" not in str(path):
                yield f"{_name(path)}: {length} lines, the most is {MAX_LINES}"


def pure_lib():
    """Nothing in lib/ may know Odoo or the addon around it."""
    for addon in project.addons():
        for path in sorted((addon / "lib").rglob("*.py")):
            depth = len(path.relative_to(addon / "lib").parts)
            for node in ast.walk(ast.parse(_text(path))):
                if isinstance(node, ast.Import):
                    bad = any(alias.name.split(".")[0] == "odoo" for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    top = (node.module or "").split(".")[0]
                    bad = node.level > depth or (node.level == 0 and top == "odoo")
                else:
                    continue
                if bad:
                    yield f"{_name(path)}:{node.lineno}: lib/ must not import Odoo or its own addon"


def places():
    for path in project.tracked_files():
        if b"\0" in path.read_bytes()[:1000]:
            continue
        for number, line in enumerate(_text(path).splitlines(), 1):
            for pattern, what in PLACES:
                if re.search(pattern, line) and MARK not in line:
                    yield f"{_name(path)}:{number}: {what}: {line.strip()}"


def allowed_records():
    """Every allowed log record carries the reason above it."""
    before = ""
    for line in odoo_log.ALLOWED.read_text().splitlines():
        pattern = line.startswith(" ") and not line.strip().startswith("#")
        if pattern and not before.strip().startswith("#"):
            yield f"{_name(odoo_log.ALLOWED)}: no reason above: {line.strip()}"
        before = line


def unimported_tests():
    return layout.problems()


CHECKS = [
    ruff_check,
    ruff_format,
    pylint,
    oca_modules,
    oca_translations,
    xml,
    javascript,
    old_idioms,
    file_sizes,
    pure_lib,
    places,
    allowed_records,
    unimported_tests,
]


def _tool(name, *arguments):
    """Run a tool of the virtual environment; return its output when it finds something."""
    process = subprocess.run(
        [f"{project.LOCAL}/venv/bin/{name}", *arguments],
        cwd=project.ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if not process.returncode:
        return []
    output = f"{process.stdout}{process.stderr}".strip()
    return (output or f"{name} ended with status {process.returncode}").splitlines()


def _files(*suffixes):
    return [path for path in project.tracked_files() if path.suffix in suffixes]


def _addon_files(suffix):
    inside = project.addons()
    return [path for path in _files(suffix) if any(addon in path.parents for addon in inside)]


def _text(path):
    return path.read_text(errors="replace")


def _name(path):
    return path.relative_to(project.ROOT)


def main():
    failed = 0
    with ThreadPoolExecutor(2) as pool:
        for check, found in zip(CHECKS, pool.map(lambda check: list(check()), CHECKS), strict=True):
            failed += bool(found)
            print(f"{'FAILED' if found else 'ok':6} {check.__name__}")
            for line in found:
                print(f"       {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
