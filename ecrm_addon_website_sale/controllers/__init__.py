from . import main
from . import payment
from . import reorder
from . import buy_again
from . import for_you
from . import mailing
