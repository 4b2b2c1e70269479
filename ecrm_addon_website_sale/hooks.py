def post_init_hook(env):
    """Count what was ordered so far in the background: the installation itself stays short."""
    env.ref("ecrm_addon_website_sale.ir_cron_recommend")._trigger()
