from . import click
from . import api
from . import collect
from . import form
from . import portal
from . import privacy
from . import unavailable
from . import email
