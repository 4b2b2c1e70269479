"""Visitors wait for the tracker, so it stays small: as Odoo's bundle holds it, compressed."""

import gzip

import rjsmin

from odoo.tools.js_transpiler import is_odoo_module, transpile_javascript

from ecrm_dev import project

STATIC = project.ROOT / "ecrm_addon" / "static" / "src"
MOST = 5_000  # bytes


def bundled(path):
    """The text of a script as Odoo puts it into a bundle."""
    url = f"/ecrm_addon/static/src/{path}"
    text = (STATIC / path).read_text()
    if is_odoo_module(url, text):
        text = transpile_javascript(url, text)
    return rjsmin.jsmin(text)


def test_tracker_is_small():
    scripts = [bundled("tracker/ecrm.js"), bundled("interactions/tracker.js")]
    assert len(gzip.compress(";\n".join(scripts).encode())) <= MOST


def test_tracker_stands_alone():
    """Other sites load the file as it is: no module, nothing newer than their browsers."""
    text = (STATIC / "tracker/ecrm.js").read_text()
    assert not is_odoo_module("/ecrm_addon/static/src/tracker/ecrm.js", text)
    for newer in ("import ", "?.", "??", "||=", "await (await", "#private", ".at(", "replaceAll"):
        assert newer not in text
