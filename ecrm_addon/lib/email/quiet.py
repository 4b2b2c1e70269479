"""Hours in which nobody wants to be woken by a mail."""

from datetime import timedelta, timezone
from zoneinfo import ZoneInfo


def next_allowed(now, zone, start, end):
    """Return when a mail may go out: now, or the end of the quiet hours.

    :param datetime now: naive UTC
    :param str zone: the recipient's time zone, such as ``Europe/Paris``
    :param float start: hour of the day at which the quiet begins, such as 21.5
    :param float end: hour at which it ends; before ``start``: on the next morning. The same
        hour twice means no quiet at all
    :return datetime: naive UTC

    >>> from datetime import datetime
    >>> evening = datetime(2026, 7, 1, 20, 30)
    >>> str(next_allowed(evening, "Europe/Paris", 21, 8))
    '2026-07-02 06:00:00'
    >>> str(next_allowed(evening, "America/New_York", 21, 8))
    '2026-07-01 20:30:00'
    >>> str(next_allowed(datetime(2026, 7, 1, 4), "Europe/Paris", 21, 8))
    '2026-07-01 06:00:00'
    >>> str(next_allowed(datetime(2026, 7, 1, 12), "UTC", 12, 13.5))
    '2026-07-01 13:30:00'

    A night in which the clock is changed ends at the same hour of the clock:

    >>> str(next_allowed(datetime(2026, 3, 28, 22), "Europe/Paris", 21, 8))
    '2026-03-29 06:00:00'

    An hour that the clock shows twice is quiet twice:

    >>> str(next_allowed(datetime(2026, 10, 25, 1, 15), "Europe/Paris", 21, 2.5))
    '2026-10-25 01:30:00'
    """
    local = now.replace(tzinfo=timezone.utc).astimezone(ZoneInfo(zone))
    hour = local.hour + local.minute / 60 + local.second / 3600
    over_night = start > end
    is_quiet = (hour >= start or hour < end) if over_night else start <= hour < end
    if not is_quiet:
        return now
    day = local + timedelta(days=1) if over_night and hour >= start else local
    minutes = round(end * 60)
    # the clock's own hour, whichever offset it then has
    then = day.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    then += timedelta(minutes=minutes)
    ends = [_to_utc(then.replace(fold=fold)) for fold in (0, 1)]
    return next((end for end in ends if end > now), now)


def _to_utc(moment):
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
