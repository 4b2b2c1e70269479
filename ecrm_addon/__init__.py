from . import models
from . import collectors
from . import report
from . import wizard
from . import controllers
from . import demo
from .hooks import post_init_hook, uninstall_hook
