from . import ecrm_demo_forum
