"""Keep the rate of requests below what the service bears: a token bucket shared by all threads.

Knows nothing of requests. The management API's limits are undocumented; only APIGW.0308 with status 429 is
(https://support.huaweicloud.com/devg-apisign/api-sign-errorcode.html), so the rate halves when it comes and
recovers slowly.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

_SLOWEST = 0.5  # requests per second, however often the service asks to slow down
_RECOVERY = 0.05  # of the full rate, for every request that went through


class Limiter:
    """A token bucket: ``rate`` per second (``None``: no limit), at most ``burst`` at once.

    Kept as one number, the time at which the bucket is full again, so that a thread reserves its token
    under the lock and waits outside it.
    """

    def __init__(
        self,
        rate: float | None,
        *,
        burst: int = 1,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if rate is not None and rate <= 0:
            raise ValueError("a rate is above 0, or None for no limit")
        self._whole_rate = self._full_rate = self._rate = rate
        self._burst = burst
        self._clock = clock
        self._sleep = sleep
        self._full_at = clock()
        self._lock = threading.Lock()

    @property
    def rate(self) -> float | None:
        """The rate right now, in requests per second."""
        return self._rate

    def acquire(self) -> None:
        """Take one token; wait for it if there is none."""
        with self._lock:
            interval = 1 / self._rate if self._rate else 0.0
            now = self._clock()
            full_at = max(self._full_at, now)
            wait = full_at - (self._burst - 1) * interval - now
            self._full_at = full_at + interval
        if wait > 0:
            self._sleep(wait)

    def share(self, count: int) -> None:
        """Leave their parts to others: so many processes, this one among them, have the rate together."""
        with self._lock:
            if self._whole_rate is not None and self._rate is not None:
                self._full_rate = self._whole_rate / count
                self._rate = min(self._rate, self._full_rate)

    def throttled(self, pause: float) -> None:
        """Slow down: half the rate from now on, and nothing at all for ``pause`` seconds."""
        with self._lock:
            if self._rate is not None:
                self._rate = max(self._rate / 2, _SLOWEST)
            interval = 1 / self._rate if self._rate else 0.0
            resume = self._clock() + pause + (self._burst - 1) * interval
            self._full_at = max(self._full_at, resume)

    def recover(self) -> None:
        """Speed up a little: a request went through."""
        with self._lock:
            if self._rate is not None and self._full_rate is not None:
                self._rate = min(self._full_rate, self._rate + self._full_rate * _RECOVERY)
