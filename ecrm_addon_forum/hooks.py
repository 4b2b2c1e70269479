#: The collector of the bridge, and the one of eCRM that tells more with it.
VOTES, POSTS = "ecrm.collector.forum_post_vote", "ecrm.collector.forum_post"


def post_init_hook(env):
    """Read the forum's history again, for what was accepted; posts come only once."""
    collectors = env["ecrm.collector"]
    collectors._sync_sources()
    collectors.search([("collector", "=", POSTS)])._restart()
    env.ref("ecrm_addon.ir_cron_pipeline")._trigger()


def uninstall_hook(env):
    """Let votes note nothing any more: who read the notes goes."""
    lines = env["ecrm.collector"].with_context(active_test=False)
    lines = lines.search([("collector", "=", VOTES)])
    lines.active = False
    lines.unlink()
