"""Of which moment a scoring speaks."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import pytz


@dataclass(frozen=True)
class Moment:
    """What a scoring takes for now.

    day: the company's day, from which days since the last order are counted
    before: what is dated at or after this instant (UTC) is not known yet
    at: the instant (UTC) at which engagement is measured
    shown: the instant (UTC) that is written beside the figures
    live: whether the day is today, so that moves of tiers are news
    """

    day: date
    before: datetime
    at: datetime
    shown: datetime
    live: bool


def moment(as_of, now, zone="UTC"):
    """Return the moment that somebody asks for.

    Without a date it is now, with all of today. Engagement is then measured at the last full
    hour: a second run within the hour changes nothing. A date is that whole day; engagement
    is measured at the midnight (UTC) that ends it, so that days apart are whole days in
    spite of daylight saving. An instant is exact.

    :param as_of: None, date, datetime (UTC if it names no zone) or ISO 8601 of one
    :param datetime now: naive, UTC
    :param str zone: the company's time zone

    >>> now = datetime(2026, 3, 1, 22, 40)
    >>> found = moment(None, now, "Asia/Tokyo")
    >>> found.day.isoformat(), found.at.isoformat(), found.before.isoformat(), found.live
    ('2026-03-02', '2026-03-01T22:00:00', '2026-03-02T15:00:00', True)
    >>> found = moment("2006-12-31", now)
    >>> found.day.isoformat(), found.at.isoformat(), found.shown.isoformat(), found.live
    ('2006-12-31', '2007-01-01T00:00:00', '2006-12-31T23:59:59', False)
    >>> moment("2026-03-01T23:30:00+01:00", now).before.isoformat()
    '2026-03-01T22:30:00.000001'
    >>> moment("soon", now)
    Traceback (most recent call last):
    ValueError: Invalid isoformat string: 'soon'
    """
    zone = pytz.timezone(zone)
    today = _day(now, zone)
    as_of = _parse(as_of)
    if isinstance(as_of, datetime):
        day, at = _day(as_of, zone), as_of
        before = shown = as_of
        # what carries this very instant is known
        before += timedelta(microseconds=1)
    elif as_of:
        day = as_of
        at = datetime.combine(day + timedelta(days=1), time())
        before = _midnight_after(day, zone)
        shown = before - timedelta(seconds=1)
    else:
        day, shown = today, now
        at = now.replace(minute=0, second=0, microsecond=0)
        before = _midnight_after(day, zone)
    return Moment(day, before, at, shown.replace(microsecond=0), day == today)


def _parse(as_of):
    """Return a date, a naive datetime in UTC, or None."""
    if isinstance(as_of, str) and as_of:
        text = as_of.strip()
        if len(text) == 10:
            as_of = date.fromisoformat(text)
        else:
            as_of = datetime.fromisoformat(text.replace("Z", "+00:00"))
    if isinstance(as_of, datetime) and as_of.tzinfo:
        as_of = as_of.astimezone(pytz.utc).replace(tzinfo=None)
    return as_of or None


def _day(instant, zone):
    """Return the day of an instant (naive, UTC) in a zone."""
    return pytz.utc.localize(instant).astimezone(zone).date()


def _midnight_after(day, zone):
    """Return the instant (naive, UTC) at which a day of a zone ends."""
    following = zone.localize(datetime.combine(day + timedelta(days=1), time()))
    return following.astimezone(pytz.utc).replace(tzinfo=None)
