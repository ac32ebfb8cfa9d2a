"""Send again what is safe to send again, with the library stamina; everything else fails at once.

Decides about attempts only: what an error means is in ``failures``. A read is repeated when its answer got
lost or a gateway was in trouble; a write only if it surely never arrived, or was told to come later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import TypeVar

from smsconf.cloud.http.codes import TOKEN_OLD
from smsconf.cloud.http.failures import NotConnected, Throttled
from smsconf.cloud.http.limiter import Limiter
from smsconf.cloud.http.operations import Operation
from smsconf.model.errors import CloudError, Unauthorized, Unreachable

ATTEMPTS = 5  # of a throttled request
_LOST_ATTEMPTS = 3
_LONGEST_PAUSE = 60.0  # a longer Retry-After is an error for the caller to show
_TRANSIENT = frozenset({502, 503, 504})

A = TypeVar("A")


@dataclass
class RetryPolicy:
    """Says after each failure of one call whether to try again; stamina asks it.

    Args:
        operation: what is called.
        limiter: slowed down, for all calls, when the service asks for it.
        renew: gets newer credentials if it can, and says whether it did; asked once.
    """

    _operation: Operation
    _limiter: Limiter
    _renew: Callable[[], bool]
    _failures: int = 0
    _renewed: bool = False

    def __call__(self, problem: Exception) -> bool | float:
        """Return whether to try again, or the seconds to wait before it."""
        if not isinstance(problem, CloudError) or problem.operation != self._operation.name:
            return False  # an exchange with IAM on the way has its own judge
        self._failures += 1
        if isinstance(problem, Throttled):
            return self._throttled(problem)
        if isinstance(problem, Unauthorized) and problem.code == TOKEN_OLD:
            first, self._renewed = not self._renewed, True
            return 0.0 if first and self._renew() else False
        return self._failures < _LOST_ATTEMPTS and self._is_lost(problem)

    def _throttled(self, problem: Throttled) -> bool | float:
        told = problem.retry_after
        pause = float(2 ** (self._failures - 1)) if told is None else told
        if pause > _LONGEST_PAUSE:
            return False
        self._limiter.throttled(pause)
        return 0.0  # the limiter holds this call back, and all the others

    def _is_lost(self, problem: CloudError) -> bool:
        if isinstance(problem, NotConnected):
            return True
        if not (self._operation.reads or self._operation.iam):
            return False
        unanswered = isinstance(problem, Unreachable) and problem.arrived is None
        return unanswered or problem.status in _TRANSIENT


def repeat(send: Callable[[], A], policy: RetryPolicy, *, pause: float, longest: float) -> A:
    """Call ``send`` until it returns, or the policy has had enough.

    Args:
        send: one attempt.
        policy: says which failures are worth another one.
        pause: seconds before the second attempt; they double, and up to as many again are added by chance.
        longest: no attempt starts later than this many seconds after the first.

    Raises:
        CloudError: the last attempt's.
    """
    attempts = _stamina().retry_context(
        on=policy, attempts=ATTEMPTS, timeout=longest, wait_initial=pause, wait_jitter=pause
    )
    for attempt in attempts:
        with attempt:
            return send()
    raise AssertionError("the last attempt returns or raises")


@cache
def _stamina() -> ModuleType:
    """Import the library when it is first needed, and keep its log lines off stderr."""
    import stamina
    import stamina.instrumentation

    stamina.instrumentation.set_on_retry_hooks(())
    return stamina
