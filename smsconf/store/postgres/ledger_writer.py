"""What making, deciding and sending share when they write: transactions, parts of batches, traffic.

Traffic is what the service may have taken, counted by account, region and UTC day, each sender in a row of
its own: whatever changes that writes it in the same transaction. Whoever must keep to a threshold keeps all
others from counting until its own batch is counted; without one nobody waits for anybody. What is written
when is not decided here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

import psycopg

from smsconf.language import _
from smsconf.store.postgres.keys import lock_key
from smsconf.store.postgres.ledger_reader import PostgresRunReader
from smsconf.store.runs import Batch, Run, State, pack_values

SENDER: Final = 0x736D7303  # the first half of the lock of a sender; its number is the other
CHANNEL: Final = "smsconf_run"
"""What is told there is the number of a run in which something happened that others may wait for."""

_ADD = """
INSERT INTO batch (run, state, size, numbers, contents, tries, at, sender)
VALUES (:run, :state, :size, :numbers, :contents, :tries, :at, :sender)
"""
_COUNT = """
INSERT INTO traffic (scope, region, day, sender, size)
SELECT :scope, :region, :day, :sender, :size FROM {turn}
ON CONFLICT (scope, region, day, sender) DO UPDATE SET size = traffic.size + excluded.size
"""
_WITH_OTHERS = "(SELECT pg_advisory_xact_lock_shared(:key)) AS turn"
_ALONE = "(SELECT 1) AS turn"
# the sender is dead if nobody holds its lock; a server that ends a session ends its transaction first. OFFSET
# keeps the question apart from the rows: as a join it would not be asked anew of a row that changed meanwhile
_DEAD = f"""
UPDATE batch SET state = 'uncertain' WHERE id IN (
  SELECT id FROM batch WHERE state = 'sending' AND NOT EXISTS (
    SELECT FROM pg_locks WHERE locktype = 'advisory' AND classid = {SENDER} AND objsubid = 2
      AND objid::bigint = batch.sender AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) OFFSET 0)
  FOR UPDATE SKIP LOCKED)
RETURNING run
"""  # noqa: S608 - our own number


class LedgerWriter(PostgresRunReader):
    """Writes of one transaction each; inside :meth:`together`, of one."""

    _number = 0  # of the sender; 0 for who only decides
    _depth = 0
    _spending: Counter[tuple[str, str, str]]  # account, region, day → messages more or less
    _alone: set[tuple[str, str]]  # accounts and regions that nobody else counts for now

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one write of all that is noted inside; inside another one, it is a part of that.

        Raises:
            SmsconfError: it cannot be written.
        """
        if self._depth:
            yield
            return
        with self._database.in_words(_("written")):
            self._spending, self._alone = Counter(), set()
            self._run("BEGIN")
            self._depth = 1
            try:
                yield
                self._write_traffic()
                self._run("COMMIT")
            except BaseException:
                with suppress(psycopg.Error):  # a lost server has ended it by itself
                    self._run("ROLLBACK")
                raise
            finally:
                self._depth = 0

    def doubt_the_dead(self) -> None:
        """Call uncertain what senders had on its way that live no more, whosever it is."""
        with self.together():
            for run in {run for (run,) in self._rows(_DEAD)}:
                self._tell(run)

    def _spend(self, run: Run, day: str, count: int) -> None:
        """Count messages of a day (``yyyy-MM-dd``), more or, below zero, less."""
        self._spending[run.key.scope or "", run.region, day] += count

    def _write_traffic(self) -> None:
        """Write what was counted; whoever counts alone is waited for, and kept from doing so."""
        for (scope, region, day), size in sorted(self._spending.items()):
            if size:
                named = {"scope": scope, "region": region, "day": day, "sender": self._number, "size": size}
                turn = _ALONE if (scope, region) in self._alone else _WITH_OTHERS
                self._run(_COUNT.format(turn=turn), key=lock_key("traffic", scope, region), **named)
        self._spending.clear()

    def _count_alone(self, scope: str, region: str) -> None:
        """Keep others from changing what was spent until this transaction is over; before it counts."""
        self._run("SELECT pg_advisory_xact_lock(:key)", key=lock_key("traffic", scope, region))
        self._alone.add((scope, region))

    def _add(
        self, run: Run, state: State, batch: Batch, at: str | None = None, by: int | None = None
    ) -> None:
        """Add a batch, whatever its id; ``by`` is its sender."""
        named = {"run": run.id, "state": state, "tries": batch.tries, "at": at, "sender": by}
        self._run(_ADD, **named, **columns(batch))

    def _tell(self, run: int) -> None:
        """Wake those who wait for a run, once this transaction is over."""
        self._run("SELECT pg_notify(:channel, :run)", channel=CHANNEL, run=str(run))


def columns(batch: Batch) -> Mapping[str, object]:
    """Return what is kept of the numbers of a batch."""
    return {
        "size": len(batch.numbers),
        "numbers": ",".join(batch.numbers),
        "contents": pack_values(batch.values),
    }
