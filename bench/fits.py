"""Our fit of a model of buying beside that of the library ``lifetimes``, on the same customers.

The library lives in an environment of the benchmarks' own: neither the addons nor their tests
know it. Both get one list of customers (x, t_x, T in weeks) and give BG/NBD parameters; what
is timed is the way from that list to the parameters, without reading it from the disk.
"""

import json
import math
import random
import subprocess
import sys
from collections import Counter

from bench.data import CHECKOUT, locate
from bench.load_cdnow import FILE, read
from bench.measure import Result, timed

SIZES = (2_357, 100_000, 1_000_000)
VENV = CHECKOUT / ".local" / "bench" / "venv"
SEED = 42
WEEKS = 78
#: Parameters of the customers that are made up: those of the CDNOW sample.
R, ALPHA, A, B = 0.243, 4.414, 0.793, 2.426

THEIRS = """
import json, sys, time, warnings
warnings.simplefilter("ignore")
import numpy
from lifetimes import BetaGeoFitter
rows = numpy.loadtxt(sys.argv[1], delimiter=",")
BetaGeoFitter().fit(*rows[:200].T)  # what is compiled or imported once is not counted
started = time.perf_counter()
fitter = BetaGeoFitter().fit(*rows.T)
print(json.dumps([time.perf_counter() - started, dict(fitter.params_)]))
"""


def run(scale):
    """Return the lines; ``scale`` below 1 leaves the largest lists out."""
    python = install()
    sizes = [size for size in SIZES if size <= SIZES[0] or size <= SIZES[-1] * scale]
    return [beside(python, size) for size in sizes]


def install():
    """Return the Python that knows the library; made once."""
    python = VENV / "bin" / "python"
    if subprocess.run([python, "-c", "import lifetimes"], capture_output=True).returncode:
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "lifetimes==0.11.3"], check=True)
    return python


def beside(python, size):
    rows = sample() if size == SIZES[0] else made_up(size)
    fit_ours(rows[:200])  # what is imported once is not counted, theirs neither
    theirs, their_parameters = fit_theirs(python, rows)
    (fitted, parameters), ours = timed(fit_ours, rows)
    apart = max(abs(parameters[name] / their_parameters[name] - 1) for name in parameters)
    note = f"lifetimes {theirs:.2f} s; parameters within {100 * apart:.2g} %"
    if fitted < size:
        note += f"; a sample of {fitted:,}"
    return Result(f"fit of {size:,} customers", ours, "s", theirs, ours / theirs, note)


def fit_ours(rows):
    """Return customers fitted and the parameters by name."""
    # the addon can be imported only while Odoo runs
    from odoo.addons.ecrm_addon.lib.scoring import purchases

    counts = Counter(rows)
    groups = [purchases.Group(*row, count) for row, count in sorted(counts.items())]
    chosen = purchases.sample(groups)
    fitted = purchases.choose(chosen, "bgnbd")
    model = fitted.purchases
    names = ("r", "alpha", "a", "b")
    return fitted.customers, {name: getattr(model, name) for name in names}


def fit_theirs(python, rows):
    path = CHECKOUT / ".local" / "bench" / "customers.csv"
    path.write_text("\n".join(f"{x},{t_x!r},{t!r}" for x, t_x, t in rows))
    done = subprocess.run([python, "-c", THEIRS, path], check=True, capture_output=True, text=True)
    path.unlink()
    return json.loads(done.stdout.splitlines()[-1])


def sample():
    """Return the customers of the CDNOW sample, as of its last day."""
    _partners, orders = read(locate(FILE))
    days = {}
    for order in orders:
        days.setdefault(order.partner_ref, set()).add(order.date.date().toordinal())
    last = max(max(found) for found in days.values())
    return [
        (len(found) - 1, (max(found) - min(found)) / 7, (last - min(found)) / 7)
        for found in days.values()
    ]


def made_up(size):
    """Return customers who buy at random and leave at random, as the model has it."""
    dice = random.Random(SEED)
    rows = []
    for _customer in range(size):
        total = math.floor(dice.uniform(0.5, 1) * WEEKS * 7)
        rate = dice.gammavariate(R, 1 / ALPHA) / 7
        leaves = dice.betavariate(A, B)
        x, last, day = 0, 0, 0.0
        while dice.random() >= leaves * (x > 0):
            day += dice.expovariate(rate) if rate > 0 else math.inf
            if day >= total:
                break
            if math.ceil(day) > last:
                x, last = x + 1, math.ceil(day)
        rows.append((x, last / 7, total / 7))
    return rows
