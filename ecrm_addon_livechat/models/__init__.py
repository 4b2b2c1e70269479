from . import discuss_channel
from . import discuss_channel_member
from . import ecrm_chat_card
from . import ecrm_request
from . import website_visitor
