from . import ecrm_visitor
from . import ir_http
from . import mail_mail
from . import sale_order
from . import sale_order_line
from . import website
from . import website_snippet_filter
from . import sale_order_reminder
