"""Working days against dates written down by hand, and working hours across their edges."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.model import working_days as workdays
from smsconf.model.working_days import BEIJING

MAKE_UP_DAYS = [
    *(date(2024, 2, 4), date(2024, 2, 18), date(2024, 10, 12)),
    *(date(2025, 1, 26), date(2025, 2, 8), date(2025, 4, 27), date(2025, 9, 28), date(2025, 10, 11)),
    *(date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9)),
    *(date(2026, 9, 20), date(2026, 10, 10)),
]
HOLIDAYS = [date(2025, 10, 1), *(date(2026, 2, day) for day in range(16, 24)), date(2026, 1, 1)]


def beijing(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize("day", MAKE_UP_DAYS, ids=str)
def test_make_up_day_is_worked(day: date) -> None:
    """A Saturday or Sunday that makes up for a holiday is a working day."""
    assert day.weekday() >= 5
    assert workdays.is_working_day(day)


@pytest.mark.parametrize("day", HOLIDAYS, ids=str)
def test_public_holiday_is_free(day: date) -> None:
    """National Day, New Year and the Spring Festival week are not worked."""
    assert not workdays.is_working_day(day)


def test_year_without_a_notice_is_provisional() -> None:
    """Beyond the data Monday to Friday are worked, and the year says that this is a guess."""
    assert not workdays.is_provisional(2026)
    assert workdays.is_provisional(2090)
    assert workdays.is_provisional(1990)
    assert workdays.is_working_day(date(2090, 10, 2))  # a Monday of the Golden Week
    assert not workdays.is_working_day(date(2090, 10, 1))  # a Sunday


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-01-05 09:00", 2, "2026-01-05 11:00"),
        ("2026-01-05 08:00", 2, "2026-01-05 11:00"),
        ("2026-01-05 16:00", 2, "2026-01-05 18:00"),
        ("2026-01-05 17:00", 2, "2026-01-06 10:00"),
        ("2026-01-05 18:00", 2, "2026-01-06 11:00"),
        ("2026-01-05 23:59", 2, "2026-01-06 11:00"),
        ("2026-01-09 17:30", 1, "2026-01-12 09:30"),  # over a weekend
        ("2026-01-04 10:00", 2, "2026-01-04 12:00"),  # a Sunday that is worked
        ("2026-02-14 17:00", 2, "2026-02-24 10:00"),  # over the Spring Festival
        ("2026-01-05 10:00", 0, "2026-01-05 10:00"),
        ("2026-01-05 10:00", 27, "2026-01-08 10:00"),
    ],
)
def test_working_hours_skip_nights_and_free_days(start: str, hours: float, end: str) -> None:
    """Hours run from 9:00 to 18:00 in Beijing, and only on working days."""
    assert workdays.add_working_hours(beijing(start), hours) == beijing(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-01-05 10:00", 2, "2026-01-07 10:00"),
        ("2026-01-05 20:00", 2, "2026-01-07 18:00"),
        ("2026-01-08 10:00", 2, "2026-01-12 10:00"),
        ("2026-09-30 12:00", 1, "2026-10-08 12:00"),
        ("2089-12-30 12:00", 1, "2090-01-02 12:00"),  # Friday, Monday: no notice reaches so far
    ],
)
def test_working_days_are_nine_hours_each(start: str, days: float, end: str) -> None:
    """A working day later is the same hour of the next working day; an evening counts as the next morning."""
    assert workdays.add_working_days(beijing(start), days) == beijing(end)


def test_result_is_in_utc_and_start_needs_a_zone() -> None:
    """Any zone goes in, UTC comes out, and a naive start is refused."""
    end = workdays.add_working_hours(datetime(2026, 1, 5, 1, tzinfo=UTC), 2)
    assert end.isoformat() == "2026-01-05T03:00:00+00:00"
    with pytest.raises(ValueError, match="aware"):
        workdays.add_working_hours(datetime(2026, 1, 5), 2)  # noqa: DTZ001 - naive on purpose
    with pytest.raises(ValueError, match="hours >= 0"):
        workdays.add_working_hours(end, -1)


@given(
    st.integers(0, 15 * 366 * 24 * 3600).map(
        lambda s: datetime(2020, 1, 1, tzinfo=UTC) + timedelta(seconds=s)
    ),
    st.integers(0, 100),
    st.integers(1, 100),
)
def test_working_hours_add_up(start: datetime, first: int, second: int) -> None:
    """Adding in two steps or in one gives the same moment, never before the start and always in hours."""
    end = workdays.add_working_hours(start, first + second)
    assert workdays.add_working_hours(workdays.add_working_hours(start, first), second) == end
    local = end.astimezone(BEIJING)
    opens = local.replace(hour=9, minute=0, second=0, microsecond=0)
    assert start <= end
    assert workdays.is_working_day(local.date())
    assert opens <= local <= opens + timedelta(hours=9)


def test_own_calendar_wins_over_the_official_one() -> None:
    """A project's holiday is free and its working day is worked, whatever the notice says."""
    own = workdays.Calendar(
        holidays=frozenset({date(2026, 1, 6)}), working_days=frozenset({date(2026, 1, 10)})
    )
    assert not workdays.is_working_day(date(2026, 1, 6), own)
    assert workdays.is_working_day(date(2026, 1, 10), own)
    assert workdays.add_working_hours(beijing("2026-01-05 17:00"), 2, own) == beijing("2026-01-07 10:00")
    assert workdays.add_working_days(beijing("2026-01-09 10:00"), 1, own) == beijing("2026-01-10 10:00")


def test_year_with_own_days_is_no_guess() -> None:
    """Whoever names the days of a year has read its notice."""
    own = workdays.Calendar(holidays=frozenset({date(2090, 10, 2)}))
    assert not workdays.is_provisional(2090, own)
    assert workdays.is_provisional(2091, own)
    assert not workdays.is_working_day(date(2090, 10, 2), own)
