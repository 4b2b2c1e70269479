from . import ecrm_rfm_report
from . import ecrm_visitor
from . import ecrm_web_period_mixin
from . import ecrm_web_page_report
from . import ecrm_web_product_report
from . import ecrm_web_search_report
