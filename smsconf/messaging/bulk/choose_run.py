"""Which run a command means: one that is open, one that is over, or a new one. Pure.

While a run of a template or campaign has numbers that wait, nothing else goes out under that name: whoever is
on both lists would get two messages, and half a list would have one text, half another. Numbers whose fate
nobody knows block nothing. A list that went out is told, and sent once more only with ``--again``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from smsconf.language import _
from smsconf.model.errors import PlanRefused
from smsconf.store.files.ledger_tables import numbers_digest
from smsconf.store.runs import Run


class Choice(NamedTuple):
    """``run`` is the one to go on with, or the one that sent this list; ``None``: make a new one.

    ``copies``: how many runs of this list there were.
    """

    run: Run | None
    copies: int = 0


def choose(
    runs: Sequence[Run], is_open: Callable[[Run], bool], draft: Run, numbers: str, *, again: bool
) -> Choice:
    """Decide among the agreed runs of one key, the newest first.

    Args:
        runs: those there are.
        is_open: tells whether numbers of one wait.
        draft: the run that a new one would be.
        numbers: the digest of its numbers alone, all that is known of the list of a run without a scope.
        again: it is meant although it went out already.

    Raises:
        PlanRefused: another list or another text waits under this name, or the same numbers got a message
            from a run that does not know its text.
    """
    owned = [run for run in runs if run.key.scope is not None]
    asked = (draft.digest, draft.failed_of)
    # one that was given up before its first request sent nothing to anybody
    same = [run for run in owned if (run.digest, run.failed_of) == asked and (run.begun or not run.finished)]
    for run in owned:
        if is_open(run):
            return _go_on(run, draft, same=run in same)
    if same and not again:
        return Choice(same[0], copies=len(same))
    digest = numbers_digest(numbers)
    unknown = next((run for run in runs if run.key.scope is None and run.digest == digest), None)
    if unknown and not again:
        raise PlanRefused(
            _("an older smsconf sent {subject} to these numbers on {date} (run {run})").format(
                subject=unknown.key.subject, date=unknown.made.date(), run=unknown.id
            ),
            why=_("it noted neither account nor text, so nobody knows whether this is the same message"),
            fix=_("pass --again if they are to get it"),
        )
    return Choice(None, copies=len(same))


def _go_on(run: Run, draft: Run, *, same: bool) -> Choice:
    ways = _(
        "smsconf bulk --join {run} goes on as it began, with its list and text; "
        "smsconf bulk --end {run} gives up the rest"
    ).format(run=run.id)
    if not same:
        raise PlanRefused(
            _("run {run} of {subject} has another list, and a part of it waits").format(
                run=run.id, subject=run.key.subject
            ),
            why=_("whoever is on both lists would get the message twice"),
            fix=ways,
        )
    if run.begun and any(run.message[part] != draft.message[part] for part in ("text", "same")):
        raise PlanRefused(
            _("run {run} of {subject} began with another text, signature or sender").format(
                run=run.id, subject=run.key.subject
            ),
            why=_("one part of the list would have one text, the rest another"),
            fix=ways,
        )
    return Choice(run)
