from . import ecrm_customer_card
from . import ecrm_tier
from . import loyalty_program
from . import product_pricelist
from . import res_partner
from . import sale_order
