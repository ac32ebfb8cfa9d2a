"""The loop of waiting, with a clock and a sleep of its own."""

from __future__ import annotations

from typing import Any

import pytest

from smsconf.cli.exits import standing_exit
from smsconf.model.address import Address
from smsconf.model.errors import Refused, SmsconfError, Unreachable
from smsconf.workflow.watch import Standing, rounds, wait_for_reviews

REFUND = Address.parse("template.refund")
PENDING = Standing((), (REFUND,), (), complete=True, view={})
DONE = Standing((), (), (), complete=True, view={})
LOST = Standing((), (REFUND,), (REFUND,), complete=True, view={})
UNREAD = Standing((), (), (), complete=False, view={})


class Time:
    """A clock that moves only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def times(self, factor: float = 1.0) -> dict[str, Any]:
        return {"clock": lambda: self.now, "sleep": self.sleep, "spread": lambda low, high: factor}


def wait(*found: Standing | SmsconfError, timeout: float = 100, time: Time | None = None) -> Any:
    sequence = list(found)

    def look() -> Standing:
        one = sequence.pop(0) if len(sequence) > 1 else sequence[0]
        if isinstance(one, SmsconfError):
            raise one
        return one

    said: list[str] = []
    standing = wait_for_reviews(
        look, timeout=timeout, interval=10, say=said.append, **(time or Time()).times()
    )
    return standing, said


@pytest.mark.parametrize(
    ("found", "code"),
    [([DONE], 0), ([PENDING, PENDING, DONE], 0), ([PENDING, LOST], 7), ([PENDING], 6), ([UNREAD], 4)],
)
def test_wait_ends_with_what_it_found(found: list[Standing], code: int) -> None:
    """Done, lost and out of time have their codes; an incomplete reading is never done."""
    assert standing_exit(wait(*found)[0]) == code


def test_wait_sleeps_an_interval_and_never_past_its_end() -> None:
    """With ten seconds between looks and 25 in all, the third sleep is cut, and a last look follows."""
    time = Time()
    wait(PENDING, timeout=25, time=time)
    assert time.slept == [10, 10, 5]


def test_wait_without_time_looks_once() -> None:
    """A timeout of nothing is one look."""
    time = Time()
    assert wait(PENDING, timeout=0, time=time)[0].pending
    assert time.slept == []


def test_intervals_are_spread() -> None:
    """Each pause is the interval times what the spread gives between 0.8 and 1.2."""
    time = Time()
    asked: list[tuple[float, float]] = []

    def spread(low: float, high: float) -> float:
        asked.append((low, high))
        return high

    times = {**time.times(), "spread": spread}
    assert len(list(rounds(lambda: PENDING, interval=10, timeout=24, **times))) == 3
    assert (time.slept, asked[0]) == ([12, 12], (0.8, 1.2))


def test_round_without_an_answer_is_told_and_repeated() -> None:
    """A lost connection ends a round, not the wait."""
    standing, said = wait(PENDING, Unreachable("no answer"), DONE)
    assert not standing.pending
    assert said == ["waiting for template.refund", "looking again: no answer"]


@pytest.mark.parametrize("found", [[Unreachable("no answer")], [PENDING, Refused("no right")]])
def test_wait_stops_on_what_will_not_pass(found: list[Any]) -> None:
    """A first look that fails, and a refusal at any time, are errors."""
    with pytest.raises(SmsconfError):
        wait(*found)
