from . import api
from . import collect
from . import portal
from . import unavailable
