"""Where things are in this checkout, and what they were made from."""

import ast
import functools
import hashlib
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
LOCAL = ROOT / ".local"
DATA = LOCAL / "data"
LOGS = LOCAL / "log"

# The shop that our addons are shown and tested on. Their bridges find their modules here.
STOCK_MODULES = [
    "website_sale",
    "mass_mailing",
    "crm",
    "sale_management",
    "loyalty",
    "website_livechat",
    "website_forum",
    "website_crm",
]


def addons():
    """The addons of this checkout: every top folder with a manifest."""
    return sorted(path.parent for path in ROOT.glob("*/__manifest__.py"))


def addon_names():
    return [addon.name for addon in addons()]


def manifest(addon):
    return ast.literal_eval((addon / "__manifest__.py").read_text())


def source_key():
    """A key that changes when anything in an addon's folder does."""
    digest = hashlib.sha256()
    for addon in addons():
        for path in sorted(addon.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


@functools.cache
def stock_key():
    """A key of the Odoo in use and of the stock modules on top of it."""
    text = " ".join([odoo_version(), *STOCK_MODULES])
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def odoo_version():
    from odoo import release

    root = Path(release.__file__).parents[1]
    package = LOCAL / "odoo" / "version"
    if LOCAL in root.parents:
        return package.read_text().strip()
    commit = subprocess.run(
        ["git", "-C", root, "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return f"{release.version} {root} {commit.stdout.strip()}"


def tracked_files():
    """The files that are, or would be, in the repository."""
    listing = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listing.returncode == 0:
        paths = [ROOT / name.decode() for name in listing.stdout.split(b"\0") if name]
    else:  # an unpacked archive
        hidden = {".git", LOCAL.name, "__pycache__"}
        paths = [path for path in ROOT.rglob("*") if not hidden & set(path.parts)]
    return sorted(path for path in paths if path.is_file())
