from . import ecrm_customer_card
from . import ecrm_privacy
from . import forum_post
