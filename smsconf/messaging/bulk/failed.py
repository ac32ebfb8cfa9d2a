"""Whom a run did not reach: numbers that the service refused, and those that the network could not reach.

By what was said of each number alone: the service's status in its answer, or a status report of the network.
What is pending, missing or uncertain may still arrive, so it is never among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice

from smsconf.language import _
from smsconf.messaging.lists.recipients import Count, Dropped, Recipient
from smsconf.messaging.receive.receipts import Delivery, match
from smsconf.messaging.send.codes import NOT_AGAIN, meaning_of
from smsconf.model.errors import PlanRefused
from smsconf.store.interfaces import RunReader, Store
from smsconf.store.runs import Run

NOT_AGAIN_WORD = "not-again"

_CHUNK = 5_000


def failed_recipients(
    store: Store,
    ledger: RunReader,
    run: Run,
    now: datetime,
    *,
    count: Count,
    drop: Callable[[Dropped], None],
) -> Iterator[list[Recipient]]:
    """Yield who got nothing of a run although it was tried, with the values that they were to get.

    Args:
        store: knows what was sent and reported.
        ledger: knows the run.
        run: which.
        now: the service's time.
        count: filled while reading.
        drop: told who is left out: whom the same message could not reach or must not be sent to.

    Raises:
        PlanRefused: the run does not know what it sent.
    """
    if run.key.scope is None:
        raise PlanRefused(
            _("run {run} is of an older smsconf, which did not keep what it sent").format(run=run.id),
            fix=_("make a list of the failed numbers from smsconf receipts --by message --format csv"),
        )
    same = tuple(run.message["same"] or ())
    undelivered = _undelivered(store, run, now)
    every = enumerate(ledger.failed(run, undelivered), 1)
    while found := list(islice(every, _CHUNK)):
        chunk = []
        for row, (number, values, status) in found:
            count.rows += 1
            if status in NOT_AGAIN:
                count.dropped[NOT_AGAIN_WORD] += 1
                drop(Dropped(row, f"+{number}", NOT_AGAIN_WORD, meaning_of(status) or status))
            else:
                chunk.append(Recipient(number, values or same, row))
        count.valid += len(chunk)
        yield chunk


def _undelivered(store: Store, run: Run, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the ids of a run's messages that the network reported as failed, and with which status."""
    for one in match(store.sent(run=run.id), store.reports(), now):
        if one.sent and one.delivery is Delivery.FAILED:
            yield one.message_id, one.status or "UNKNOWN"
