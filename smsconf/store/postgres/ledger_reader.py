"""What the database says of bulk runs, without changing it; beside everybody who sends them.

``ledger_maker`` and ``ledger_sender`` write.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import Any, ClassVar, Self

from psycopg import Cursor

from smsconf.language import _
from smsconf.model.errors import StoreUnusable
from smsconf.model.times import month_of
from smsconf.store.postgres.engine import Database
from smsconf.store.run_rows import Row, RunRows
from smsconf.store.runs import Key, Run, Spent

_DAMAGE = (ValueError, TypeError, KeyError)

_SPENT = """
SELECT coalesce(sum(size) FILTER (WHERE day >= :day), 0), coalesce(sum(size), 0) FROM traffic
WHERE scope IN (:scope, '') AND region = :region AND day >= :month
"""
_RECENT = """
INSERT INTO recent SELECT DISTINCT unnest(string_to_array(numbers, ','))::bigint
FROM batch JOIN run ON run.id = batch.run
WHERE project = :project AND scope = :scope AND environment IS NOT DISTINCT FROM :environment
  AND subject = :subject AND begun >= :since AND numbers <> ''
  AND state IN ('sending', 'sent', 'uncertain', 'assumed')
"""
_FAILED = """
SELECT batch.id, number, coalesce(word, status) FROM message JOIN batch ON batch.id = message.batch
LEFT JOIN undelivered USING (message_id)
WHERE run = :run AND number <> 0 AND (status <> '000000' OR word IS NOT NULL) ORDER BY batch.id
"""


class PostgresRunReader(RunRows):
    """The runs of a project, read in one session: calls from several threads must take turns."""

    OWN: ClassVar[str] = "project = :project"

    def __init__(self, database: Database, project: str) -> None:
        """Open a session of its own in a database; close it at the end, or use it in a ``with``.

        Raises:
            SmsconfError: the database is away, or its tables are of another version.
        """
        database.check_version()
        self._database = database
        self._project = project
        with self._explained():
            self._session = database.open(autocommit=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def spent(self, scope: str | None, region: str, now: datetime) -> Spent:
        """Count what the service may have taken of a region today and this month (UTC), of all runs."""
        days = {"day": stamp(now)[:10], "month": stamp(month_of(now))[:10]}
        with self._explained():
            ((day, month),) = self._rows(_SPENT, scope=scope or "", region=region, **days)
            return Spent(int(day), int(month))

    def recent(self, key: Key, since: datetime) -> Callable[[Iterable[str]], int]:
        """Return what counts those of some numbers whom runs of a key may have written to since a moment."""
        with self._explained():
            self._run("CREATE TEMP TABLE IF NOT EXISTS recent (number bigint PRIMARY KEY)")
            self._run("TRUNCATE recent")
            # each number once, whatever the batch
            found = self._run(_RECENT, **key._asdict(), since=stamp(since)).rowcount

        def count(numbers: Iterable[str]) -> int:
            asked = "SELECT count(*) FROM recent WHERE number = ANY (CAST(:numbers AS bigint[]))"
            with self._explained():
                ((many,),) = self._rows(asked, numbers=f"{{{','.join(numbers)}}}")
                return int(many)

        return count if found else lambda _numbers: 0

    def failed(
        self, run: Run, undelivered: Iterable[tuple[str, str]]
    ) -> Iterator[tuple[str, tuple[str, ...] | None, str]]:
        """Yield the numbers that were not reached, each with its own values and the status.

        ``undelivered`` are ids of messages that the service took, and what became of them.
        """
        with self._explained():
            self._run("CREATE TEMP TABLE IF NOT EXISTS undelivered (message_id text PRIMARY KEY, word text)")
            self._run("TRUNCATE undelivered")
            with self._session.cursor() as cursor:
                cursor.executemany(
                    "INSERT INTO undelivered VALUES (%s, %s) ON CONFLICT DO NOTHING", undelivered
                )
            rows = self._rows(_FAILED, run=run.id)
            for number, group in groupby(rows, key=itemgetter(0)):
                batch = self._read(number)
                places = {one: place for place, one in enumerate(batch.numbers)}
                for place, status in sorted((places[str(one)], status) for _batch, one, status in group):
                    values = None if batch.values is None else batch.values[place]
                    yield batch.numbers[place], values, status

    def _rows(self, statement: str, /, **values: object) -> list[Row]:
        return self._run(statement, **values).fetchall()

    def _run(self, statement: str, /, **values: object) -> Cursor[Any]:
        """Run a statement with named values, ``:project`` among them."""
        return self._session.execute(_named(statement), {"project": self._project, **values})

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn what the database and a damaged row say into a sentence."""
        try:
            with self._database.in_words(_("used")):
                yield
        except _DAMAGE as problem:
            raise StoreUnusable(
                _("the store, {place}, holds something else than it should: {problem}").format(
                    place=self._database.place, problem=problem
                ),
                why=_("somebody changed a row by hand, or it is damaged; nothing in it was changed"),
                fix=_("restore the database from a copy"),
            ) from problem


@lru_cache
def _named(statement: str) -> str:
    """Write a statement's named values as psycopg has them."""
    return re.sub(r"(?<![:\w]):(\w+)", r"%(\1)s", statement)


def stamp(moment: datetime) -> str:
    """Write a moment as the ledger keeps it: UTC, whole seconds."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
