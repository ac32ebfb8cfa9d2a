"""How much the files hold, by account. Nothing is made or changed, and no number is read."""

from __future__ import annotations

import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from smsconf.language import N_, _
from smsconf.own_files import connect
from smsconf.store.entries.owner import Entry, scope_of, takers
from smsconf.store.files.database import in_words

_COUNTS: Mapping[str, Mapping[str, str]] = {
    "ledger": {
        N_("runs"): "SELECT scope, count(*) FROM run WHERE agreed IS NOT NULL GROUP BY scope",
        N_("messages"): (
            "SELECT scope, sum(size) FROM batch JOIN run ON run.id = batch.run"
            " WHERE agreed IS NOT NULL GROUP BY scope"
        ),
    },
    "sent": {N_("sent"): "SELECT scope, count(*) FROM sent GROUP BY scope"},
    "inbox": {
        N_("reports"): "SELECT NULL, count(*) FROM reports",
        N_("replies"): "SELECT NULL, count(*) FROM replies",
    },
}
"""File → what is counted → by scope; what came back is the folder's, whatever the account."""

Scopes = dict[str | None, dict[str, int]]


def count_entries(entries: tuple[Entry, ...]) -> Scopes:
    """Count the journal's entries by account."""
    taken = takers(entries)
    counts = Counter(scope_of(one, taken) for one in entries)
    return {scope: {N_("entries"): count} for scope, count in counts.items()}


def count_rows(state: Path, scopes: Scopes) -> Iterator[tuple[str, str]]:
    """Add what the databases hold to the counts by account; yield each file's name and version.

    Raises:
        SmsconfError: one cannot be read.
    """
    for name, questions in _COUNTS.items():
        path = state / f"{name}.db"
        if not os.path.lexists(path):
            continue
        with in_words(path, _("read")), closing(connect(path, read_only=True, timeout=30)) as database:
            yield name, str(database.execute("PRAGMA user_version").fetchone()[0])
            for what, question in questions.items():
                for scope, count in _asked(database, question):
                    if count:
                        scopes.setdefault(scope, {})[what] = int(count)


def _asked(database: sqlite3.Connection, question: str) -> list[tuple[str | None, int]]:
    try:
        return database.execute(question).fetchall()
    except sqlite3.OperationalError:  # an older file, which has no scope; the next use brings it up to date
        return []


def size_of(state: Path) -> int:
    """Return the bytes of everything in there."""
    return sum(one.lstat().st_size for one in state.rglob("*") if one.is_file()) if state.is_dir() else 0
