"""Programs of Node.js that only development needs: fetched once into .local, never shipped."""

import contextlib
import os
import shutil
import subprocess

from . import project

FOLDER = project.LOCAL / "node"
#: Names and versions as npm's registry has them.
LIGHTHOUSE = "lighthouse@12.8.2"
RTLCSS = "rtlcss@4.3.0"
PATIENCE = 600  # seconds


def folder_of(package):
    """Return the folder with the programs of a package; None where it cannot be had.

    :param str package: name@version; install scripts do not run
    """
    home = FOLDER / package
    programs = home / "node_modules" / ".bin"
    if (home / "complete").exists():
        return programs
    if not (shutil.which("npm") and shutil.which("node")):
        return None
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"]
    home.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(subprocess.SubprocessError):
        subprocess.run(
            [*command, "--prefix", str(home), package],
            check=True,
            capture_output=True,
            timeout=PATIENCE,
        )
        (home / "complete").touch()
        return programs
    return None


def environment():
    """Return the environment in which they run: none of them asks for news or reports home."""
    return {**os.environ, "NO_UPDATE_NOTIFIER": "1", "CI": "1"}
