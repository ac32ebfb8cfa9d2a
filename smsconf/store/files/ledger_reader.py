"""What the ledger says, without changing it: runs, where their messages stand, what counts for a threshold.

Reads beside a run at work. ``ledger`` writes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from smsconf.language import _
from smsconf.model.times import day_of, month_of
from smsconf.own_files import connect
from smsconf.store.files.database import in_words
from smsconf.store.files.ledger_tables import SCHEMA, STEPS, VERSION
from smsconf.store.run_rows import Row, RunRows
from smsconf.store.runs import SPENT, Key, Run, Spent

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
WHERE run = ? AND number <> 0 AND (status <> '000000' OR word IS NOT NULL)
ORDER BY batch.id, message.rowid
"""


class LedgerReader(RunRows):
    """The file, read. ``Ledger`` opens it to be written, :func:`open_ledger_to_read` only to be read."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database

    def _rows(self, statement: str, /, **values: object) -> list[Row]:
        return self._database.execute(statement, values).fetchall()

    def spent(self, scope: str | None, region: str, now: datetime) -> Spent:
        """Count what the service may have taken of a region today and this month (UTC), of all runs."""
        with self._explained():
            return Spent(*(self._traffic(scope, region, since(now)) for since in (day_of, month_of)))

    def _traffic(self, scope: str | None, region: str, since: datetime) -> int:
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

    @property
    def database(self) -> sqlite3.Connection:
        """The file, for what is done to all of it."""
        return self._database

    def stream(self, statement: str, /, **values: object) -> Iterator[Row]:
        """Yield what a statement of this home asks for.

        Raises:
            SmsconfError: the file cannot be read.
        """
        with self._explained():
            yield from self._database.execute(statement, values)

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


def stamp(moment: datetime) -> str:
    """Write a moment as the ledger keeps it: UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")


_DAMAGE = (sqlite3.Error, OSError, ValueError, TypeError, OverflowError)


def explained(path: Path, kinds: tuple[type[Exception], ...] = _DAMAGE) -> AbstractContextManager[None]:
    """Turn what SQLite, the disk and a damaged row say into a sentence."""
    fix = _("make room and rights for it, then run the same command again")
    why = _("what is sent is noted there first; without it nothing is sent")
    return in_words(path, _("used"), fix, why, kinds)
