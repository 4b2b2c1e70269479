from . import collect
from . import portal
