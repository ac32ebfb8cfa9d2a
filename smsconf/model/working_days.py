"""Reckon in the reviewers' working time: Chinese working days, 9:00 to 18:00 in Beijing.

Pure functions of their arguments; the clock is never read. Nothing here promises when a review ends: the
result is an estimate, and :func:`is_provisional` says when it does not rest on an official calendar. A
:class:`Calendar` says what a project knows better.

Written from the review times of https://support.huaweicloud.com/msgsms_faq/ (working days 09:00-18:00 Beijing
time, what comes later counts as the next working day), read 2026-11. Holidays and make-up days are those of
``chinesecalendar``, which copies the yearly notice of the State Council.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cached_property, lru_cache

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991
OPENS = time(9)
CLOSES = time(18)
HOURS_A_DAY = 9


@dataclass(frozen=True)
class Calendar:
    """Days (of Beijing) that are free or worked whatever the official calendar says; a day is in one only."""

    holidays: frozenset[date] = frozenset()
    working_days: frozenset[date] = frozenset()

    @cached_property
    def years(self) -> frozenset[int]:
        """The years that it says something about, so that they are not a guess any more."""
        return frozenset(day.year for day in self.holidays | self.working_days)


OFFICIAL = Calendar()


@lru_cache(maxsize=1)
def _official_years() -> range:
    """Return the years for which holidays and make-up days are known."""
    from chinese_calendar.constants import holidays

    return range(min(holidays).year, max(holidays).year + 1)


def is_provisional(year: int, calendar: Calendar = OFFICIAL) -> bool:
    """Tell whether a year's working days are guessed (Monday to Friday) for want of a notice or own days."""
    return year not in _official_years() and year not in calendar.years


def is_working_day(day: date, calendar: Calendar = OFFICIAL) -> bool:
    """Tell whether people work on this day in mainland China (a day of Beijing's calendar).

    Never raises: in a year without an official notice Monday to Friday are working days.
    """
    if day in calendar.working_days:
        return True
    return day not in calendar.holidays and _is_official_working_day(day)


@lru_cache(maxsize=4096)
def _is_official_working_day(day: date) -> bool:
    if day.year not in _official_years():
        return day.weekday() < 5
    from chinese_calendar import is_workday

    return bool(is_workday(day))


def next_working_moment(moment: datetime, calendar: Calendar = OFFICIAL) -> datetime:
    """Return the moment itself if it lies in working hours, else the next opening; in UTC.

    Args:
        moment: aware, any time zone. 18:00 sharp is no longer working time.
        calendar: days that the project knows better.

    Raises:
        ValueError: the moment has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError("expected an aware datetime")
    local = moment.astimezone(BEIJING)
    if not is_working_day(local.date(), calendar) or local.time() >= CLOSES:
        local = _opening(_next_working_day(local.date(), calendar))
    elif local.time() < OPENS:
        local = _opening(local.date())
    return local.astimezone(UTC)


def add_working_hours(start: datetime, hours: float, calendar: Calendar = OFFICIAL) -> datetime:
    """Return the moment at which that many working hours have passed; in UTC.

    Args:
        start: aware, any time zone; outside working hours it counts as the next opening.
        hours: not negative; nine make a working day. An amount that ends at closing time ends at 18:00 and
            not at the next opening.
        calendar: days that the project knows better.

    Raises:
        ValueError: the start has no time zone, or the amount is negative.
    """
    if hours < 0:
        raise ValueError(f"expected hours >= 0, got {hours}")
    local = next_working_moment(start, calendar).astimezone(BEIJING)
    left = timedelta(hours=hours)
    while left > (today := datetime.combine(local.date(), CLOSES, BEIJING) - local):
        left -= today
        local = _opening(_next_working_day(local.date(), calendar))
    return (local + left).astimezone(UTC)


def add_working_days(start: datetime, days: float, calendar: Calendar = OFFICIAL) -> datetime:
    """Return the moment that many working days of nine hours later; in UTC.

    A submission on Monday at 10:00 plus two days is Wednesday at 10:00; one on Monday at 20:00 counts as
    Tuesday 9:00 and ends on Wednesday at 18:00. Arguments and errors as in :func:`add_working_hours`.
    """
    return add_working_hours(start, days * HOURS_A_DAY, calendar)


def _opening(day: date) -> datetime:
    return datetime.combine(day, OPENS, BEIJING)


def _next_working_day(day: date, calendar: Calendar) -> date:
    day += timedelta(days=1)
    while not is_working_day(day, calendar):
        day += timedelta(days=1)
    return day
