"""Hours of promotions, and what a threshold leaves."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from smsconf.messaging.send.thresholds import Allowance, opening
from smsconf.model.address import Address
from smsconf.model.resources import Region, Threshold
from smsconf.model.times import day_of, month_of
from smsconf.store.runs import Spent


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def threshold(
    daily: tuple[int | None, int | None], monthly: tuple[int | None, int | None] = (None, None)
) -> Threshold:
    return Threshold(Address.parse("threshold.cn"), Region.CN, *daily, *monthly)


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-01-05T08:00:00+08:00", None),
        ("2026-01-05T21:59:59+08:00", None),
        ("2026-01-05T00:00:00+00:00", None),
        ("2026-01-05T07:59:59+08:00", "2026-01-05T08:00:00+08:00"),
        ("2026-01-05T22:00:00+08:00", "2026-01-06T08:00:00+08:00"),
        ("2026-01-05T14:00:00+00:00", "2026-01-06T08:00:00+08:00"),
        ("2026-01-05T23:30:00+00:00", "2026-01-06T08:00:00+08:00"),
    ],
)
def test_promotions_go_out_by_day_in_beijing(now: str, opens: str | None) -> None:
    """From 08:00 to 22:00 there, whatever the clock's own zone."""
    assert opening("promotion", at(now)) == (at(opens) if opens else None)


def test_notifications_go_out_at_any_time() -> None:
    """No hour is closed to them."""
    assert opening("notification", at("2026-01-05T03:00:00+08:00")) is None


def test_days_and_months_are_utc() -> None:
    """As the service counts."""
    now = at("2026-02-01T05:00:00+08:00")
    assert day_of(now) == datetime(2026, 1, 31, tzinfo=UTC)
    assert month_of(now) == datetime(2026, 1, 1, tzinfo=UTC)


def test_smaller_of_two_limits_is_the_room() -> None:
    """Day and month both count; without limits there is no end."""
    assert Allowance(threshold((None, 100), (None, 150)), Spent(40, 100)).room() == 50
    assert Allowance(threshold((None, 100)), Spent(120)).room() == 0
    assert Allowance(threshold((10, None)), Spent(120)).room() is None
    assert Allowance(None).room() is None


def test_words_name_the_limit_that_is_reached() -> None:
    """The threshold's address, the value, and when it goes on."""
    assert (
        "daily limit of 100 messages (threshold.cn)"
        in Allowance(threshold((None, 100)), Spent(100)).exhausted()
    )
    monthly = Allowance(threshold((None, 100), (None, 150)), Spent(40, 150))
    assert "monthly limit of 150" in monthly.exhausted()


def test_warnings_come_from_the_warning_values() -> None:
    """Each with its count."""
    allowance = Allowance(threshold((80, 100), (500, 1000)), Spent(79, 79))
    assert list(allowance.warnings()) == []
    allowance.spend(1)
    (said,) = allowance.warnings()
    assert said == "80 messages today (UTC): the warning value of threshold.cn is 80"
