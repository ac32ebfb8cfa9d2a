"""What ``send`` and ``bulk`` exit with: the table of cases, each in a line."""

from __future__ import annotations

import pytest

from smsconf.cli.exits import bulk_exit, send_exit
from smsconf.messaging.bulk.sending import Ended
from smsconf.messaging.send.sender import Uncertain
from smsconf.messaging.send.wire import Answer
from smsconf.model.errors import CloudError, RateLimited, Refused, Unauthorized, Unreachable
from smsconf.render.documents.bulk import Standing
from smsconf.store.runs import ACCEPTED, Fate, Tally
from smsconf.workflow.bulk_run import End, ListResult
from tests.messaging.lists.test_recipients import PLAIN

TAKEN = Answer(ACCEPTED, "", (Fate("+86", "id", ACCEPTED),))
PARTLY = Answer("E000510", "", (Fate("+86", "id", ACCEPTED), Fate("+87", None, "E200041")))
REFUSED = Refused("no", arrived=True)
UNREACHED = Unreachable("no", arrived=False)


@pytest.mark.parametrize(
    ("answer", "problem", "code"),
    [
        (TAKEN, None, 0),
        (PARTLY, None, 5),
        (None, Uncertain("lost"), 5),
        (None, REFUSED, 4),
        (None, RateLimited("later", arrived=True), 4),
        (None, Unauthorized("not this app", status=403, code="E000620", arrived=True), 4),
        (None, Unauthorized("wrong key", status=401, arrived=True), 1),
        (None, Refused("wrong key", status=400, code="E000101", arrived=True), 1),
        (None, UNREACHED, 1),
    ],
)
def test_send_exits_by_what_became_of_the_messages(
    answer: Answer | None, problem: CloudError | None, code: int
) -> None:
    """A refusal is 4, credentials an error; a wish to stop goes before, an unwritten report behind."""
    assert send_exit(answer, problem, stopped=False, written=True) == code
    assert send_exit(answer, problem, stopped=True, written=True) == 130
    assert send_exit(answer, problem, stopped=False, written=False) == (code or 5)


def result(tally: Tally, ended: Ended | None = None) -> ListResult:
    standing = Standing({}, PLAIN, None, "news", {}, tally, ended=ended)
    return ListResult(End.SENT if ended else End.NOTHING_LEFT, standing)


DONE, PART, NONE = Tally(accepted=3), Tally(accepted=1, waiting=2), Tally(waiting=3)


@pytest.mark.parametrize(
    ("ended", "code", "unwritten"),
    [
        (ListResult(End.NOTHING_UNCERTAIN), 1, 1),
        (ListResult(End.DECLINED), 1, 1),
        (ListResult(End.TEST_FAILED), 5, 5),
        (ListResult(End.CALLED_OFF), 130, 130),
        (result(DONE), 0, 0),
        (result(Tally(accepted=2, uncertain=1)), 5, 5),
        (result(DONE, Ended()), 0, 5),
        (result(Tally(accepted=2, statuses={"E200041": 1}), Ended()), 5, 5),
        (result(PART, Ended("stopped", REFUSED)), 5, 5),
        (result(PART, Ended(interrupted=True)), 130, 5),
        (result(NONE, Ended("stopped", REFUSED)), 4, 1),
        (result(NONE, Ended("the limit is reached")), 4, 1),
        (result(NONE, Ended("stopped", UNREACHED)), 1, 1),
    ],
)
def test_bulk_exits_by_how_far_it_came(ended: ListResult, code: int, unwritten: int) -> None:
    """Without any message sent: a refusal or an error. An unwritten report is 5 after one, else 1."""
    assert bulk_exit(ended) == code
    assert bulk_exit(ended, written=False) == unwritten


def test_bulk_that_is_terminated_exits_as_a_shell_says_it() -> None:
    """143 tells a scheduler that its own signal ended it, and not a person or an error."""
    for ended in (ListResult(End.CALLED_OFF), result(PART, Ended(interrupted=True))):
        assert bulk_exit(ended, stopped=143) == 143
    assert bulk_exit(result(DONE, Ended()), stopped=143) == 0
