"""The token bucket under a clock that only moves when somebody sleeps."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from smsconf.cloud.http.limiter import Limiter


class Time:
    """A clock; sleeping moves it."""

    def __init__(self) -> None:
        self.now = 100.0

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


def moments(limiter: Limiter, time: Time, count: int) -> list[float]:
    found = []
    for _ in range(count):
        limiter.acquire()
        found.append(time.now)
    return found


def test_limiter_without_a_rate_never_waits() -> None:
    """No rate, no waiting."""
    time = Time()
    limiter = Limiter(None, clock=time.clock, sleep=time.sleep)
    assert moments(limiter, time, 50) == [100.0] * 50


def test_limiter_spaces_requests_evenly() -> None:
    """With a burst of one, requests are an interval apart from the second on."""
    time = Time()
    limiter = Limiter(20, clock=time.clock, sleep=time.sleep)
    found = moments(limiter, time, 41)
    assert found[0] == 100.0
    assert all(later - earlier == pytest.approx(0.05) for earlier, later in pairwise(found))


def test_limiter_lets_a_burst_through_and_no_more() -> None:
    """The first ``burst`` go at once, the rest at the rate."""
    time = Time()
    limiter = Limiter(10, burst=5, clock=time.clock, sleep=time.sleep)
    found = moments(limiter, time, 7)
    assert found[:5] == [100.0] * 5
    assert found[5:] == pytest.approx([100.1, 100.2])


def test_limiter_halves_when_throttled_and_recovers() -> None:
    """A 429 halves the rate and holds everybody for its pause; success brings the rate back, not above."""
    time = Time()
    limiter = Limiter(20, clock=time.clock, sleep=time.sleep)
    limiter.throttled(3)
    assert limiter.rate == 10
    assert moments(limiter, time, 2) == pytest.approx([103.0, 103.1])
    for _ in range(100):
        limiter.recover()
    assert limiter.rate == 20


def test_limiter_leaves_others_their_part() -> None:
    """At once where more come, success by success where some leave; what has no limit needs no part."""
    limiter = Limiter(20)
    limiter.share(4)
    assert limiter.rate == 5
    for _ in range(100):
        limiter.recover()
    assert limiter.rate == 5
    limiter.share(1)
    assert limiter.rate == 5
    limiter.recover()
    assert limiter.rate == 6
    for _ in range(100):
        limiter.recover()
    assert limiter.rate == 20
    unlimited = Limiter(None)
    unlimited.share(4)
    assert unlimited.rate is None


def test_limiter_never_stops_altogether() -> None:
    """However often it is throttled, some rate is left."""
    limiter = Limiter(20)
    for _ in range(50):
        limiter.throttled(0)
    assert limiter.rate == 0.5


def test_limiter_pauses_even_without_a_rate() -> None:
    """A pause the service asks for is kept although there is no limit of ours."""
    time = Time()
    limiter = Limiter(None, clock=time.clock, sleep=time.sleep)
    limiter.throttled(2)
    assert moments(limiter, time, 2) == [102.0, 102.0]


def test_limiter_refuses_a_rate_that_never_lets_through() -> None:
    """A rate of zero would wait for ever."""
    with pytest.raises(ValueError, match="above 0"):
        Limiter(0)


def test_limiter_counts_every_thread() -> None:
    """Eight threads together get no more than the rate."""
    waits: list[float] = []
    lock = threading.Lock()

    def sleep(seconds: float) -> None:
        with lock:
            waits.append(seconds)

    limiter = Limiter(10, clock=lambda: 0.0, sleep=sleep)
    threads = [threading.Thread(target=limiter.acquire) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(waits) == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7])
