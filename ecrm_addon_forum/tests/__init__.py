from . import test_forum_activity
from . import test_forum_history
from . import test_forum_questions
