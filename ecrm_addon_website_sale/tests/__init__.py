from . import test_cart
from . import test_checkout
from . import test_guest_consent
from . import test_pages
from . import test_viewed_products
from . import test_reminders
