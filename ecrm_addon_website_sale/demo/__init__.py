from . import ecrm_demo_recommend
