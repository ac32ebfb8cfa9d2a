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
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from smsconf.errors import SmsconfError
from smsconf.language import _
from smsconf.messaging.database import open_database, transaction
from smsconf.messaging.wire import ACCEPTED, Fate

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


@dataclass(frozen=True, slots=True)
class Run:
    """One list of recipients on its way: ``slots`` are the variables that its values were made for."""

    id: int
    name: str
    template: str
    region: str
    digest: str
    slots: str
    started: datetime


class Batch(NamedTuple):
    """Numbers of one request, without plus signs, and what each gets where that differs."""

    id: int
    numbers: tuple[str, ...]
    values: tuple[tuple[str, ...], ...] | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """Where the messages of a run stand: each is in exactly one of the counts.

    ``statuses`` counts what the service refused, by its word.
    """

    accepted: int
    waiting: int
    uncertain: int
    assumed: int
    statuses: dict[str, int]

    @property
    def failed(self) -> int:
        """How many the service refused."""
        return sum(self.statuses.values())

    @property
    def total(self) -> int:
        """How many there are."""
        return self.accepted + self.waiting + self.uncertain + self.assumed + self.failed

    @property
    def touched(self) -> bool:
        """Tell whether anything may have been sent."""
        return self.waiting < self.total


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
            row = self._database.execute(
                "SELECT id, numbers, contents, tries FROM batch WHERE run = ? AND state = 'ready' "
                "ORDER BY id LIMIT 1",
                (run.id,),
            ).fetchone()
            if row is None:
                return None
            batch = _batch(*row)
            if most is not None and most < len(batch.numbers):
                rest = batch.numbers[most:], batch.values and batch.values[most:]
                self._add(run.id, "ready", *rest, batch.tries)
                batch = batch._replace(
                    numbers=batch.numbers[:most], values=batch.values and batch.values[:most]
                )
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
                    part = _part(batch, places)
                    at = None if state == "ready" else batch.id
                    self._add(run.id, state, part.numbers, part.values, batch.tries + 1, like=at)
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
            "SELECT id, numbers, contents, tries, at FROM batch "
            "WHERE run = ? AND state = 'uncertain' ORDER BY id",
            (run.id,),
        )
        return [(_batch(*row[:4]), datetime.fromisoformat(row[4])) for row in rows]

    def traffic(self, region: str, since: datetime) -> int:
        """Count the messages of a region that the service may have taken since a moment, of all runs."""
        (count,) = self._database.execute(_TRAFFIC, (region, _stamp(since))).fetchone()
        return int(count)

    def _add(
        self,
        run: int,
        state: str,
        numbers: Sequence[str],
        values: Sequence[Sequence[str]] | None,
        tries: int,
        *,
        like: int | None = None,
    ) -> None:
        """Add a batch; ``like`` is the one whose moment it shares."""
        self._database.execute(
            "INSERT INTO batch (run, state, size, numbers, contents, tries, at) "
            "VALUES (?, ?, ?, ?, ?, ?, (SELECT at FROM batch WHERE id = ?))",
            (run, state, len(numbers), ",".join(numbers), _packed(values), tries, like),
        )

    def _write(self, batch: Batch) -> None:
        self._database.execute(
            "UPDATE batch SET size = ?, numbers = ?, contents = ? WHERE id = ?",
            (len(batch.numbers), ",".join(batch.numbers), _packed(batch.values), batch.id),
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
            (self._run, len(numbers), ",".join(numbers), _packed(values)),
        )

    def note(self, summary: Mapping[str, Any]) -> None:
        """Note counts about the run."""
        self._database.execute("UPDATE run SET summary = ? WHERE id = ?", (json.dumps(summary), self._run))


def _packed(values: Iterable[Sequence[str]] | None) -> str | None:
    return None if values is None else json.dumps([list(one) for one in values], ensure_ascii=False)


def _batch(number: int, numbers: str, contents: str | None, tries: int) -> Batch:
    values = None if contents is None else tuple(tuple(one) for one in json.loads(contents))
    return Batch(number, tuple(numbers.split(",")), values, tries)


def _part(batch: Batch, places: Sequence[int]) -> Batch:
    values = batch.values and tuple(batch.values[place] for place in places)
    return batch._replace(numbers=tuple(batch.numbers[place] for place in places), values=values)


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
