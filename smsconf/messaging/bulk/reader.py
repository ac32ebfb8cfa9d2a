"""What the ledger says, without changing it: runs, where their messages stand, what counts for a threshold.

Reads beside a run at work. ``ledger`` writes.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from smsconf.language import _
from smsconf.messaging.bulk.run import COUNTED, SPENT, Batch, Key, Run, State, Tally
from smsconf.messaging.bulk.tables import SCHEMA, STEPS, VERSION
from smsconf.messaging.database import in_words
from smsconf.own_files import connect

_RUN = """
SELECT id, scope, environment, subject, name, template, region, digest, message, made, failed_of, agreed,
       begun, finished FROM run
"""
_TRAFFIC = f"""
SELECT coalesce(sum(size), 0) FROM batch JOIN run ON run.id = batch.run
WHERE (scope = ? OR scope IS NULL) AND region = ? AND at >= ?
  AND state IN ({", ".join(f"'{state}'" for state in SPENT)})
"""  # noqa: S608 - our own words


_OTHERS = """
SELECT id FROM run WHERE scope = ? AND environment IS ? AND subject = ? AND begun >= ?
"""
_RECENT = """
INSERT OR IGNORE INTO recent SELECT value FROM batch, json_each('[' || numbers || ']')
WHERE run = ? AND numbers <> '' AND state IN ('sending', 'sent', 'uncertain', 'assumed')
"""
_FAILED = """
SELECT batch.id, number, coalesce(word, status) FROM message JOIN batch ON batch.id = message.batch
LEFT JOIN undelivered USING (message_id)
WHERE run = ? AND (status <> '000000' OR word IS NOT NULL)
ORDER BY batch.id, message.rowid
"""


class LedgerReader:
    """The file, read. ``Ledger`` opens it to be written, :func:`open_ledger_to_read` only to be read."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database

    def find(self, number: int) -> Run | None:
        """Return a run by its number."""
        return next(self._runs("WHERE id = ?", (number,)), None)

    def runs(self) -> list[Run]:
        """Return every run that somebody agreed to, the newest first."""
        return list(self._runs("WHERE agreed IS NOT NULL ORDER BY id DESC"))

    def runs_of(self, key: Key) -> list[Run]:
        """Return the agreed runs of a key, the newest first; those without a scope are everybody's."""
        asked = (
            "WHERE agreed IS NOT NULL AND subject = ? AND (scope IS NULL OR scope = ? AND environment IS ?)"
        )
        return list(self._runs(f"{asked} ORDER BY id DESC", (key.subject, key.scope, key.environment)))

    def is_open(self, run: Run) -> bool:
        """Tell whether numbers of a run wait for their request."""
        asked = "SELECT 1 FROM batch WHERE run = ? AND state = 'ready' LIMIT 1"
        with self._explained():
            return self._database.execute(asked, (run.id,)).fetchone() is not None

    def summary(self, run: Run) -> dict[str, Any]:
        """Return what was noted about a run when it was made."""
        with self._explained():
            (text,) = self._database.execute("SELECT summary FROM run WHERE id = ?", (run.id,)).fetchone()
            noted: dict[str, Any] = json.loads(text)
            return noted

    def tally(self, run: Run) -> Tally:
        """Count where the messages of a run stand."""
        with self._explained():
            states = self._database.execute(
                "SELECT state, sum(size) FROM batch WHERE run = ? GROUP BY state", (run.id,)
            ).fetchall()
            refused = self._database.execute(
                "SELECT status, count(*) FROM message JOIN batch ON batch.id = message.batch "
                "WHERE run = ? AND status <> '000000' GROUP BY status ORDER BY 2 DESC, 1",
                (run.id,),
            ).fetchall()
            counts: dict[str, int] = {}
            for state, size in states:
                word = COUNTED[State(state)]
                counts[word] = counts.get(word, 0) + size
        return Tally(statuses=dict(refused), **counts)

    def doubtful(self, run: Run) -> list[tuple[Batch, datetime]]:
        """Return the uncertain batches, and when each was to be sent (UTC)."""
        asked = (
            "SELECT batch.id, coalesce(at, made) FROM batch JOIN run ON run.id = batch.run "
            "WHERE run = ? AND state IN ('sending', 'uncertain') ORDER BY batch.id"
        )
        with self._explained():
            rows = self._database.execute(asked, (run.id,)).fetchall()
            return [(self._read(number), datetime.fromisoformat(at)) for number, at in rows]

    def traffic(self, scope: str | None, region: str, since: datetime) -> int:
        """Count the messages of a region that the service may have taken since a moment, of all runs."""
        with self._explained():
            (count,) = self._database.execute(_TRAFFIC, (scope, region, stamp(since))).fetchone()
            return int(count)

    def recent(self, key: Key, since: datetime) -> Callable[[Iterable[str]], int]:
        """Return what counts those of some numbers whom runs of a key may have written to since a moment."""
        with self._explained():
            others = self._database.execute(_OTHERS, (*key, stamp(since))).fetchall()
            self._database.execute("CREATE TEMP TABLE IF NOT EXISTS recent (number INTEGER PRIMARY KEY)")
            self._database.execute("DELETE FROM recent")
            for (other,) in others:
                self._database.execute(_RECENT, (other,))

        def count(numbers: Iterable[str]) -> int:
            asked = f"SELECT count(*) FROM recent WHERE number IN ({','.join(numbers)})"  # noqa: S608 - digits
            with self._explained():
                return int(self._database.execute(asked).fetchone()[0])

        return count if others else lambda _numbers: 0

    def first_values(self, run: Run, count: int) -> list[tuple[str, ...] | None]:
        """Return what the first numbers that wait get; ``None`` where all get the same."""
        asked = "SELECT id FROM batch WHERE run = ? AND state = 'ready' ORDER BY id LIMIT ?"
        found: list[tuple[str, ...] | None] = []
        with self._explained():
            for (number,) in self._database.execute(asked, (run.id, count)).fetchall():
                batch = self._read(number)
                found += batch.values or [None] * len(batch.numbers)
        return found[:count]

    def failed(
        self, run: Run, undelivered: Iterable[tuple[str, str]]
    ) -> Iterator[tuple[str, tuple[str, ...] | None, str]]:
        """Yield the numbers that were not reached, each with its own values and the status.

        ``undelivered`` are ids of messages that the service took, and what became of them.
        """
        with self._explained():
            self._database.execute(
                "CREATE TEMP TABLE IF NOT EXISTS undelivered (message_id TEXT PRIMARY KEY, word TEXT)"
            )
            self._database.execute("DELETE FROM undelivered")
            self._database.executemany("INSERT OR IGNORE INTO undelivered VALUES (?, ?)", undelivered)
            rows = self._database.execute(_FAILED, (run.id,)).fetchall()
            for number, group in groupby(rows, key=itemgetter(0)):
                batch = self._read(number)
                places = {one: place for place, one in enumerate(batch.numbers)}
                for _batch, one, status in group:
                    values = None if batch.values is None else batch.values[places[str(one)]]
                    yield str(one), values, status

    def _runs(self, where: str, values: Sequence[object] = ()) -> Iterator[Run]:
        with self._explained():
            for row in self._database.execute(f"{_RUN} {where}", values).fetchall():
                number, scope, environment, subject, name, template, region, digest, *rest = row
                message, made, failed_of, *moments = rest
                yield Run(
                    number,
                    Key(scope, environment, subject),
                    name,
                    template,
                    region,
                    digest,
                    json.loads(message),
                    datetime.fromisoformat(made),
                    failed_of,
                    *map(_moment, moments),
                )

    def _read(self, number: int) -> Batch:
        row = self._database.execute(
            "SELECT id, numbers, contents, tries FROM batch WHERE id = ?", (number,)
        ).fetchone()
        return Batch.read(*row)

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self.path)


