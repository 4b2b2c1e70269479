"""Run the speed benchmarks of the issue that asked for them, and print their table."""

from bench import (
    datasets,
    measure,
    speed_backfill,
    speed_email,
    speed_help,
    speed_nightly,
    speed_portal,
    speed_score,
    speed_screens,
    speed_tracking,
    speed_tracking_digest,
)

PARTS = {
    "backfill": speed_backfill.run,
    "screens": speed_screens.run,
    "score": speed_score.run,
    "nightly": speed_nightly.run,
    "portal": speed_portal.run,
    "tracking": speed_tracking.run,
    "visits": speed_tracking_digest.run,
    "email": speed_email.run,
    "help": speed_help.run,
}


def run(only=None, keep=False, scale=1.0):
    """Run the parts; return the exit code: 1 when a bound was broken in a full run.

    :param list[str] only: names of parts, all when empty
    :param bool keep: leave the filled databases for the next run
    :param float scale: make up only this part of the rows, for a quick look
    """
    results = []
    datasets.drop(keep_filled=True)  # left by a run that was killed, maybe of older code
    try:
        for name, part in PARTS.items():
            if not only or name in only:
                results += part(scale)
        failed = measure.print_table(results)
        measure.save(results)
    finally:
        datasets.drop(keep_filled=keep)
    if scale < 1:
        print("fewer rows than the bounds are made for: this run proves none of them")
        return 0
    return int(bool(failed))
