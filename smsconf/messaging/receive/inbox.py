"""What came back: status reports and replies in a file, written before anybody is told that they arrived.

One SQLite file in WAL mode; every write is on the disk when it returns. Reports repeat and arrive in any
order: the same one counts once, and of two about the same part of a message the later one holds. It keeps
phone numbers of replies, because an opt-out is one, so the file is its owner's only.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from smsconf.errors import SmsconfError
from smsconf.language import _
from smsconf.messaging.database import open_database, transaction, unusable
from smsconf.messaging.receive.callbacks import Reply, Report

Item = Report | Reply

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
_REPORT = [one.name for one in fields(Report)]
_REPLY = [one.name for one in fields(Reply)]


@dataclass(frozen=True, slots=True)
class Received:
    """Something that arrived, and when it first did (our time, UTC)."""

    item: Item
    at: datetime


class Inbox:
    """The file. One connection: calls from several threads must take turns."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make it if there is none.

        Raises:
            SmsconfError: it cannot be opened, or is something else.
        """
        self.path = path
        with self._explained(_("opened")):
            self._database = open_database(path, _SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def add(self, items: Sequence[Item], now: datetime) -> None:
        """Store what arrived, all of it or nothing, and wait until it is on the disk.

        Raises:
            SmsconfError: it cannot be written.
        """
        stamp = now.astimezone(UTC).isoformat(timespec="milliseconds")
        with self._explained(_("written")), transaction(self._database):
            self._database.executemany(
                _insert("reports", _REPORT)
                + " ON CONFLICT (message_id, sequence, status, coalesce(updated, ''))"
                " DO UPDATE SET copies = copies + 1",
                [{**asdict(one), "received": stamp} for one in items if isinstance(one, Report)],
            )
            self._database.executemany(
                _insert("replies", _REPLY) + " ON CONFLICT (message_id) DO NOTHING",
                [{**asdict(one), "received": stamp} for one in items if isinstance(one, Reply)],
            )

    def reports(self) -> Iterator[Received]:
        """Yield every report once, in the order of arrival.

        Raises:
            SmsconfError: the file cannot be read.
        """
        yield from self._read("reports", _REPORT, Report, "number")

    def reports_by_message(self) -> Iterator[Received]:
        """Yield every report once, those about one message together, sorted by its id.

        Raises:
            SmsconfError: the file cannot be read.
        """
        yield from self._read("reports", _REPORT, Report, "message_id, number")

    def replies(self) -> Iterator[Received]:
        """Yield every reply once, in the order of arrival.

        Raises:
            SmsconfError: the file cannot be read.
        """
        yield from self._read("replies", _REPLY, Reply, "number")

    def _read(self, table: str, names: Sequence[str], kind: type[Item], order: str) -> Iterator[Received]:
        columns = ", ".join(f'"{name}"' for name in ["received", *names])
        with self._explained(_("read")):
            # table, columns and order are ours, never anybody's input
            for received, *values in self._database.execute(
                f"SELECT {columns} FROM {table} ORDER BY {order}"  # noqa: S608
            ):
                item = kind(**dict(zip(names, values, strict=True)))
                yield Received(item, datetime.fromisoformat(received))

    @contextmanager
    def _explained(self, done: str) -> Iterator[None]:
        """Turn what SQLite and the disk say into a sentence; ``done`` is what could not be done."""
        try:
            yield
        except (sqlite3.Error, OSError, ValueError, TypeError) as problem:
            fix = _("name another file with --database, or make room and rights for this one")
            raise unusable(self.path, done, problem, fix) from problem


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


def _insert(table: str, names: Iterable[str]) -> str:
    every = ["received", *names]
    columns, values = ", ".join(f'"{name}"' for name in every), ", ".join(f":{name}" for name in every)
    return f"INSERT INTO {table} ({columns}) VALUES ({values})"  # noqa: S608 - our own words


def latest(reports: Iterable[Received]) -> Mapping[tuple[str, int], Received]:
    """Return the report that holds for each part of each message: (message id, sequence) → report.

    A report that the service made up for want of one ("no report for 72 hours") yields to any of the network;
    else the later time of the service holds, and of equal ones the later arrival.
    """
    found: dict[tuple[str, int], Received] = {}
    for one in reports:
        report = one.item
        if isinstance(report, Report):
            key = (report.message_id, report.sequence)
            if key not in found or _rank(one) >= _rank(found[key]):
                found[key] = one
    return found


def _rank(one: Received) -> tuple[bool, str, datetime]:
    assert isinstance(one.item, Report)  # noqa: S101 - for the type checker: latest looked
    return (one.item.updated is not None, one.item.updated or "", one.at)
