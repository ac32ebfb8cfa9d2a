"""The tables of the ledger, and how a file of an older smsconf becomes one of this.

A run of version 1 names neither account nor environment and does not know its text, so it is never gone on
with: what was sent counts, the rest is uncertain. Of its list only the numbers are known. Since version 3
numbers may be purged: a batch has none then, a message the number 0.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Final

from smsconf.store.list_digest import ListDigest

VERSION: Final = 3
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS run (
  id INTEGER PRIMARY KEY, scope TEXT, environment TEXT, subject TEXT NOT NULL,
  name TEXT NOT NULL, template TEXT NOT NULL, region TEXT NOT NULL, digest TEXT NOT NULL,
  message TEXT NOT NULL, made TEXT NOT NULL, failed_of INTEGER,
  agreed TEXT, begun TEXT, finished TEXT, summary TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX IF NOT EXISTS run_key ON run (subject, environment, scope);
CREATE TABLE IF NOT EXISTS batch (
  id INTEGER PRIMARY KEY, run INTEGER NOT NULL, state TEXT NOT NULL, size INTEGER NOT NULL,
  numbers TEXT NOT NULL, contents TEXT, tries INTEGER NOT NULL DEFAULT 0, at TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS batch_state ON batch (run, state);
CREATE INDEX IF NOT EXISTS batch_at ON batch (at) WHERE at IS NOT NULL;
CREATE TABLE IF NOT EXISTS message (
  batch INTEGER NOT NULL, number INTEGER NOT NULL, message_id TEXT, status TEXT NOT NULL, parts INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS message_refused ON message (batch, status) WHERE status <> '000000';
CREATE INDEX IF NOT EXISTS message_by_id ON message (message_id) WHERE message_id IS NOT NULL;
"""

_RUNS = "SELECT id, name, template, region, started, summary FROM old_run"
_NUMBERS = """
SELECT number FROM message JOIN batch ON batch.id = message.batch WHERE run = ?1
UNION SELECT value FROM batch, json_each('[' || numbers || ']') WHERE run = ?1 AND numbers <> ''
"""


def numbers_digest(digest: str) -> str:
    """Mark a digest as one of numbers alone, their values unknown."""
    return f"numbers:{digest}"


def _from_1(database: sqlite3.Connection) -> None:
    database.execute("ALTER TABLE run RENAME TO old_run")
    for statement in SCHEMA.split(";\n")[:2]:
        database.execute(statement)
    for number, name, template, region, started, summary in database.execute(_RUNS).fetchall():
        digest = ListDigest()
        digest.add((str(one), ()) for (one,) in database.execute(_NUMBERS, (number,)))
        subject = name.split("#")[0].split(":")[0]
        database.execute(
            "INSERT INTO run (id, subject, name, template, region, digest, message, made, agreed, begun,"
            " summary) VALUES (?, ?, ?, ?, ?, ?, '{}', ?, ?, ?, ?)",
            (number, subject, name, template, region, numbers_digest(digest.hex()), *[started] * 3, summary),
        )
    database.execute("UPDATE batch SET state = 'uncertain' WHERE state IN ('ready', 'sending')")
    database.execute("DROP TABLE old_run")


def _from_2(_database: sqlite3.Connection) -> None:
    """Change nothing but the version: one that knows of no purge would send to the numbers that are gone."""


STEPS: Final[Mapping[int, Callable[[sqlite3.Connection], None]]] = {1: _from_1, 2: _from_2}
"""version → what makes the next one of it."""
