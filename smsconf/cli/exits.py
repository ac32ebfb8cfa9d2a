"""The exit codes: which there are, and which one a command leaves with, decided from what it found.

Nothing is said here; errors and interruptions reach ``main``, which leaves with ``error_exit`` and 130.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from smsconf.model.diagnostics import Diagnostic, has_errors
from smsconf.model.errors import (
    CloudError,
    PlanRefused,
    PlanStale,
    RateLimited,
    Refused,
    SmsconfError,
    Unauthorized,
)

if TYPE_CHECKING:
    from smsconf.guide.checks import Check
    from smsconf.messaging.send.wire import Answer
    from smsconf.reconcile.plan import Plan
    from smsconf.reconcile.review import Review
    from smsconf.workflow.bulk_run import ListResult
    from smsconf.workflow.run import Report
    from smsconf.workflow.watch import Standing

# CODE | what it means | what to do
EXITS: Final = """
exit 0 | done; nothing wrong | nothing
exit 1 | an error: usage, no project to read, no credentials, no answer; "no" at the prompt | read the message on stderr
exit 2 | plan --detailed-exitcode: apply would send at least one request | run smsconf apply
exit 3 | validate, lint: errors found (with --strict warnings too) | correct them
exit 4 | refused with nothing sent: a guard, a stale plan, an incomplete read | read the refusal; allow the amount, plan again, or grant the right
exit 5 | applied in part: something failed, was blocked, refused or unknown after something was sent | run smsconf plan: it starts from what is there now
exit 6 | reviews still pending | wait, then run the same command again
exit 7 | a review was rejected | read the reviewer's words with smsconf status, change the text, apply
exit 130 | interrupted; what was in flight was finished and reported | run the same command again
exit 143 | bulk: terminated (SIGTERM); what was in flight was finished and reported | run the same command again
"""


def error_exit(error: SmsconfError) -> int:
    """Refused with nothing sent is 4, any other error 1."""
    return 4 if isinstance(error, PlanRefused | PlanStale) else 1


def findings_exit(found: Iterable[Diagnostic], *, strict: bool, readable: bool = True) -> int:
    """``validate`` and ``lint``: 1 without a project, 3 for errors, if strict for warnings too."""
    if not readable:
        return 1
    return 3 if has_errors(found, strict=strict) else 0


def fmt_exit(*, failed: bool, out_of_order: bool) -> int:
    """1 if a file could not be read or written, 3 if one that is only checked is not in order."""
    return 1 if failed else 3 if out_of_order else 0


def plan_exit(plan: Plan, *, detailed: bool) -> int:
    """4 before 2 before 0."""
    if plan.guarded or plan.incomplete:
        return 4
    return 2 if detailed and plan.sends else 0


def refusal_exit(plan: Plan) -> int:
    """A plan that is not carried out: 4 if a guard forbids it, 1 if nobody agreed."""
    return 4 if plan.guarded else 1


def apply_exit(plan: Plan, done: Report) -> int:
    """130 after Ctrl-C, 4 if it could send nothing, 5 after a part, else 0."""
    from smsconf.reconcile.change import Action
    from smsconf.reconcile.outcome import anything_sent, went_wrong

    if done.interrupted:
        return 130
    wrong = [one for one in done.outcomes if went_wrong(one)]
    if not wrong and not plan.incomplete:
        return 0
    if anything_sent(done.outcomes):
        return 5
    return 1 if any(one.change.action is not Action.REFUSED for one in wrong) else 4


def standing_exit(standing: Standing, *, asked: bool = True) -> int:
    """``wait``, and ``status --watch`` if somebody ``asked``: 4 before 7 before 6 before 0."""
    if not asked:
        return 0
    if not standing.complete:
        return 4
    return 7 if standing.lost else 6 if standing.pending else 0


def status_exit(plan: Plan, reviews: Iterable[Review], *, asked: bool) -> int:
    """4 before all else; if somebody ``asked``, 7 before 6 before 0."""
    if plan.incomplete or not asked:
        return read_exit(plan)
    shown = list(reviews)
    if any(one.rejected or one.stuck for one in shown):
        return 7
    return 6 if any(one.pending for one in shown) else 0


def read_exit(plan: Plan | None) -> int:
    """``guide`` and ``report``: 4 if not all could be read."""
    return 4 if plan is not None and plan.incomplete else 0


def outputs_exit(missing: Iterable[str], *, required: bool) -> int:
    """6 if a live version is required and missing."""
    return 6 if required and any(missing) else 0


def doctor_exit(checks: Iterable[Check]) -> int:
    """1 if something has to be repaired; a warning blocks nothing."""
    return 1 if any(one.result == "failed" for one in checks) else 0


def send_exit(answer: Answer | None, problem: CloudError | None, *, stopped: bool, written: bool) -> int:
    """Return 0 if all were taken; 5 if one failed, or nobody knows of one; 4 if the service turned it down.

    ``stopped``: somebody wanted it to end. ``written``: the report could be.
    """
    from smsconf.messaging.send.codes import CREDENTIALS
    from smsconf.messaging.send.sender import Uncertain

    if stopped:
        return 130
    if problem and not isinstance(problem, Uncertain):
        turned_down = isinstance(problem, Refused | Unauthorized | RateLimited) and problem.arrived
        about_who_asks = problem.status == 401 or problem.code in CREDENTIALS
        return 4 if turned_down and not about_who_asks else 1
    return 0 if written and answer and all(fate.accepted for fate in answer.fates) else 5


def bulk_exit(result: ListResult, *, written: bool = True, stopped: int = 130) -> int:
    """Return ``stopped`` if it was, 0 if all is done and well, else 5, or without any message sent 4 or 1.

    ``written``: the report about what was sent could be.
    """
    from smsconf.workflow.bulk_job import End

    if result.standing is None:
        return {End.TEST_FAILED: 5, End.SENT: 5, End.CALLED_OFF: stopped}.get(result.end, 1)
    tally, ended = result.standing.tally, result.standing.ended
    if ended is None:
        return 5 if tally.uncertain else 0
    if written and ended.interrupted:
        return stopped
    if written and not (ended.stopped or tally.uncertain or tally.failed or tally.waiting):
        return 0
    turned_down = ended.problem is None or isinstance(ended.problem, Refused)
    return 5 if tally.touched else 4 if written and turned_down else 1
