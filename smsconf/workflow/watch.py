"""Waiting for people: where the awaited addresses stand, and looking again and again until that is settled.

It only looks; what is not submitted yet, a run of apply submits. Nothing is said here but through a callback.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

from smsconf.config import Project
from smsconf.language import _
from smsconf.model.address import Address
from smsconf.model.errors import CloudBroken, RateLimited, SmsconfError, Unreachable
from smsconf.reconcile.change import Action
from smsconf.reconcile.review import Review
from smsconf.render.plan.status import status_view
from smsconf.workflow.outlook import look_ahead
from smsconf.workflow.run import Snapshot, note_seen, read
from smsconf.workflow.session import SILENT, Talk, open_session

_ON_THE_WAY = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.ACTIVATE, Action.WAIT})
_SPREAD = (0.8, 1.2)  # several pipelines that started together shall not ask together


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the awaited addresses stood at one look; ``view`` is the document of ``status``.

    ``pending`` are those that are not done, ``lost`` those that will not be unless somebody acts: rejected
    or refused, or in need of one that is. ``complete``: everything could be read.
    """

    reviews: tuple[Review, ...]
    pending: tuple[Address, ...]
    lost: tuple[Address, ...]
    complete: bool
    view: dict[str, Any]

    @property
    def is_settled(self) -> bool:
        """Whether looking again can show nothing new: done, or out of reach."""
        return self.complete and (bool(self.lost) or not self.pending)


def look(project: Project, addresses: Collection[Address], talk: Talk) -> Standing:
    """Read the service once, with a client of its own, and say where the addresses (or all) stand."""
    with open_session(project, replace(talk, progress=SILENT.progress)) as session:  # one look of many
        snapshot = read(session)
        note_seen(snapshot)
        return stand(snapshot, addresses)


def stand(snapshot: Snapshot, addresses: Collection[Address] = ()) -> Standing:
    """Say where the addresses (or all) stand."""
    plan = snapshot.plan
    rejected = {one.address for one in snapshot.reviews if one.rejected or one.stuck}
    moving: set[Address] = set()
    lost: set[Address] = set()
    for change in plan.changes:  # what others need comes before them
        if change.address is None or change.action in (Action.RETIRE, Action.DELETE):
            continue
        if change.action in _ON_THE_WAY:
            moving.add(change.address)
        refused = change.action is Action.REFUSED or change.blocked_by is not None
        hopeless = refused or change.rejected or change.address in rejected
        if hopeless or not lost.isdisjoint(change.needs):
            lost.add(change.address)
    shown = tuple(one for one in snapshot.reviews if not addresses or one.address in addresses)
    return Standing(
        reviews=shown,
        pending=tuple(one.address for one in shown if one.pending or one.address in moving),
        lost=tuple(one.address for one in shown if one.address in lost),
        complete=not plan.incomplete,
        view=status_view(
            shown,
            snapshot.session.about,
            problems=snapshot.unread,
            unmanaged=plan.unmanaged,
            foreign=plan.foreign,
            outlooks=look_ahead(snapshot.session, plan, applied=False),
        ),
    )


def rounds(
    look: Callable[[], Standing],
    *,
    interval: float,
    timeout: float = float("inf"),
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
    spread: Callable[[float, float], float] = random.uniform,
) -> Iterator[Standing | SmsconfError]:
    """Look now and then: one standing a round, or why a round found out nothing; the last when time is up.

    Raises:
        CloudError: the first look went wrong, or the credentials are not accepted any more.
    """
    deadline = clock() + timeout
    yield look()
    while (left := deadline - clock()) > 0:
        sleep(min(left, interval * spread(*_SPREAD)))
        try:
            yield look()
        except (Unreachable, RateLimited, CloudBroken) as problem:
            yield problem


def wait_for_reviews(
    look: Callable[[], Standing],
    *,
    timeout: float,
    interval: float,
    say: Callable[[str], None],
    **times: Any,  # noqa: ANN401 - clock, sleep and spread of ``rounds``
) -> Standing:
    """Look until everything is done, something is lost, or the time is up; return the last standing.

    Args:
        look: reads the service once.
        timeout: in seconds.
        interval: about how many seconds between two looks.
        say: told each thing that moves, as one line.
        times: clock, sleep and spread, for tests.
    """
    standing: Standing | None = None
    for found in rounds(look, interval=interval, timeout=timeout, **times):
        if isinstance(found, SmsconfError):
            say(_("looking again: {message}").format(message=found.message))
            continue
        for line in moves(standing, found):
            say(line)
        standing = found
        if found.is_settled:
            break
    assert standing is not None  # noqa: S101 - for the type checker: the first round raises or finds
    return standing


def moves(before: Standing | None, after: Standing) -> Iterator[str]:
    """Say what moved between two looks; of the first look, what is awaited."""
    if before is None:
        if after.pending:
            yield _("waiting for {pending}").format(
                pending=", ".join(str(address) for address in after.pending)
            )
        return
    was = {one.address: one for one in before.reviews}
    for one in after.reviews:
        old = was.get(one.address)
        if old is None or (old.phase, old.status) != (one.phase, one.status):
            words = f" ({one.review_message})" if one.rejected and one.review_message else ""
            yield f"{one.address}: {old.verdict.message if old else '?'} → {one.verdict.message}{words}"
