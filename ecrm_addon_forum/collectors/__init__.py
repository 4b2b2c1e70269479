from . import forum_post
from . import forum_post_vote
