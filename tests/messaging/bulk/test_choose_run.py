"""Which run a command means: the table of cases, each in a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from smsconf.messaging.bulk.choose_run import Choice, choose
from smsconf.model.errors import PlanRefused
from smsconf.store.runs import Key, Run

NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
MESSAGE: dict[str, Any] = {"text": "one", "same": None, "target": {}}
RUN = Run(
    id=7,
    key=Key("account", None, "template.news"),
    name="template.news:1",
    template="template.news",
    region="cn",
    digest="list",
    message=MESSAGE,
    made=NOON,
    agreed=NOON,
    begun=NOON,
)
OLD = replace(RUN, id=2, key=Key(None, None, "template.news"), digest="numbers:n")


class Wanted(NamedTuple):
    """What a command asks for: a draft, the digest of its numbers, and whether it is meant once more."""

    draft: Run = replace(RUN, id=0, agreed=None, begun=None)
    numbers: str = "n"
    again: bool = False

    def choose(self, runs: tuple[Run, ...], waiting: tuple[int, ...]) -> Choice:
        return choose(runs, lambda run: run.id in waiting, self.draft, self.numbers, again=self.again)


def wanted(*, again: bool = False, **draft: Any) -> Wanted:
    return Wanted(replace(Wanted().draft, **draft), again=again)


WANTED = wanted()


@pytest.mark.parametrize(
    ("runs", "waiting", "asked", "expected"),
    [
        ((), (), WANTED, Choice(None)),
        ((RUN,), (7,), WANTED, Choice(RUN)),
        ((RUN,), (7,), wanted(again=True), Choice(RUN)),
        ((RUN,), (), WANTED, Choice(RUN, copies=1)),
        ((RUN,), (), wanted(again=True), Choice(None, copies=1)),
        ((RUN,), (), wanted(digest="other"), Choice(None)),
        ((RUN,), (), wanted(failed_of=7), Choice(None)),
        ((RUN,), (), wanted(message={**MESSAGE, "text": "two"}), Choice(RUN, copies=1)),
        ((replace(RUN, begun=None),), (7,), wanted(message={**MESSAGE, "text": "two"}), None),
        ((replace(RUN, id=9), RUN), (), WANTED, Choice(replace(RUN, id=9), copies=2)),
        ((replace(RUN, begun=None, finished=NOON),), (), WANTED, Choice(None)),
        ((replace(RUN, finished=NOON),), (), WANTED, Choice(replace(RUN, finished=NOON), copies=1)),
        ((OLD,), (), wanted(again=True), Choice(None)),
        ((replace(OLD, digest="numbers:other"),), (), WANTED, Choice(None)),
        ((OLD,), (2,), Wanted(numbers="other"), Choice(None)),
    ],
)
def test_run_is_gone_on_with_told_or_made(
    runs: tuple[Run, ...], waiting: tuple[int, ...], asked: Wanted, expected: Choice | None
) -> None:
    """Open: go on; over: told, unless it is meant again; else new. A text is fixed at the first request."""
    found = asked.choose(runs, waiting)
    assert found == (expected or Choice(runs[0]))


@pytest.mark.parametrize(
    ("runs", "waiting", "asked", "words"),
    [
        ((RUN,), (7,), wanted(digest="other"), "another list"),
        ((RUN,), (7,), wanted(digest="other", again=True), "another list"),
        ((RUN,), (7,), wanted(failed_of=3), "another list"),
        ((RUN,), (7,), wanted(message={**MESSAGE, "text": "two"}), "another text"),
        ((RUN,), (7,), wanted(message={**MESSAGE, "same": ["x"]}), "another text"),
        ((replace(RUN, id=9), RUN), (7,), wanted(digest="other"), "run 7"),
        ((OLD,), (), WANTED, "older smsconf"),
    ],
)
def test_two_lists_or_texts_at_once_are_refused_with_the_ways_on(
    runs: tuple[Run, ...], waiting: tuple[int, ...], asked: Wanted, words: str
) -> None:
    """The refusal names the run and what can be done about it."""
    with pytest.raises(PlanRefused, match=words) as caught:
        asked.choose(runs, waiting)
    assert caught.value.fix
    if waiting:
        assert "--join 7" in caught.value.fix
        assert "--end 7" in caught.value.fix
