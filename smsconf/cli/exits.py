"""What a command exits with, decided from what it did.

Says nothing; what the codes mean is told in ``exit_codes``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smsconf.messaging.send.wire import Answer
    from smsconf.model.errors import CloudError
    from smsconf.workflow.list_run import ListResult


def send_exit(answer: Answer | None, problem: CloudError | None, *, stopped: bool, written: bool) -> int:
    """Return 0 if all were taken; 5 if one failed, or nobody knows of one; 4 if the service turned it down.

    ``stopped``: somebody wanted it to end. ``written``: the report could be.
    """
    from smsconf.messaging.send.codes import CREDENTIALS
    from smsconf.messaging.send.sender import Uncertain
    from smsconf.model.errors import RateLimited, Refused, Unauthorized

    if stopped:
        return 130
    if problem and not isinstance(problem, Uncertain):
        turned_down = isinstance(problem, Refused | Unauthorized | RateLimited) and problem.arrived
        about_who_asks = problem.status == 401 or problem.code in CREDENTIALS
        return 4 if turned_down and not about_who_asks else 1
    return 0 if written and answer and all(fate.accepted for fate in answer.fates) else 5


def bulk_exit(result: ListResult, *, written: bool = True) -> int:
    """Return 130 after Ctrl-C, 0 if all is done and well, else 5, or without any message sent 4 or 1.

    ``written``: the report about what was sent could be.
    """
    from smsconf.model.errors import Refused
    from smsconf.workflow.list_run import End

    if result.standing is None:
        return {End.TEST_FAILED: 5, End.CALLED_OFF: 130}.get(result.end, 1)
    tally, ended = result.standing.tally, result.standing.ended
    if ended is None:
        return 5 if tally.uncertain else 0
    if written and ended.interrupted:
        return 130
    if written and not (ended.stopped or tally.uncertain or tally.failed or tally.waiting):
        return 0
    turned_down = ended.problem is None or isinstance(ended.problem, Refused)
    return 5 if tally.touched else 4 if written and turned_down else 1
