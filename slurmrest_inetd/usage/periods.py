"""The period that usage is asked for, and the hours, days or months that slurmdbd keeps it in.

slurmdbd rolls usage up by the hour, by the day and by the month, in the host's own time zone. It tells months where a
period begins and ends with one, days where it begins and ends at midnight, else hours; so do we, in the same pieces.
Law: pure; UNIX seconds in and out. Called by filling.py.
"""

import time
from collections.abc import Iterator
from typing import NamedTuple

HOUR_SECONDS = 3600


class Period(NamedTuple):
    """From ``start`` to before ``end``."""

    start: int
    end: int


def choose_period(start: int, end: int, now: int, until_now: bool = True) -> Period:
    """The period that a client means, in whole hours; 0 is unset.

    Without a start it begins yesterday at midnight. Without an end it ends today at midnight, or, if it has a start and
    is ``until_now``, with the last whole hour. One that ends before it begins is turned round, one that has no length
    is an hour, and what has not come yet is left out. Raises ValueError for an end alone that is before yesterday.
    """
    if start and end and end < start:
        start, end = end, start
    if start > now:
        return Period(now, now)
    first = floor_hour(start) if start else find_midnight(now, days=-1)
    if end:
        last = floor_hour(end) if end <= now else floor_hour(now) + HOUR_SECONDS
    else:
        last = floor_hour(now) if start and until_now else find_midnight(now)
    if not start and last < first:
        raise ValueError("A period that ends before yesterday needs usage_start, too")
    return Period(first, last if last > first else first + HOUR_SECONDS)


def split_period(period: Period) -> Iterator[Period]:
    """The months, days or hours of a period, as slurmdbd has them."""
    first, last = time.localtime(period.start), time.localtime(period.end)
    step = find_next_hour
    if first.tm_hour == last.tm_hour == 0:
        step = find_next_month if first.tm_mday == last.tm_mday == 1 else find_next_day
    start = period.start
    while start < period.end:
        end = step(start)
        yield Period(start, end)
        start = end


def floor_hour(seconds: int) -> int:
    """The beginning of an hour of the clock on the wall."""
    clock = time.localtime(seconds)
    return seconds - clock.tm_min * 60 - clock.tm_sec


def find_next_hour(start: int) -> int:
    """The hour after that which begins at ``start``."""
    return start + HOUR_SECONDS


def find_next_day(start: int) -> int:
    """The midnight after ``start``."""
    return find_midnight(start, days=1)


def find_next_month(start: int) -> int:
    """The first midnight of the month after ``start``'s."""
    clock = time.localtime(start)
    return make_seconds(clock.tm_year, clock.tm_mon + 1, 1)


def find_midnight(seconds: int, days: int = 0) -> int:
    """The midnight with which the day of ``seconds`` began, or that of some days later."""
    clock = time.localtime(seconds)
    return make_seconds(clock.tm_year, clock.tm_mon, clock.tm_mday + days)


def make_seconds(year: int, month: int, day: int) -> int:
    """UNIX seconds of a date's beginning; a day or month past the last is one of the next."""
    return int(time.mktime((year, month, day, 0, 0, 0, 0, 0, -1)))
