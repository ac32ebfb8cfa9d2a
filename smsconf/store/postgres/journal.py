"""The journal in the shared store: one row an entry, in the order in which they were committed.

It decides nothing. An entry is kept as the text of a line of the other home, so nothing of it is changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from heapq import merge
from typing import Any

from sqlalchemy import Connection, text

from smsconf.language import _
from smsconf.model.times import stamp
from smsconf.origin import UNKNOWN, Origin
from smsconf.store.entries.owner import VERSION, Entry, Owner
from smsconf.store.interfaces import JournalReading
from smsconf.store.postgres.engine import Database
from smsconf.store.postgres.keys import lock_key

_NEWER = "SELECT id, entry FROM journal WHERE project = :project AND id > :last ORDER BY id"
_ADD = """
INSERT INTO journal (project, scope, address, entry) VALUES (:project, :scope, :address, :entry)
"""
_TURN = text("SELECT pg_advisory_xact_lock(:key)")
_REMOVE = text("DELETE FROM journal WHERE project = :project")


class Journal:
    """The entries of one project; ``origin`` is where those come from that this process adds."""

    def __init__(
        self, database: Database, project: str, origin: Callable[[], Origin] = lambda: UNKNOWN
    ) -> None:
        self._database = database
        self._project = project
        self._origin = origin
        self._entries: tuple[Entry, ...] = ()
        self._last = 0

    def read(self) -> JournalReading:
        """Read every entry of the project, oldest first; only what is new comes from the database.

        Raises:
            SmsconfError: the database is away.
        """
        with self._database.begin(_("read")) as connection:
            known = {"project": self._project, "last": self._last}
            rows = connection.execute(text(_NEWER), known).all()
        if rows:
            self._entries += tuple(json.loads(entry) for _id, entry in rows)
            self._last = rows[-1][0]
        return JournalReading(self._entries)

    def append(self, now: datetime, owner: Owner, entry: Mapping[str, Any]) -> None:
        """Add one entry; it is on the disk when this returns.

        Raises:
            SmsconfError: it cannot be written, so nothing may be sent either.
        """
        whole = {"v": VERSION, "time": stamp(now), **owner._asdict(), **asdict(self._origin()), **entry}
        known = {key: value for key, value in whole.items() if value is not None}
        with self._database.begin(_("written")) as connection:
            add_entries(connection, self._project, [known])

    def take_older(self, now: datetime, owner: Owner) -> None:
        """Do nothing: every entry here names its account."""

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Keep other runs of the project, wherever they are, from recording the same at the same time.

        Raises:
            SmsconfError: the database is away.
        """
        with self._database.begin(_("locked")) as connection:
            connection.execute(_TURN, {"key": lock_key("turn", self._project, name)})
            yield


def add_entries(connection: Connection, project: str, entries: list[Entry]) -> None:
    """Add entries in a transaction; their ids come in the order in which transactions end.

    Whoever remembers the last id that it read would else miss one that was numbered before and ended later.
    """
    connection.execute(_TURN, {"key": lock_key("journal", project)})
    rows = [
        {
            "project": project,
            "scope": one.get("scope"),
            "address": one.get("address"),
            "entry": json.dumps(one),  # in ASCII: a text of the database takes no NUL and no half a character
        }
        for one in entries
    ]
    connection.execute(text(_ADD), rows)


def merge_entries(connection: Connection, project: str, entries: list[Entry]) -> int:
    """Add entries of another journal, each in its place by time; return how many are not there yet.

    The last word counts, and that of a folder may be older than what the store holds. Each of the two keeps
    its own order. Who reads on from an id reads all of them once more, and ends with the same.
    """
    connection.execute(_TURN, {"key": lock_key("journal", project)})
    rows = connection.execute(text(_NEWER), {"project": project, "last": 0}).all()
    there: list[Entry] = [json.loads(entry) for _id, entry in rows]
    known = {json.dumps(one, sort_keys=True) for one in there}
    new = [one for one in entries if json.dumps(one, sort_keys=True) not in known]
    if new:
        connection.execute(_REMOVE, {"project": project})
        add_entries(connection, project, list(merge(there, new, key=lambda one: str(one.get("time")))))
    return len(new)
