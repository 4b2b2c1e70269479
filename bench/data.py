"""Where the public data sets lie and how to say so when they do not."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
DEFAULT_FOLDER = CHECKOUT.parent / "shared" / "data"


def locate(default, given=None):
    """Return the path of a data file: the one given, else ``default`` under the data folder.

    A folder may be given; ``default`` is then looked up in it.
    """
    path = Path(given) if given else DEFAULT_FOLDER / default
    if path.is_dir():
        folder = path
        path = folder / default
        if not path.exists():
            path = folder / Path(default).name
    if not path.is_file():
        raise SystemExit(f"{path} not found: pass the data file or its folder with --data")
    return path
