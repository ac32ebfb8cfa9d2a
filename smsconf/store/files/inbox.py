"""What came back: status reports and replies in a file, written before anybody is told that they arrived.

One SQLite file in WAL mode; every write is on the disk when it returns, in the file that has the name then.
Reports repeat and arrive in any
order: the same one counts once, and of two about the same part of a message the later one holds. It keeps
phone numbers of replies, because an opt-out is one, so the file is its owner's only.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import asdict, fields
from datetime import UTC, datetime
from pathlib import Path

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.store.files.database import in_words, open_database, readable, transaction
from smsconf.store.messages import Item, Kind, Received, Reply, Report

_SCHEMA = """
CREATE TABLE IF NOT EXISTS reports (
  number INTEGER PRIMARY KEY,
  received TEXT NOT NULL,
  message_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  total INTEGER NOT NULL,
  status TEXT NOT NULL,
  source TEXT, updated TEXT, description TEXT, original_code TEXT, extend TEXT, "to" TEXT,
  copies INTEGER NOT NULL DEFAULT 1
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS one_report
  ON reports (message_id, sequence, status, coalesce(updated, ''));
CREATE TABLE IF NOT EXISTS replies (
  number INTEGER PRIMARY KEY,
  received TEXT NOT NULL,
  message_id TEXT NOT NULL UNIQUE,
  sender TEXT NOT NULL, "to" TEXT NOT NULL, body TEXT NOT NULL, created TEXT
) STRICT;
"""
_VERSION = 1
_REPORT = [one.name for one in fields(Report)]
_REPLY = [one.name for one in fields(Reply)]


class Inbox:
    """The file. One connection: calls from several threads must take turns."""

    def __init__(self, path: Path, check: Callable[[], None] = lambda: None) -> None:
        """Open the file, and make it if there is none; ``check`` refuses to write where nobody would read.

        Raises:
            SmsconfError: it cannot be opened, or is something else.
        """
        self.path = path
        self._check = check
        with self._explained(_("opened")):
            self._open()

    @property
    def place(self) -> str:
        """Return the path, for people."""
        return str(self.path)

    def close(self) -> None:
        """Close the file."""
        self.database.close()

    def add(self, items: Sequence[Item], now: datetime) -> int:
        """Store what arrived, all of it or nothing, and wait until it is on the disk.

        Returns how many of them were not known yet.

        A file that was deleted or replaced meanwhile is opened anew: nothing goes into one without a name.

        Raises:
            SmsconfError: nothing can be written.
            Exception: these items cannot be.
        """
        with self._explained(_("written")):
            for _attempt in range(2):
                if not self._is_in_place():
                    self._open_again()
                new = self._write(items, now)
                if self._is_in_place():
                    return new
        raise self._moved()

    def probe(self) -> None:
        """Write nothing to the file, as something would be written.

        Raises:
            SmsconfError: it cannot be written, or is not the one that has its name.
        """
        with self._explained(_("written")):
            if not self._is_in_place():
                raise self._moved()
            self._check()
            with transaction(self.database):  # a page goes to the disk, with what it held before
                self.database.execute(f"PRAGMA user_version = {_VERSION}")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody else from writing to the file.

        Raises:
            SmsconfError: it cannot be written.
        """
        with self._explained(_("written")), transaction(self.database):
            yield

    def reports(self, message_id: str | None = None) -> Iterator[Received[Report]]:
        """Yield every report once, or those about one message, sorted by its id.

        Raises:
            SmsconfError: the file cannot be read.
        """
        yield from self._read("reports", _REPORT, Report, "message_id, number", message_id)

    def replies(self) -> Iterator[Received[Reply]]:
        """Yield every reply once, in the order of arrival.

        Raises:
            SmsconfError: the file cannot be read.
        """
        yield from self._read("replies", _REPLY, Reply, "number")

    def _open(self) -> None:
        self.database = open_database(self.path, _SCHEMA, _VERSION)
        self._files = _identities(self.path)

    def _open_again(self) -> None:
        """Open the file that has the name now; where there is none it is made."""
        old, files = self.database, self._files
        with suppress(sqlite3.Error):  # what is in its log only belongs into the file, wherever that is now
            old.execute("PRAGMA wal_checkpoint")
        if files and _identities(self.path)[:1] == files[:1]:  # only its log is gone: what it held is saved
            old.close()
            self._files = ()
        self._open()
        old.close()

    def _is_in_place(self) -> bool:
        """Tell whether what was opened, file and log, is what has the name."""
        return _identities(self.path) == self._files

    def _moved(self) -> SmsconfError:
        return SmsconfError(
            _("{file} was deleted or replaced while it was in use").format(file=self.path),
            fix=_("put it back, or start smsconf receive again"),
        )

    def _write(self, items: Sequence[Item], now: datetime) -> int:
        stamp = now.astimezone(UTC).isoformat(timespec="milliseconds")
        with transaction(self.database):
            self._check()
            before = self._last()
            self.database.executemany(
                _insert("reports", _REPORT)
                + " ON CONFLICT (message_id, sequence, status, coalesce(updated, ''))"
                " DO UPDATE SET copies = copies + 1",
                [{**asdict(one), "received": stamp} for one in items if isinstance(one, Report)],
            )
            self.database.executemany(
                _insert("replies", _REPLY) + " ON CONFLICT (message_id) DO NOTHING",
                [{**asdict(one), "received": stamp} for one in items if isinstance(one, Reply)],
            )
            return self._last() - before

    def _last(self) -> int:
        """Return the last numbers of both tables, added: each new row has the next one."""
        last = "coalesce((SELECT max(number) FROM {table}), 0)"
        asked = f"SELECT {last.format(table='reports')} + {last.format(table='replies')}"
        return int(self.database.execute(asked).fetchone()[0])

    def _read(
        self, table: str, names: Sequence[str], kind: type[Kind], order: str, message_id: str | None = None
    ) -> Iterator[Received[Kind]]:
        columns = ", ".join(f'"{name}"' for name in ["received", *names])
        only = "" if message_id is None else "WHERE message_id = :message_id"
        with self._explained(_("read")), readable():
            # table, columns and order are ours, never anybody's input
            for received, *values in self.database.execute(
                f"SELECT {columns} FROM {table} {only} ORDER BY {order}",  # noqa: S608
                {"message_id": message_id},
            ):
                yield Received(kind(*values), datetime.fromisoformat(received))  # in the order of its fields

    def _explained(self, done: str) -> AbstractContextManager[None]:
        """Turn what SQLite and the disk say into a sentence; ``done`` is what could not be done."""
        fix = _("name another file with --database, or make room and rights for this one")
        return in_words(self.path, done, fix, values=False)


@contextmanager
def open_to_read(path: Path) -> Iterator[Inbox]:
    """Open a file that something was received into.

    Raises:
        SmsconfError: there is none, or it cannot be opened.
    """
    if not os.path.lexists(path):
        raise SmsconfError(
            _("nothing was received into {file}").format(file=path),
            why=_("status reports and replies are pushed by the service and kept by nobody else"),
            fix=_("run smsconf receive where the service reaches it, or name its file with --database"),
        )
    inbox = Inbox(path)
    try:
        yield inbox
    finally:
        inbox.close()


def _identities(path: Path) -> tuple[tuple[int, int] | None, ...]:
    """Return which files have the names of a database and of its log."""
    return tuple(_identity(one) for one in (path, path.with_name(f"{path.name}-wal")))


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _insert(table: str, names: Iterable[str]) -> str:
    every = ["received", *names]
    columns, values = ", ".join(f'"{name}"' for name in every), ", ".join(f":{name}" for name in every)
    return f"INSERT INTO {table} ({columns}) VALUES ({values})"  # noqa: S608 - our own words
