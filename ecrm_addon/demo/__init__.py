from . import ecrm_demo
from . import ecrm_demo_sales
from . import ecrm_demo_mailings
from . import ecrm_demo_website
from . import ecrm_demo_talk
from . import ecrm_demo_loyalty
from . import ecrm_demo_log
from . import ecrm_demo_tiers
