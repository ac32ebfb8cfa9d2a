"""What a folder remembered, written into the shared store: all of it in one transaction, once.

Runs, batches and rows get numbers of this store. What there is already stays as it is; of what is read
nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC
from itertools import islice
from typing import Any, TypeVar

import psycopg
from sqlalchemy import Connection

from smsconf.language import _
from smsconf.store.entries.owner import Entry
from smsconf.store.messages import Received, Reply, Report, Sent
from smsconf.store.postgres.engine import Database
from smsconf.store.postgres.inbox import add_received
from smsconf.store.postgres.journal import merge_entries
from smsconf.store.postgres.keys import lock_key

Row = tuple[Any, ...]
One = TypeVar("One")

_ONCE = "INSERT INTO imported (source, project, at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING RETURNING at"
_BEFORE = "SELECT at FROM imported WHERE source = %s"
_ALONE = "SELECT pg_advisory_xact_lock(%s)"
_RUN = """
INSERT INTO run (project, scope, environment, subject, name, template, region, digest, message, made,
                 failed_of, agreed, begun, finished, summary)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id
"""
_NUMBERS = "SELECT nextval(pg_get_serial_sequence('smsconf.batch', 'id')) FROM generate_series(1, %s)"
_BATCHES = "COPY batch (id, run, state, size, numbers, contents, tries, at) FROM STDIN"
_MESSAGES = "COPY message (batch, number, message_id, status, parts) FROM STDIN"
_TURN = "SELECT pg_advisory_xact_lock_shared(%s)"
_TRAFFIC = """
INSERT INTO traffic (scope, region, day, sender, size) VALUES (%s, %s, %s, 0, %s)
ON CONFLICT (scope, region, day, sender) DO UPDATE SET size = traffic.size + excluded.size
"""
_SENT = """
INSERT INTO sent (message_id, project, scope, "to", at, template, segments)
VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (message_id) DO NOTHING
"""
_AT_ONCE = 5_000


class Importing:
    """A transaction that adds what a folder of a project remembered."""

    def __init__(self, connection: Connection, project: str) -> None:
        self._connection = connection
        self._project = project
        session = connection.connection.driver_connection
        assert isinstance(session, psycopg.Connection)  # noqa: S101 - for the type checker
        self._session = session

    def begin(self, source: str, at: str) -> str | None:
        """Note that a folder is imported now, and no other one of the project; return when it was before."""
        self._session.execute(_ALONE, (lock_key("import", self._project),))
        if self._session.execute(_ONCE, (source, self._project, at)).fetchone():
            return None
        row = self._session.execute(_BEFORE, (source,)).fetchone()
        return str(row[0]) if row else at

    def add_entries(self, entries: Sequence[Entry]) -> int:
        """Add entries of the journal, each in its place by time; return how many are not there yet."""
        return merge_entries(self._connection, self._project, list(entries))

    def add_run(
        self,
        run: Sequence[Any],
        numbers: Mapping[int, int],
        batches: Iterable[Row],
        messages: Iterable[Row],
    ) -> int:
        """Add a run with all that belongs to it; return its number here.

        Args:
            run: its columns without its number, in the order of the table.
            numbers: of the runs that were added before: there → here.
            batches: id, state, size, numbers, contents, tries, at.
            messages: batch, number, message id, status, parts.
        """
        columns = list(run)
        columns[9] = numbers.get(columns[9])  # the run whose failed numbers these are
        ((run_here,),) = self._session.execute(_RUN, (self._project, *columns)).fetchall()
        every = list(batches)
        places = self._session.execute(_NUMBERS, (len(every),)).fetchall()
        known = {one[0]: place for one, (place,) in zip(every, places, strict=True)}
        self._copy(_BATCHES, ((known[one], run_here, *rest) for one, *rest in every))
        self._copy(_MESSAGES, ((known[one], *rest) for one, *rest in messages))
        return int(run_here)

    def add_traffic(self, rows: Iterable[Row]) -> None:
        """Count what the service may have taken: account, region, day (UTC), messages."""
        for scope, region, day, size in sorted(rows):
            self._session.execute(_TURN, (lock_key("traffic", scope, region),))
            self._session.execute(_TRAFFIC, (scope, region, day, size))

    def add_sent(self, messages: Iterable[Sent]) -> int:
        """Add what was sent one by one; return how many there were."""
        count = 0
        for some in _chunks(messages):
            rows = [
                (
                    *(one.message_id, self._project, one.scope, one.to),
                    *(one.at.astimezone(UTC).isoformat(), one.template, one.segments),
                )
                for one in some
            ]
            with self._session.cursor() as cursor:
                cursor.executemany(_SENT, rows)
            count += len(rows)
        return count

    def add_received(self, scope: str, came: Iterable[Received[Report]] | Iterable[Received[Reply]]) -> int:
        """Add what came back for an account; return how much of it is new."""
        every = ((one.item, one.at) for one in came)
        return sum(add_received(self._session, scope, some) for some in _chunks(every))

    def _copy(self, statement: str, rows: Iterable[Row]) -> None:
        with self._session.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


@contextmanager
def importing(database: Database, project: str) -> Iterator[Importing]:
    """Add what a folder remembered, all of it or nothing.

    Raises:
        SmsconfError: the database is away, or does not let us.
    """
    with database.begin(_("written")) as connection:
        yield Importing(connection, project)


def _chunks(every: Iterable[One]) -> Iterator[list[One]]:
    rest = iter(every)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
