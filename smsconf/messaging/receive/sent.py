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
from smsconf.messaging.database import open_database, transaction, unusable
from smsconf.messaging.receive.receipts import Sent
from smsconf.messaging.send.wire import ACCEPTED
from smsconf.own_files import connect

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sent (
  message_id TEXT PRIMARY KEY, "to" TEXT NOT NULL, at TEXT NOT NULL, template TEXT NOT NULL, segments INTEGER
) STRICT, WITHOUT ROWID
"""

_LEDGER = """
SELECT message_id, number, at, template, name, batch, parts FROM message
JOIN batch ON batch.id = message.batch JOIN run ON run.id = batch.run
WHERE status = ?1 AND message_id IS NOT NULL AND (?2 IS NULL OR run.id = ?2) ORDER BY message_id
"""


def add_sent(path: Path, messages: Iterable[Sent]) -> None:
    """Add messages to the file, which is made if there is none.

    Raises:
        SmsconfError: it cannot be written.
    """
    rows = [
        (one.message_id, one.to, one.at.astimezone(UTC).isoformat(), one.template, one.segments)
        for one in messages
    ]
    if rows:
        with _open(path) as database, transaction(database):
            database.executemany("INSERT OR IGNORE INTO sent VALUES (?, ?, ?, ?, ?)", rows)


def read_sent(path: Path) -> Iterator[Sent]:
    """Yield every message of the file, sorted by its id; nothing if there is no file.

    Raises:
        SmsconfError: it cannot be read.
    """
    if os.path.lexists(path):
        with _open(path) as database:
            for message_id, to, at, template, segments in database.execute(
                "SELECT * FROM sent ORDER BY message_id"
            ):
                yield Sent(message_id, to, datetime.fromisoformat(at), template, segments=segments)


def read_ledger(path: Path, run: int | None = None) -> Iterator[Sent]:
    """Yield every message of a ledger that the service accepted, sorted by its id; none without a file.

    ``run``: only those of one run.

    Reads beside a run at work.

    Raises:
        SmsconfError: the file cannot be read.
    """
    if not os.path.lexists(path):
        return
    try:
        with closing(connect(path, timeout=30)) as database:
            for message_id, number, at, *rest in database.execute(_LEDGER, (ACCEPTED, run)):
                template, name, batch, parts = rest
                moment = datetime.fromisoformat(at)
                yield Sent(message_id, f"+{number}", moment, template, name, str(batch), parts)
    except (sqlite3.Error, OSError, ValueError, TypeError) as problem:
        raise unusable(path, _("read"), problem) from problem


@contextmanager
def _open(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(open_database(path, _SCHEMA)) as database:
            yield database
    except (sqlite3.Error, OSError, ValueError, TypeError) as problem:
        fix = _("make room and rights for it; it holds what was sent, for receipts")
        raise unusable(path, _("used"), problem, fix) from problem
