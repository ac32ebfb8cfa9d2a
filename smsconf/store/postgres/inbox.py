"""What came back, in the shared store: status reports and replies, and who reads replies from there.

Any number of receivers write at once; whoever is told 200 has a row on the disk. Nothing of a reply is
understood here. The database takes no NUL and no half of a character, and an index no entry of more than
2,700 bytes, so what is pushed is rid of the former, and what is too long for a key is replaced by its
digest: neither costs an opt-out.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

import psycopg

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.store.messages import Item, Received, Reply, Report
from smsconf.store.postgres.engine import Database
from smsconf.store.postgres.keys import lock_key

_LONGEST_KEY = 160  # characters
_KEYS = {"message_id", "status", "updated"}
_NOT_TAKEN = re.compile("[\0\ud800-\udfff]")
_REPORT = [one.name for one in fields(Report)]
_REPLY = [one.name for one in fields(Reply)]
_INTEGERS = {"sequence", "total", "copies"}


def _insert(table: str, columns: Sequence[str], conflict: str) -> str:
    """Return what adds many rows, given as JSON, at once, and counts those that are new."""
    names = ", ".join(f'"{name}"' for name in columns)
    kinds = ", ".join(f'"{name}" {"int" if name in _INTEGERS else "text"}' for name in columns)
    return f"""
WITH added AS (
  INSERT INTO {table} (scope, {names})
  SELECT %(scope)s, * FROM json_to_recordset(%(rows)s::json) AS came ({kinds})
  ON CONFLICT {conflict} RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new) FROM added
