from . import crm_lead
from . import crm_lead_scoring
from . import ecrm_privacy
from . import ecrm_profile
