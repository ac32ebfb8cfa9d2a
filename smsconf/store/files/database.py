"""Files of ours that must not forget: SQLite, its owner's alone, on the disk when a write returns.

What is in them is their owners' business (``inbox``, ``ledger``, ``sent``). A file of an earlier version is
brought up to date when it is opened, and kept as a copy; one of a later version is refused.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from smsconf.language import _
from smsconf.model.errors import SmsconfError
from smsconf.own_files import connect, sync

Step = Callable[[sqlite3.Connection], None]
"""Brings the tables of one version to the next; ``execute`` only, since ``executescript`` commits."""

_PATIENCE = 30.0  # seconds for another process to finish its write
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_ABOUT_THE_FILE = (sqlite3.OperationalError, sqlite3.DatabaseError, sqlite3.InternalError)
_NAMES = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY rowid"


def open_database(
    path: Path, schema: str, version: int = 1, steps: Mapping[int, Step] | None = None
) -> sqlite3.Connection:
    """Open a file, and make it if there is none; calls from several threads must take turns.

    Args:
        path: the file; its folder is made too.
        schema: the tables and indexes of ``version``.
        version: what the file has, or is brought to.
        steps: version → what makes the next one of it. Before the first one the file is copied beside itself,
            as ``NAME.vVERSION.db``; all of them are one transaction.

    Raises:
        SmsconfError: it was written by a newer version, or holds something else; nothing was changed.
        sqlite3.Error, OSError: it cannot be opened, or is no database (``in_words`` says it to people).
    """
    database = connect(path, make=True, timeout=_PATIENCE, check_same_thread=False, isolation_level=None)
    try:
        _prepare(database, path, schema, version, steps or {})
    except BaseException:
        database.close()
        raise
    return database


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Write all of what is inside, or nothing; inside another one, it is a part of that."""
    if database.in_transaction:
        yield
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):  # a full disk may have ended it by itself
            database.execute("ROLLBACK")
        raise


@contextmanager
def in_words(
    path: Path,
    done: str,
    fix: str | None = None,
    why: str | None = None,
    kinds: tuple[type[Exception], ...] = (sqlite3.Error, OSError),
    *,
    values: bool = True,
) -> Iterator[None]:
    """Turn what SQLite and the disk say into a sentence; ``done`` is what could not be done with the file.

    A damaged file is another matter than a full disk: room does not mend it. ``fix`` and ``why`` are for all
    but damage. Without ``values``, an error of the values that were given stays what it is.
    """
    try:
        yield
    except kinds as problem:
        if not values and isinstance(problem, sqlite3.Error) and type(problem) not in _ABOUT_THE_FILE:
            raise
        broken = not isinstance(problem, OSError)  # what cannot be understood is, too
        if isinstance(problem, sqlite3.Error):
            broken = getattr(problem, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
        if broken:
            why = _("the file is damaged, or is none of ours; nothing in it was changed")
            fix = _("put it back from a copy, or move it away together with its -wal and -shm files")
        raise SmsconfError(
            _("{file} cannot be {done}: {problem}").format(file=path, done=done, problem=problem),
            why=why,
            fix=fix or _("make room and rights for it"),
        ) from problem


@contextmanager
def readable() -> Iterator[None]:
    """Take values that cannot be understood for what they are in a file of ours: damage."""
    try:
        yield
    except (ValueError, TypeError, sqlite3.OperationalError) as problem:
        if isinstance(problem, sqlite3.OperationalError) and "decode to UTF-8" not in str(problem):
            raise
        damage = sqlite3.DatabaseError(str(problem))
        damage.sqlite_errorcode = sqlite3.SQLITE_CORRUPT
        raise damage from problem


def _prepare(
    database: sqlite3.Connection, path: Path, schema: str, version: int, steps: Mapping[int, Step]
) -> None:
    found = _version(database, path, version, steps)
    complete = found in (0, version) and not _missing(database, path, schema)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    if complete and found == version:
        return  # nothing to write, so a reader waits for no writer
    with transaction(database):
        found = _version(database, path, version, steps)  # another process may have been faster
        if 0 < found < version:
            _keep_copy(path, found)
            for number in range(found, version):
                steps[number](database)
        for statement in _missing(database, path, schema):
            database.execute(statement)
        database.execute(f"PRAGMA user_version = {version}")


def _version(database: sqlite3.Connection, path: Path, version: int, steps: Mapping[int, Step]) -> int:
    """Return the version of a file.

    Raises:
        SmsconfError: it is a newer one, or none that leads to ours.
    """
    found = int(database.execute("PRAGMA user_version").fetchone()[0])
    if found > version:
        raise SmsconfError(
            _("{file} was written by a newer smsconf").format(file=path),
            fix=_("use that version, or another file"),
        )
    if found and not all(number in steps for number in range(found, version)):
        raise _stranger(path)
    return found


def _missing(database: sqlite3.Connection, path: Path, schema: str) -> list[str]:
    """Return what makes those of our tables and indexes that a file does not have.

    Raises:
        SmsconfError: it has others, or a table of ours has other columns.
    """
    with closing(sqlite3.connect(":memory:")) as model:
        model.executescript(schema)
        ours = {(kind, name): made for kind, name, made in model.execute(_NAMES)}
        there = {(kind, name) for kind, name, _made in database.execute(_NAMES)}
        tables = {name for kind, name in there if kind == "table"}
        if not there <= ours.keys() or any(_columns(model, one) != _columns(database, one) for one in tables):
            raise _stranger(path)
    return [made for one, made in ours.items() if one not in there]


def _columns(database: sqlite3.Connection, table: str) -> set[str]:
    return {str(name) for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", (table,))}


def _stranger(path: Path) -> SmsconfError:
    return SmsconfError(
        _("{file} holds something else than it should").format(file=path),
        why=_("its tables are not those that smsconf makes; nothing in it was changed"),
        fix=_("name another file, or move this one away"),
    )


def _keep_copy(path: Path, version: int) -> None:
    """Copy the file as it is, onto the disk, before it is changed.

    A connection of its own reads what is committed: one that writes must not be copied from.
    """
    copy = path.with_name(f"{path.stem}.v{version}{path.suffix}")
    made = copy.with_name(f".{copy.name}.{os.urandom(4).hex()}.tmp")
    try:
        with closing(connect(path)) as old, closing(connect(made, make=True)) as new:
            old.backup(new)
        sync(made)
        made.replace(copy)
        sync(copy.parent)
    except BaseException:
        made.unlink(missing_ok=True)
        raise
