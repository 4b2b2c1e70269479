from .models.crm_lead_scoring import BAND, PLS_FIELDS


def post_init_hook(env):
    """Fill the open leads of today; what closed ones were like then is not known."""
    env["crm.lead"]._ecrm_refresh_bands()


def uninstall_hook(env):
    """Let lead scoring forget a field that is about to go."""
    parameters = env["ir.config_parameter"]
    chosen = (parameters.get_param(PLS_FIELDS) or "").split(",")
    if BAND in chosen:
        parameters.set_param(PLS_FIELDS, ",".join(name for name in chosen if name != BAND))
    env["crm.lead.scoring.frequency"].search([("variable", "=", BAND)]).unlink()
