from . import base_partner_merge
from . import ecrm_api_key_wizard
from . import ecrm_identity_link_wizard
from . import ecrm_erase_wizard
from . import ecrm_erase_wizard_line
from . import privacy_lookup_wizard
from . import mail_compose_message
from . import ecrm_privacy_request_wizard
