"""What was sent to many, in a file: each batch's intent before its request, its answer after.

One SQLite file in WAL mode, one process at a time; every write is on the disk when it returns. After a kill
the batches with an intent and without an answer are *uncertain*: nobody knows whether they were sent, so
they are not, until a person says. It holds phone numbers, so the file is its owner's only.

    ready ──take──▶ sending ──settle──▶ sent
      ▲                │ killed, or no answer
      │                ▼
      └─ assume(…) ─ uncertain ─ assume(sent) ─▶ assumed
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from smsconf.errors import SmsconfError
from smsconf.language import _
from smsconf.messaging.bulk.run import Batch, Run, Tally, pack_values
from smsconf.messaging.database import open_database, transaction
from smsconf.messaging.send.wire import ACCEPTED, Fate

_SCHEMA = """
CREATE TABLE IF NOT EXISTS run (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, template TEXT NOT NULL, region TEXT NOT NULL,
  digest TEXT NOT NULL, slots TEXT NOT NULL, started TEXT NOT NULL, summary TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE TABLE IF NOT EXISTS batch (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, state TEXT NOT NULL, size INTEGER NOT NULL,
  numbers TEXT NOT NULL, contents TEXT, tries INTEGER NOT NULL DEFAULT 0, at TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS batch_state ON batch (run, state);
CREATE INDEX IF NOT EXISTS batch_at ON batch (at) WHERE at IS NOT NULL;
CREATE TABLE IF NOT EXISTS message (
  batch INTEGER NOT NULL, number INTEGER NOT NULL, message_id TEXT, status TEXT NOT NULL, parts INTEGER
) STRICT;
"""
# what a batch counts for a threshold: what the service may have taken
_TRAFFIC = """
SELECT coalesce(sum(size), 0) FROM batch JOIN run ON run.id = batch.run
WHERE region = ? AND at >= ? AND state IN ('sending', 'sent', 'uncertain', 'assumed')
"""


class Ledger:
    """The file. One connection: calls from several threads must take turns. Use it in a ``with``."""

    def __init__(self, path: Path) -> None:
        """Open the file, make it if there is none, and keep other processes out.

        Raises:
            SmsconfError: it cannot be opened, is something else, or is in use.
        """
        self.path = path
        with _explained(self.path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            self._keep_out()
            self._database = open_database(path, _SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()
        os.close(self._lock)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one write of all that is noted inside.

        Raises:
            SmsconfError: it cannot be written.
        """
        with _explained(self.path), transaction(self._database):
            yield

    def find(self, name: str) -> Run | None:
        """Return a run by its name."""
        row = self._database.execute(
            "SELECT id, name, template, region, digest, slots, started FROM run WHERE name = ?", (name,)
        ).fetchone()
        if row is None:
            return None
        number, name, template, region, digest, slots, started = row
        return Run(number, name, template, region, digest, slots, datetime.fromisoformat(started))

    def summary(self, run: Run) -> dict[str, Any]:
        """Return what was noted about a run when it was made."""
        (text,) = self._database.execute("SELECT summary FROM run WHERE id = ?", (run.id,)).fetchone()
        noted: dict[str, Any] = json.loads(text)
        return noted

    @contextmanager
    def making(self, run: Run) -> Iterator[Making]:
        """Make a run, whole or not at all; ``run.id`` does not count. One of its name is replaced.

        Raises:
            SmsconfError: the file cannot be written.
        """
        with _explained(self.path), transaction(self._database):
            for (old,) in self._database.execute("SELECT id FROM run WHERE name = ?", (run.name,)).fetchall():
                self._database.execute("DELETE FROM batch WHERE run = ?", (old,))
                self._database.execute("DELETE FROM run WHERE id = ?", (old,))
            cursor = self._database.execute(
                "INSERT INTO run (name, template, region, digest, slots, started) VALUES (?, ?, ?, ?, ?, ?)",
                (run.name, run.template, run.region, run.digest, run.slots, _stamp(run.started)),
            )
            yield Making(self._database, int(cursor.lastrowid or 0))

    def recover(self, run: Run) -> None:
        """Call uncertain what another process left behind in the middle of sending."""
        with _explained(self.path):
            self._database.execute(
                "UPDATE batch SET state = 'uncertain' WHERE run = ? AND state = 'sending'", (run.id,)
            )

    def leave_out(self, run: Run, numbers: frozenset[str]) -> int:
        """Take numbers out of what was not sent yet; return how many there were."""
        count = 0
        with _explained(self.path), transaction(self._database):
            ready = "SELECT id FROM batch WHERE run = ? AND state = 'ready'"
            for (number,) in self._database.execute(ready, (run.id,)).fetchall():
                batch = self._read(number)
                kept = [place for place, one in enumerate(batch.numbers) if one not in numbers]
                count += len(batch.numbers) - len(kept)
                if not kept:
                    self._database.execute("DELETE FROM batch WHERE id = ?", (number,))
                elif len(kept) < len(batch.numbers):
                    self._write(batch.part(kept))
        return count

    def assume(self, run: Run, *, sent: bool) -> int:
        """Settle every uncertain batch by a person's word; return how many messages that are."""
        with _explained(self.path), transaction(self._database):
            count = self.tally(run).uncertain
            self._database.execute(
                "UPDATE batch SET state = ?, at = iif(?, at, NULL) WHERE run = ? AND state = 'uncertain'",
                ("assumed" if sent else "ready", sent, run.id),
            )
        return count

    def take(self, run: Run, now: datetime, most: int | None = None) -> Batch | None:
        """Note the intent to send the next batch, cut to ``most`` numbers, and return it; ``None``: all done.

        Raises:
            SmsconfError: the file cannot be written; nothing may be sent then.
        """
        with _explained(self.path), transaction(self._database):
            first = "SELECT id FROM batch WHERE run = ? AND state = 'ready' ORDER BY id LIMIT 1"
            found = self._database.execute(first, (run.id,)).fetchone()
            if found is None:
                return None
            batch = self._read(*found)
            if most is not None and most < len(batch.numbers):
                rest = batch.part(range(most, len(batch.numbers)))
                self._add(run, "ready", rest)
                batch = batch.part(range(most))
                self._write(batch)
            self._database.execute(
                "UPDATE batch SET state = 'sending', at = ? WHERE id = ?", (_stamp(now), batch.id)
            )
        return batch

    def settle(self, run: Run, batch: Batch, fates: Sequence[Fate], again: frozenset[str]) -> int:
        """Note the answer about a batch; return how many numbers are to be sent once more.

        Numbers of a status in ``again`` become a batch of their own; those without a status are uncertain.
        """
        groups = {
            "ready": [place for place, fate in enumerate(fates) if fate.status in again],
            "uncertain": [place for place, fate in enumerate(fates) if fate.status is None],
        }
        told = [fate for fate in fates if fate.status is not None and fate.status not in again]
        with _explained(self.path), transaction(self._database):
            for state, places in groups.items():
                if places:
                    part = batch.part(places)._replace(tries=batch.tries + 1)
                    self._add(run, state, part, like=None if state == "ready" else batch.id)
            taken = sum(fate.accepted for fate in told)
            self._database.execute(
                "UPDATE batch SET state = 'sent', size = ?, numbers = '', contents = NULL WHERE id = ?",
                (taken, batch.id),
            )
            self._database.executemany(
                "INSERT INTO message VALUES (?, ?, ?, ?, ?)",
                [(batch.id, int(to), message_id, status, parts) for to, message_id, status, parts in told],
            )
        return len(groups["ready"])

    def give_back(self, batch: Batch) -> None:
        """Note that a batch was surely not sent."""
        with _explained(self.path):
            self._database.execute("UPDATE batch SET state = 'ready', at = NULL WHERE id = ?", (batch.id,))

    def doubt(self, batch: Batch) -> None:
        """Note that nobody knows whether a batch was sent."""
        with _explained(self.path):
            self._database.execute("UPDATE batch SET state = 'uncertain' WHERE id = ?", (batch.id,))

    def tally(self, run: Run) -> Tally:
        """Count where the messages of a run stand."""
        states = dict(
            self._database.execute(
                "SELECT state, sum(size) FROM batch WHERE run = ? GROUP BY state", (run.id,)
            ).fetchall()
        )
        refused = self._database.execute(
            "SELECT status, count(*) FROM message JOIN batch ON batch.id = message.batch "
            "WHERE run = ? AND status <> ? GROUP BY status ORDER BY 2 DESC",
            (run.id, ACCEPTED),
        ).fetchall()
        return Tally(
            states.get("sent", 0),
            states.get("ready", 0) + states.get("sending", 0),
            states.get("uncertain", 0),
            states.get("assumed", 0),
            dict(refused),
        )

    def doubtful(self, run: Run) -> list[tuple[Batch, datetime]]:
        """Return the uncertain batches, and when each was to be sent (UTC)."""
        rows = self._database.execute(
            "SELECT id, at FROM batch WHERE run = ? AND state = 'uncertain' ORDER BY id", (run.id,)
        ).fetchall()
        return [(self._read(number), datetime.fromisoformat(at)) for number, at in rows]

    def traffic(self, region: str, since: datetime) -> int:
        """Count the messages of a region that the service may have taken since a moment, of all runs."""
        (count,) = self._database.execute(_TRAFFIC, (region, _stamp(since))).fetchone()
        return int(count)

    def _add(self, run: Run, state: str, batch: Batch, *, like: int | None = None) -> None:
        """Add a batch, whatever its id; ``like`` is the one whose moment it shares."""
        self._database.execute(
            "INSERT INTO batch (run, state, size, numbers, contents, tries, at) "
            "VALUES (?, ?, ?, ?, ?, ?, (SELECT at FROM batch WHERE id = ?))",
            (run.id, state, *_columns(batch), batch.tries, like),
        )

    def _read(self, number: int) -> Batch:
        row = self._database.execute(
            "SELECT id, numbers, contents, tries FROM batch WHERE id = ?", (number,)
        ).fetchone()
        return Batch.read(*row)

    def _write(self, batch: Batch) -> None:
        self._database.execute(
            "UPDATE batch SET size = ?, numbers = ?, contents = ? WHERE id = ?",
            (*_columns(batch), batch.id),
        )

    def _keep_out(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise SmsconfError(
                _("another smsconf bulk is at work with {file}").format(file=self.path),
                why=_("two at once could send one message twice"),
                fix=_("wait for its end, or stop it: what it leaves is continued by the next run"),
            ) from None


class Making:
    """A run being made: add its batches, then say what is to be noted about it."""

    def __init__(self, database: sqlite3.Connection, run: int) -> None:
        self._database = database
        self._run = run

    def add(self, numbers: Sequence[str], values: Sequence[Sequence[str]] | None) -> None:
        """Add a batch; numbers without plus signs."""
        self._database.execute(
            "INSERT INTO batch (run, state, size, numbers, contents) VALUES (?, 'ready', ?, ?, ?)",
            (self._run, len(numbers), ",".join(numbers), pack_values(values)),
        )

    def note(self, summary: Mapping[str, Any]) -> None:
        """Note counts about the run."""
        self._database.execute("UPDATE run SET summary = ? WHERE id = ?", (json.dumps(summary), self._run))


def _columns(batch: Batch) -> tuple[int, str, str | None]:
    return len(batch.numbers), ",".join(batch.numbers), pack_values(batch.values)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as problem:
        raise SmsconfError(
            _("the ledger {file} cannot be used: {problem}").format(file=path, problem=problem),
            why=_("what is sent is noted there first; without it nothing is sent"),
            fix=_("make room and rights for it, then run the same command again"),
        ) from problem
