from . import test_points
from . import test_portal_points
from . import test_pricelist
from . import test_privacy_cards
from . import test_tier_points
from . import test_tier_programs
