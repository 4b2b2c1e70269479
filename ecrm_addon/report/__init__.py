from . import ecrm_rfm_report
