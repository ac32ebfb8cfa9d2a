"""What is recorded of a step, and how the end of a change is told: what was done, what was not, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum

from smsconf.cloud.apply.remote_ids import Stop
from smsconf.cloud.http.codes import MOVED, TAKEN
from smsconf.cloud.http.failures import in_one_line, is_uncertain
from smsconf.language import N_, _, clauses
from smsconf.model.address import Kind
from smsconf.model.errors import CloudError
from smsconf.reconcile.change import Step
from smsconf.reconcile.outcome import Result

DONE = {  # and what it is while it is not done
    Step.UPLOAD: (N_("uploaded"), N_("not uploaded")),
    Step.CREATE: (N_("created"), N_("not created")),
    Step.EDIT: (N_("edited"), N_("not edited")),
    Step.SUBMIT: (N_("submitted"), N_("not submitted")),
    Step.WITHDRAW: (N_("withdrawn"), N_("not withdrawn")),
    Step.DISABLE: (N_("disabled"), N_("not disabled")),
    Step.ACTIVATE: (N_("activated"), N_("not activated")),
    Step.DELETE: (N_("deleted"), N_("not deleted")),
}
UNVERIFIED = {  # what is known when only the look within the same step was lost
    Step.CREATE: N_("created"),
    Step.WITHDRAW: N_("withdrawal accepted, not verified"),
    Step.DISABLE: N_("disabling accepted, not verified"),
}
MOVED_ON = N_("the review moved; the next run decides")


class Phase(StrEnum):
    """Where a step stands: about to be sent, or how it ended as far as an answer says."""

    INTENT = "intent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StepEvent:
    """One entry for the journal. ``edit`` and ``submit`` that travel together are one ``submit``."""

    phase: Phase
    step: Step
    address: str
    kind: Kind
    remote_name: str
    remote_id: str | None = None
    submission: str | None = None
    error_code: str | None = None
    message: str | None = None
    request_id: str | None = None

    def record(self) -> dict[str, str]:
        """Return what is known besides the phase, as plain values."""
        known = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "phase"}
        return {name: str(value) for name, value in known.items() if value is not None}


Record = Callable[[StepEvent], None]


def result_of(problem: CloudError, step: Step) -> tuple[Result, str]:
    """Say what a request that did not end well makes of its change, and why."""
    if is_uncertain(problem):
        message = _("{message}; the next run looks before it writes")
        return Result.UNKNOWN, message.format(message=problem.message)
    if problem.code in MOVED or (step is Step.CREATE and problem.code in TAKEN):
        return Result.SKIPPED, f"{_(MOVED_ON)} ({problem.message})"
    return Result.FAILED, in_one_line(problem)


def unseen(problem: CloudError, seen: str) -> Stop:
    """Return the end of a create without an answer, with what looking for it showed."""
    message = _("{message}; {seen}; the next run looks before it writes")
    return Stop(Result.UNKNOWN, message.format(message=problem.message, seen=seen))


def account(done: list[str], remaining: list[Step], why: str) -> str:
    """Say which steps were done, which were not, and why."""
    if not done:
        return why
    if not remaining:
        return clauses((_(", ").join(done), why))
    undone = _(", ").join(_(DONE[step][1]) for step in remaining)
    return _("{done}; {undone}: {why}").format(done=_(", ").join(done), undone=undone, why=why)
