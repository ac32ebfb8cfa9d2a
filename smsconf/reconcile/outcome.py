"""How each change ended, and what that makes of the whole run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from smsconf.reconcile.change import Action, Change


class Result(StrEnum):
    """The end of one change. *blocked*: a dependency failed, was rejected or refused; never mere waiting."""

    APPLIED = "applied"
    FAILED = "failed"
    BLOCKED = "blocked"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One change and its end. ``sent``: at least one writing request left this machine for it."""

    change: Change
    result: Result
    message: str
    error_code: str | None = None
    request_id: str | None = None
    remote_id: str | None = None
    sent: bool = False


_BAD = frozenset({Result.FAILED, Result.BLOCKED, Result.UNKNOWN})


def went_wrong(outcome: Outcome) -> bool:
    """Tell whether this end needs attention: failed, blocked, unknown, or refused by the plan."""
    return outcome.result in _BAD or outcome.change.action is Action.REFUSED


def anything_sent(outcomes: Sequence[Outcome]) -> bool:
    """Tell whether the run wrote, or may have written, to the service."""
    return any(outcome.sent for outcome in outcomes)
