"""Files of ours that must not forget: SQLite, its owner's alone, on the disk when a write returns.

What is in them is their owners' business (``inbox``, ``ledger``, ``sent``), and so is what to tell people
when they cannot be used.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from smsconf.errors import SmsconfError
from smsconf.language import _

_PATIENCE = 30.0  # seconds for another process to finish its write


def open_database(path: Path, schema: str, version: int = 1) -> sqlite3.Connection:
    """Open a file, and make it if there is none; calls from several threads must take turns.

    Raises:
        SmsconfError: it was written by a newer version.
        sqlite3.Error, OSError: it cannot be opened, or is something else.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    database = sqlite3.connect(path, timeout=_PATIENCE, check_same_thread=False, isolation_level=None)
    try:
        _prepare(database, path, schema, version)
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
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _prepare(database: sqlite3.Connection, path: Path, schema: str, version: int) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    found = database.execute("PRAGMA user_version").fetchone()[0]
    if found not in (0, version):
        raise SmsconfError(
            _("{file} was written by a newer smsconf").format(file=path),
            fix=_("use that version, or another file"),
        )
    database.executescript(schema)
    database.execute(f"PRAGMA user_version = {version}")
