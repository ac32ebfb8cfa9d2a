"""How one of the doctor's checks ends. Values only; ``checks`` has the table."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from smsconf.language import _
from smsconf.model.errors import CloudError, SmsconfError


class Result(StrEnum):
    """How a check ended; only *failed* blocks."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


class Verdict(NamedTuple):
    """What a check says: one line, why it matters, and the order that repairs it.

    ``stops``: where it failed, what builds on it cannot be tried.
    """

    result: Result
    message: str
    why: str | None = None
    fix: str | None = None
    stops: bool = True


def ok(message: str) -> Verdict:
    """Say that all is well."""
    return Verdict(Result.OK, message)


def skipped(message: str) -> Verdict:
    """Say why there was nothing to try."""
    return Verdict(Result.SKIPPED, message)


def failed(problem: SmsconfError, result: Result = Result.FAILED) -> Verdict:
    """Say what an error says."""
    request_id = problem.request_id if isinstance(problem, CloudError) else None
    message = problem.message
    if request_id:
        message = _("{message} (request {request_id})").format(message=message, request_id=request_id)
    return Verdict(result, message, problem.why, problem.fix)
