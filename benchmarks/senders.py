"""Two senders and PostgreSQL together: messages a second that are claimed, answered and noted, durably.

The service answers in process and at once, so that what is measured is the store: batches of 500 numbers
taken with their intent on the disk, every answer written down number by number, traffic counted. Making the
requests is in it, signing and sending them is not. On a busy machine the best of some rounds says most.
Usage: python benchmarks/senders.py [NUMBERS] [SENDERS] [ROUNDS]
"""

from __future__ import annotations

import multiprocessing
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import repeat
from multiprocessing.synchronize import Barrier
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from smsconf.cloud.http.limiter import Limiter
from smsconf.messaging.bulk.batches import request_of
from smsconf.messaging.bulk.sending import Bulk, Conditions
from smsconf.messaging.send.wire import Answer, Request
from smsconf.store.interfaces import Work
from smsconf.store.postgres.home import PostgresStore
from smsconf.store.runs import ACCEPTED, Fate, Key, Run
from tests.messaging.lists.test_recipients import PLAIN
from tests.postgres import Server, new_folder

LEAST = 100_000
NOON = datetime(2026, 1, 5, 4, 0, tzinfo=UTC)
WORK = Work("bench", "here", os.getpid(), NOON, "bulk")
CONNECTIONS = 2  # of a sender


class AtOnce:
    """A service that takes everything, with ids as random as the real ones."""

    def send(self, request: Request, before: Callable[[], None] | None = None) -> Answer:
        """Take all of a request, if it may leave."""
        if before:
            before()
        ids = random.randbytes(16 * len(request.numbers)).hex(" ", -16).split()
        fates = zip(request.numbers, ids, repeat(ACCEPTED), repeat(1), strict=False)
        return Answer(ACCEPTED, "", tuple(map(Fate._make, fates)))


def make(store: PostgresStore, count: int) -> int:
    """Make a run; return its number."""
    wanted = Run(0, Key("bench", None, "template.news"), "news", "template.news", "cn", "", {}, NOON)
    with store.make_runs("bench", WORK, lambda _holder: None) as maker:
        with maker.making(wanted) as making:
            for first in range(0, count, 500):
                making.add([f"86138{place:08}" for place in range(first, min(first + 500, count))], None)
            making.note("digest", "news", {})
        found = maker.find(making.run)
        assert found
        maker.agree(found, NOON)
        return found.id


def send(address: str, number: int, start: Barrier, stop: Barrier) -> None:
    """Send a run to its end as one of its senders, once all are ready."""
    store = PostgresStore(address, "bench")
    with store.read_runs() as reader:
        run = reader.find(number)
    assert run
    with store.send_runs(run, WORK) as ledger:
        start.wait()
        ended = Bulk(
            ledger,
            run,
            AtOnce(),  # type: ignore[arg-type]
            lambda batch: request_of(PLAIN, batch, (), None, None),
            Conditions("notification", None, lambda: NOON),
            limiter=Limiter(None),
            connections=CONNECTIONS,
            warn=print,
        ).send(lambda _progress: None)
        assert ended.stopped is None, ended
    stop.wait()


def measure(address: str, count: int, senders: int) -> float:
    """Return the messages a second of one round."""
    store = PostgresStore(address, "bench")
    number = make(store, count)
    start, stop = multiprocessing.Barrier(senders + 1), multiprocessing.Barrier(senders + 1)
    every = [
        multiprocessing.Process(target=send, args=(address, number, start, stop)) for _ in range(senders)
    ]
    for one in every:
        one.start()
    start.wait()
    begun = time.perf_counter()
    stop.wait()
    seconds = time.perf_counter() - begun
    for one in every:
        one.join()
    with store.read_runs() as reader:
        found = reader.find(number)
        assert found
        assert reader.tally(found).accepted == count, reader.tally(found)
    store.database.close()
    return count / seconds


def main() -> int:
    """Start a server whose commits are on the disk, measure, print."""
    count, senders, rounds = (
        int(one) for one in (*sys.argv[1:], *("1000000", "2", "3")[len(sys.argv) - 1 :])
    )
    with new_folder() as folder:
        server = Server(folder, durable=True, shared_buffers="256MB")
        server.make()
        try:
            address = server.create("bench")
            found = [measure(address, count, senders) for _ in range(rounds)]
        finally:
            server.stop()
    print(f"senders      {senders} with {CONNECTIONS} connections each, {count:,} messages")
    print(
        f"store        {statistics.median(found):,.0f} messages/s, best {max(found):,.0f}  (limit {LEAST:,})"
    )
    return 0 if max(found) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
