from . import test_crm_lead
from . import test_lead_scoring
from . import test_privacy_leads
