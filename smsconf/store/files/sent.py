"""Which messages were handed over, so that receipts can say what became of them.

What ``send`` sent is here, in a SQLite file of rows that are only ever added; it holds phone numbers, so
it is its owner's only. What ``bulk`` sent is read from its ledger.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from smsconf.language import _
from smsconf.own_files import connect
from smsconf.store.files.database import in_words, open_database, readable, transaction
from smsconf.store.messages import Sent
from smsconf.store.runs import ACCEPTED

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sent (
  message_id TEXT PRIMARY KEY, "to" TEXT NOT NULL, at TEXT NOT NULL, template TEXT NOT NULL, segments INTEGER,
  scope TEXT
) STRICT, WITHOUT ROWID
"""
_VERSION = 2
_STEPS = {1: lambda database: database.execute("ALTER TABLE sent ADD COLUMN scope TEXT")}
_SENT = """
SELECT message_id, "to", at, template, segments, scope FROM sent WHERE {one} ORDER BY message_id
"""
_LEDGER = """
SELECT message_id, number, at, template, name, batch, parts, {scope} FROM message
JOIN batch ON batch.id = message.batch JOIN run ON run.id = batch.run
WHERE status = ?1 AND message_id IS NOT NULL AND (?2 IS NULL OR run.id = ?2) AND {one}
ORDER BY message_id
"""


def add_sent(path: Path, messages: Iterable[Sent]) -> None:
    """Add messages to the file, which is made if there is none.

    Raises:
        SmsconfError: it cannot be written.
    """
    rows = [
        (one.message_id, one.to, one.at.astimezone(UTC).isoformat(), one.template, one.segments, one.scope)
        for one in messages
    ]
    if rows:
        with open_sent(path) as database, transaction(database):
            database.executemany("INSERT OR IGNORE INTO sent VALUES (?, ?, ?, ?, ?, ?)", rows)


def templates_sent(path: Path) -> frozenset[str]:
    """Return the templates of which messages are in the file; none if there is no file.

    Raises:
        SmsconfError: it cannot be read.
    """
    if not os.path.lexists(path):
        return frozenset()
    with open_sent(path) as database:
        return frozenset(one for (one,) in database.execute("SELECT DISTINCT template FROM sent"))


def read_sent(path: Path, message_id: str | None = None) -> Iterator[Sent]:
    """Yield every message of the file, or one, sorted by its id; nothing if there is no file.

    Raises:
        SmsconfError: it cannot be read.
    """
    if os.path.lexists(path):
        with open_sent(path) as database:
            asked = _SENT.format(one=_one(message_id))
            for found, to, at, template, segments, scope in database.execute(asked, {"one": message_id}):
                moment = datetime.fromisoformat(at)
                yield Sent(found, to, moment, template, segments=segments, scope=scope)


def read_ledger(path: Path, run: int | None = None, message_id: str | None = None) -> Iterator[Sent]:
    """Yield every message of a ledger that the service accepted, sorted by its id; none without a file.

    Reads beside a run at work, and a file of any version.

    Args:
        path: the ledger.
        run: only those of one run.
        message_id: only this one.

    Raises:
        SmsconfError: the file cannot be read.
    """
    if not os.path.lexists(path):
        return
    with in_words(path, _("read")), closing(connect(path, timeout=30)) as database, readable():
        columns = {name for (name,) in database.execute("SELECT name FROM pragma_table_info('run')")}
        scope = "run.scope" if "scope" in columns else "NULL"
        asked = _LEDGER.format(scope=scope, one=_one(message_id).replace(":one", "?3"))
        for found, number, at, *rest in database.execute(asked, (ACCEPTED, run, message_id)):
            template, name, batch, parts, account = rest
            moment = datetime.fromisoformat(at)
            yield Sent(
                found, f"+{number}" if number else "", moment, template, name, str(batch), parts, account
            )


def _one(message_id: str | None) -> str:
    """Return a condition that an index answers."""
    return ":one IS NULL" if message_id is None else "message_id = :one"


@contextmanager
def open_sent(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file, which is made if there is none.

    Raises:
        SmsconfError: it cannot be used.
    """
    fix = _("make room and rights for it; it holds what was sent, for receipts")
    with (
        in_words(path, _("used"), fix),
        closing(open_database(path, _SCHEMA, _VERSION, _STEPS)) as database,
        readable(),
    ):
        yield database
