"""Models of when customers order again and when they leave: MBG/NBD, BG/NBD and NBD.

The parts are in modules of their own: ``purchase_model`` (what a model says about a customer),
``purchase_likelihood``, ``purchase_fit``, ``purchase_forecast`` (expected orders),
``purchase_table`` (for many customers at once), ``sampling``. Times are in weeks.

Of the 2,357 customers of the CDNOW sample the published parameters are r .525, alpha 6.183,
a .891, b 1.614 (MBG/NBD) and .243, 4.414, .793, 2.426 with log likelihood -9582.4 (BG/NBD).
"""

from .purchase_fit import MIN_CUSTOMERS, MIN_REPEATERS, Fitted, choose, fit, too_little
from .purchase_likelihood import Group
from .purchase_model import MODELS, Purchases
from .purchase_table import tabulate
from .sampling import SAMPLE, sample

__all__ = [
    "MIN_CUSTOMERS",
    "MIN_REPEATERS",
    "MODELS",
    "SAMPLE",
    "Fitted",
    "Group",
    "Purchases",
    "choose",
    "fit",
    "sample",
    "tabulate",
    "too_little",
]
