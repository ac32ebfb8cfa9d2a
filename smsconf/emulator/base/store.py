"""Keep the emulator's state in one SQLite file that several processes may use at a time.

No rule of the service is here, only rows. Every request is one ``BEGIN IMMEDIATE`` transaction, so nothing is
remembered between two requests. Column names follow the answers documented on sms_05_0022 to _0043.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from smsconf.emulator.base.tables import SCHEMA, VERSION
from smsconf.own_files import connect

Row = dict[str, Any]
BUSY_SECONDS = 30.0
# What is wrong with the file and not with a statement → what a person does about it.
FIXES = {
    sqlite3.SQLITE_FULL: "make room on the disk",
    sqlite3.SQLITE_IOERR: "make room on the disk, or look after it",
    sqlite3.SQLITE_READONLY: "make the file and its folder writable",
    sqlite3.SQLITE_CANTOPEN: "make the file and its folder readable and writable",
    sqlite3.SQLITE_PERM: "make the file and its folder writable",
    sqlite3.SQLITE_BUSY: "end the program that holds it",
    sqlite3.SQLITE_LOCKED: "end the program that holds it",
    sqlite3.SQLITE_CORRUPT: "delete it, or name another file",
    sqlite3.SQLITE_NOTADB: "name another file",
}


class StoreError(ValueError):
    """The file cannot be used; the message names it and says why, ``fix`` what to do."""

    def __init__(self, database: str | Path, why: object, fix: str) -> None:
        super().__init__(f"{database}: {why}")
        self.fix = fix


class Store:
    """One connection to the file; use it inside :meth:`transaction` only.

    Raises:
        StoreError: the file is no database, or one of another version, or can not be written.
    """

    def __init__(self, database: str | Path) -> None:
        self.database = database
        self.writer: int | None = None
        with self._named_trouble():
            self.connection = _connect(database)
            try:
                self._open()
            except BaseException:
                self.connection.close()
                raise

    def _open(self) -> None:
        self.connection.execute("BEGIN")  # others may be making the tables
        self._version()
        self.connection.execute("COMMIT")
        self._use_wal()
        self.connection.execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            self._create()

    def _use_wal(self) -> None:
        """Switch the file to a write-ahead log; SQLite does not wait for others here, so we do."""
        deadline = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                self.connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
            else:
                return

    def _version(self) -> int:
        """Return the version of the file, 0 if there is nothing in it; a foreign one is not touched."""
        (version,) = self.connection.execute("PRAGMA user_version").fetchone()
        if version not in (0, VERSION):
            why = f"made by another version of the emulator ({version})"
            raise StoreError(self.database, why, "delete it, or name another file")
        tables = self._tables()
        foreign = "meta" not in tables if version else tables
        if foreign:
            raise StoreError(self.database, "not a database of the emulator", "name another file")
        return int(version)

    def _tables(self) -> set[str]:
        return {row["name"] for row in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}

    def _create(self) -> None:
        if self._version() == 0:
            for statement in SCHEMA.split(";\n"):
                self.connection.execute(statement)
            self.connection.execute(f"PRAGMA user_version = {VERSION}")
        if not self.database_id:
            self._name_database()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the file for one request: commit at the end, roll back on an exception."""
        with self._named_trouble():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def savepoint(self, *, keep: bool = True) -> Iterator[None]:
        """Undo what is done inside on an exception, or in any case with ``keep=False``."""
        with self._named_trouble():
            self.connection.execute("SAVEPOINT inner_step")
            try:
                yield
            except BaseException:
                keep = False
                raise
            finally:
                # A full disk may have ended the whole transaction already.
                if self.connection.in_transaction:
                    if not keep:
                        self.connection.execute("ROLLBACK TO inner_step")
                    self.connection.execute("RELEASE inner_step")

    @contextmanager
    def _named_trouble(self) -> Iterator[None]:
        """Turn trouble with the file into one line that names it; mistakes of ours stay what they are."""
        try:
            yield
        except sqlite3.Error as error:
            fix = FIXES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # the lower byte is the kind
            if fix is None:
                raise
            raise StoreError(self.database, error, fix) from error
        except IsADirectoryError as error:
            raise StoreError(self.database, "it is a folder", "name a file in it") from error
        except OSError as error:
            fix = "name another file, in a folder that you can write to"
            raise StoreError(self.database, error.strerror or error, fix) from error

    def reset(self) -> None:
        """Forget everything but the site and the counter of requests, as in a new file; its id is new too."""
        for table in self._tables() - {"meta"}:
            self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - the file's own tables
        self.connection.execute("DELETE FROM meta WHERE name NOT IN ('requests', 'site')")
        self._name_database()

    @property
    def database_id(self) -> str:
        """What tells this database from every other one: ids of objects repeat, this one never does."""
        return self.meta("database", "")

    def _name_database(self) -> None:
        self.set_meta("database", secrets.token_hex(8))

    def belong_to(self, site: str) -> None:
        """Make the file one of this site: statuses of two sites do not mix.

        Raises:
            StoreError: it is one of another site already.
        """
        made_for = self.meta("site", "")
        if made_for not in {"", site}:
            why = f"made for the site {made_for}, not {site}"
            raise StoreError(self.database, why, "delete it, or name another file")
        if not made_for:
            self.set_meta("site", site)

    def meta(self, name: str, default: str) -> str:
        """Return a single stored value."""
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else default

    def set_meta(self, name: str, value: str) -> None:
        """Store a single value."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def count_request(self) -> int:
        """Return the number of this request; it goes on counting over a reset."""
        row = self.connection.execute(
            "INSERT INTO meta VALUES ('requests', '1') ON CONFLICT DO UPDATE SET value = value + 1"
            " RETURNING value"
        ).fetchone()
        return int(row[0])

    def record(self, values: Mapping[str, Any], keep: int) -> None:
        """Add a line to the journal of requests, and now and then forget what is older than ``keep``."""
        number = self._insert("request", values)
        if number % 1000 == 0:
            self.connection.execute("DELETE FROM request WHERE seq <= ?", (number - keep,))

    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[Row]:
        """Run a query and return its rows as dictionaries."""
        cursor = self.connection.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def next_number(self, kind: str) -> int:
        """Return the number the next row of a kind will get; numbers are never used twice."""
        sql = "SELECT coalesce(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = ?"
        return int(self.connection.execute(sql, (kind,)).fetchone()[0])

    def get(self, kind: str, remote_id: str) -> Row | None:
        """Return one row of a kind with what its view joins to it."""
        return next(iter(self.find(kind, {"id": remote_id})), None)

    def find(self, kind: str, equal: Mapping[str, Any]) -> list[Row]:
        """Return the rows whose columns equal these values, oldest first."""
        where, values = _where(equal)
        return self.rows(f"SELECT * FROM {kind}_row{where} ORDER BY seq", values)  # noqa: S608 - our names

    def count(self, table: str, equal: Mapping[str, Any]) -> int:
        """Return how many rows of a table or view have these values."""
        where, values = _where(equal)
        return int(self.connection.execute(f"SELECT count(*) FROM {table}{where}", values).fetchone()[0])  # noqa: S608

    def page(
        self, kind: str, equal: Mapping[str, Any], *, descending: bool, limit: int, offset: int
    ) -> tuple[list[Row], int]:
        """Return one page in order of creation, and the number of all matches."""
        where, values = _where(equal)
        way = "DESC" if descending else "ASC"
        order = f"ORDER BY create_time {way}, seq {way} LIMIT ? OFFSET ?"
        rows = self.rows(f"SELECT * FROM {kind}_row{where} {order}", [*values, limit, offset])  # noqa: S608
        return rows, self.count(f"{kind}_row", equal)

    def insert(self, kind: str, values: Mapping[str, Any]) -> None:
        """Add a row."""
        self._remember(kind, str(values["id"]))
        self._insert(kind, values)

    def add_batch(
        self, values: Mapping[str, Any], messages: Sequence[tuple[str, str | None, str | None]]
    ) -> int:
        """Add one text to many numbers, each with outcome and date of its own if it has any.

        Returns the number of the first message; the others follow without gaps.
        """
        first = int(self.connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM message").fetchone()[0])
        batch = self._insert("batch", {**values, "first": first, "size": len(messages)})
        self.connection.executemany(
            f"INSERT INTO message (batch, recipient, outcome, due) VALUES ({batch}, ?, ?, ?)",  # noqa: S608
            messages,
        )
        return first

    def update(self, kind: str, remote_id: str, values: Mapping[str, Any]) -> None:
        """Change columns of a row."""
        self._remember(kind, remote_id)
        sets = ", ".join(f"{name} = ?" for name in values)
        self.connection.execute(f"UPDATE {kind} SET {sets} WHERE id = ?", [*values.values(), remote_id])  # noqa: S608

    def delete(self, kind: str, remote_id: str) -> None:
        """Remove a row."""
        self._remember(kind, remote_id)
        self.connection.execute(f"DELETE FROM {kind} WHERE id = ?", (remote_id,))  # noqa: S608

    def rewind(self, kind: str) -> None:
        """Put a kind's rows back to what they were before the last request that wrote any of them."""
        for row in self.rows("SELECT id, before FROM undo WHERE kind = ?", (kind,)):
            self.connection.execute(f"DELETE FROM {kind} WHERE id = ?", (row["id"],))  # noqa: S608
            if row["before"] is not None:
                self._insert(kind, json.loads(row["before"]))

    def _insert(self, table: str, values: Mapping[str, Any]) -> int:
        marks = ", ".join("?" * len(values))
        cursor = self.connection.execute(
            f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})",  # noqa: S608 - our names
            list(values.values()),
        )
        return cursor.lastrowid or 0

    def _remember(self, kind: str, remote_id: str) -> None:
        """Keep the row as it was before the present request, unless the reviewer is at work."""
        if self.writer is None:
            return
        self.connection.execute("DELETE FROM undo WHERE kind = ? AND request <> ?", (kind, self.writer))
        before = self.rows(f"SELECT * FROM {kind} WHERE id = ?", (remote_id,))  # noqa: S608 - our names
        self.connection.execute(
            "INSERT OR IGNORE INTO undo VALUES (?, ?, ?, ?)",
            (kind, remote_id, self.writer, json.dumps(before[0]) if before else None),
        )


def _connect(database: str | Path) -> sqlite3.Connection:
    known: Mapping[str, Any] = {"timeout": BUSY_SECONDS, "isolation_level": None, "check_same_thread": False}
    if str(database) == ":memory:":
        memory: sqlite3.Connection = sqlite3.connect(":memory:", **known)
        return memory
    return connect(Path(database), make=True, **known)


def site_of(database: str | Path) -> str | None:
    """Return the site a file was made for, ``None`` if nobody has used it yet.

    Raises:
        StoreError: as for :class:`Store`.
    """
    with closing(Store(database)) as store, store.transaction():
        return store.meta("site", "") or None


def copy_database(database: Path, target: Path) -> None:
    """Put a copy of a file in the place of another, with all that it knows.

    Raises:
        StoreError: as for :class:`Store`.
    """
    store, copy = Store(database), Store(target)
    with closing(store), closing(copy):
        store.connection.backup(copy.connection)


def _where(equal: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """Return a WHERE clause; a key may end in an operator (``create_time >=``)."""
    if not equal:
        return "", []
    tests = [name + " ?" if " " in name else name + " = ?" for name in equal]
    return " WHERE " + " AND ".join(tests), list(equal.values())
