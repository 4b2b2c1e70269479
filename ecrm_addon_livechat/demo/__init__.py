from . import ecrm_demo_livechat