"""  # noqa: S608 - our own words


_ADD_REPORTS = _insert(
    "reports",
    ["received", *_REPORT, "copies"],
    "(message_id, sequence, status, coalesce(updated, '')) DO UPDATE"
    " SET copies = reports.copies + excluded.copies",
)
_ADD_REPLIES = _insert("replies", ["received", *_REPLY], "(scope, message_id) DO NOTHING")
_TURN = "SELECT pg_advisory_xact_lock(%(key)s)"
_SAID = 'SELECT number, received, message_id, sender, "to", body, created FROM replies WHERE scope = %s'
_NEWS = f"{_SAID} AND number > %s ORDER BY number"
_ONE = f"{_SAID} AND number = %s"
_PROBES = (
    (
        "INSERT INTO reports (scope, received, message_id, sequence, total, status)"
        " SELECT '', '', '', 0, 0, '' WHERE false"
    ),
    (
        'INSERT INTO replies (scope, received, message_id, sender, "to", body)'
        " SELECT '', '', '', '', '', '' WHERE false"
    ),
    "INSERT INTO document VALUES ('', 'probe', '') ON CONFLICT (scope, kind) DO UPDATE SET content = ''",
)
Row = tuple[Any, ...]
Result = TypeVar("Result")


class Connected:
    """One connection, made when it is needed, and anew when it is lost. Calls must take turns."""

    def __init__(self, database: Database, done: str) -> None:
        """Take a database and what could not be done with it, in words."""
        self._database = database
        self._done = done
        self._connection: psycopg.Connection | None = None

    def _do(self, work: Callable[[psycopg.Connection], Result]) -> Result:
        """Do something in the database; once more on a new connection if an old one is of no use.

        Raises:
            SmsconfError: the database is away, or does not let us.
        """
        self._database.check_version()
        if self._connection is not None:
            try:
                return self._try(work)
            except SmsconfError:
                pass
        return self._try(work)

    def _try(self, work: Callable[[psycopg.Connection], Result]) -> Result:
        try:
            with self._database.in_words(self._done):
                if self._connection is None:
                    self._connection = self._database.open(autocommit=True)
                    self._begin()
                return work(self._connection)
        except BaseException:
            self.close()
            raise

    def _begin(self) -> None:
        """Be told of a new connection."""

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


class Inbox(Connected):
    """What came back for one account, to be written. One connection: calls must take turns."""

    def __init__(self, database: Database, scope: str) -> None:
        """Take a database and an account; nothing is connected yet."""
        super().__init__(database, _("written"))
        self._scope = scope

    @property
    def place(self) -> str:
        """Return the database, for people."""
        return self._database.place

    def add(self, items: Sequence[Item], now: datetime) -> int:
        """Store what arrived, all of it or nothing, and wait until it is on the disk.

        Returns how many of them were not known yet. What an old connection was lost with is stored on a new
        one: what is there already counts once.

        Raises:
            SmsconfError: nothing can be written.
            Exception: these items cannot be.
        """
        came = [(one, now) for one in items]

        def write(connection: psycopg.Connection) -> int:
            with connection.transaction():
                return add_received(connection, self._scope, came)

        return self._do(write)

    def probe(self) -> None:
        """Write as something would be written, and nothing that came from anybody.

        Raises:
            SmsconfError: it cannot be.
        """

        def write(connection: psycopg.Connection) -> None:
            with connection.transaction():
                for statement in _PROBES:
                    connection.execute(statement)

        self._do(write)


class ReplyFeed(Connected):
    """Replies to an account; see :class:`~smsconf.store.interfaces.ReplyFeed`."""

    def __init__(self, database: Database, scope: str) -> None:
        """Take a database and an account; nothing is connected yet."""
        super().__init__(database, _("read"))
        self._scope = scope
        self._last = 0

    def _begin(self) -> None:
        self._last = 0  # the server may be another one by now, with less in it: all of it is read anew

    def news(self) -> Iterator[tuple[int, Received[Reply]]]:
        """Yield the replies that arrived since the last call, each with the number of its row.

        Raises:
            SmsconfError: the database is away.
        """
        asked = self._do(lambda one: one.execute(_NEWS, (self._scope, self._last)).fetchall())
        for number, *row in asked:
            yield number, received_reply(row)
            self._last = number

    def reply(self, number: int) -> Received[Reply] | None:
        """Return one reply.

        Raises:
            SmsconfError: the database is away.
        """
        row = self._do(lambda one: one.execute(_ONE, (self._scope, number)).fetchone())
        return None if row is None else received_reply(row[1:])


def received_reply(row: Sequence[Any]) -> Received[Reply]:
    """Return a reply from its columns, the moment of its arrival first."""
    return Received(Reply(*row[1:]), datetime.fromisoformat(row[0]))


def received_report(row: Sequence[Any]) -> Received[Report]:
    """Return a report from its columns, the moment of its arrival first."""
    return Received(Report(*row[1:]), datetime.fromisoformat(row[0]))


def add_received(connection: psycopg.Connection, scope: str, came: Sequence[tuple[Item, datetime]]) -> int:
    """Add what came back for an account, and when, in a transaction; return how much of it is new."""
    reports = _once([_row(_REPORT, item, at) for item, at in came if isinstance(item, Report)])
    replies = [_row(_REPLY, item, at) for item, at in came if isinstance(item, Reply)]
    new = 0
    if replies:
        # their numbers come in the order of commits: who remembers the last that it read misses none
        connection.execute(_TURN, {"key": lock_key("replies", scope)})
        new += _add(connection, _ADD_REPLIES, scope, ["received", *_REPLY], replies)
    if reports:
        new += _add(connection, _ADD_REPORTS, scope, ["received", *_REPORT, "copies"], reports)
    return new


def _add(
    connection: psycopg.Connection, statement: str, scope: str, names: Sequence[str], rows: Sequence[Row]
) -> int:
    objects = json.dumps([dict(zip(names, row, strict=True)) for row in rows])
    row = connection.execute(statement, {"scope": scope, "rows": objects}).fetchone()
    return int(row[0]) if row else 0


def _once(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of reports, each once and with how often it came, by message.

    Two receivers that add the same ones in different orders would wait for each other. About one message
    they stay in the order of arrival, which decides between equals.
    """
    found: dict[Row, list[Any]] = {}
    for row in rows:
        _received, message_id, status, sequence, _total, _source, updated, *_rest = row
        found.setdefault((message_id, sequence, status, updated or ""), [*row, 0])[-1] += 1
    return sorted(map(tuple, found.values()), key=itemgetter(1))


def _row(names: Sequence[str], item: Item, at: datetime) -> Row:
    """Return when something came and its fields, as the database takes them."""
    return (_stamp(at), *map(_taken, names, attrgetter(*names)(item)))


@lru_cache
def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _taken(name: str, value: object) -> object:
    """Return a value as the database takes it."""
    if not isinstance(value, str):
        return value
    text = value if value.isascii() and "\0" not in value else _NOT_TAKEN.sub("", value)
    return hashlib.sha256(text.encode()).hexdigest() if name in _KEYS and len(text) > _LONGEST_KEY else text
