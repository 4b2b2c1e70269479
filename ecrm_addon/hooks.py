from .models.ecrm_erasure import PEPPER
from .models.ecrm_log_uid import SECRET as UID_SECRET
from .queries import (
    capture_changes,
    receive_touchpoints,
    roll_up_visitors,
    sync_visitors,
    touchpoint_schema,
)


def post_init_hook(env):
    """Start the backfill in the background: the installation itself stays short."""
    env["ecrm.log"].prepare_months()
    env["ecrm.collector"]._sync_sources()
    env.ref("ecrm_addon.ir_cron_pipeline")._trigger()


def uninstall_hook(env):
    """Drop what the ORM does not know of: triggers, functions, the partitioned log."""
    env.cr.execute(capture_changes.drop_all())
    env.cr.execute(sync_visitors.drop_index())
    env.cr.execute(roll_up_visitors.drop())
    env.cr.execute(touchpoint_schema.drop())
    env.cr.execute(receive_touchpoints.drop())
    # a topic that somebody refused cannot be deleted, and topics go before this table does
    env.cr.execute("DELETE FROM ecrm_suppression")
    env["ecrm.churn.alert"]._remove_activities()
    env["ecrm.privacy.request"]._remove_activities()
    env["ecrm.request"]._remove_traces()
    env["ecrm.faq"]._remove_activities()
    env["ecrm.feedback"]._remove_activities()
    env["ecrm.limits"].forget()
    for secret in (UID_SECRET, PEPPER):
        env["ir.config_parameter"].set_param(secret, False)
