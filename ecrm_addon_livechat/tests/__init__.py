from . import test_chat_card
from . import test_chat_history
from . import test_chat_request
from . import test_ui