@contextmanager
def open_ledger_to_read(path: Path) -> Iterator[LedgerReader | None]:
    """Open the file if there is one; nothing is made or locked, an older one is read as the next run will.

    Raises:
        SmsconfError: it cannot be read.
    """
    if not os.path.lexists(path):
        yield None
        return
    with explained(path):
        database = connect(path, read_only=True, timeout=30)
    try:
        with explained(path):
            (version,) = database.execute("PRAGMA user_version").fetchone()
            if version in STEPS:
                older, database = database, sqlite3.connect(":memory:", isolation_level=None)
                with closing(older):
                    older.backup(database)
                for number in range(version, VERSION):
                    STEPS[number](database)
                database.executescript(SCHEMA)
        yield LedgerReader(path, database) if version and version <= VERSION else None
    finally:
        database.close()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def stamp(moment: datetime) -> str:
    """Write a moment as the ledger keeps it: UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


_DAMAGE = (sqlite3.Error, OSError, ValueError, TypeError, OverflowError)


def explained(path: Path, kinds: tuple[type[Exception], ...] = _DAMAGE) -> AbstractContextManager[None]:
    """Turn what SQLite, the disk and a damaged row say into a sentence."""
    fix = _("make room and rights for it, then run the same command again")
    why = _("what is sent is noted there first; without it nothing is sent")
    return in_words(path, _("used"), fix, why, kinds)
