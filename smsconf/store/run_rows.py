"""Bulk runs read with the statements that both homes of the store understand. Nothing is written here.

A home says how a statement is run, what is its own among the rows, and how an error reads.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, ClassVar

from smsconf.store.runs import COUNTED, Batch, Key, Run, State, Tally

_OPEN = """
SELECT 1 FROM batch JOIN run ON run.id = batch.run
WHERE run.id = :run AND state = 'ready' AND finished IS NULL LIMIT 1
"""
_RUN = """
SELECT id, scope, environment, subject, name, template, region, digest, message, made, failed_of, agreed,
       begun, finished FROM run
"""
_OF_KEY = """
agreed IS NOT NULL AND subject = :subject
AND (scope IS NULL OR scope = :scope AND coalesce(environment, '') = :environment)
ORDER BY id DESC
"""
_DOUBTFUL = """
SELECT batch.id, coalesce(at, made) FROM batch JOIN run ON run.id = batch.run
WHERE run = :run AND state = 'uncertain' ORDER BY batch.id
"""
_REFUSED = """
SELECT status, count(*) FROM message JOIN batch ON batch.id = message.batch
WHERE run = :run AND status <> '000000' GROUP BY status ORDER BY 2 DESC, 1
"""
_TOLD = "SELECT number FROM message JOIN batch ON batch.id = message.batch WHERE run = :run"
_IN_DOUBT = "SELECT numbers FROM batch WHERE run = :run AND state IN ('sending', 'uncertain', 'assumed')"

Row = tuple[Any, ...]


class RunRows(ABC):
    """Reads runs; see :class:`~smsconf.store.interfaces.RunReader` for what the methods say."""

    OWN: ClassVar[str] = "1 = 1"
    """The condition of the runs that are this project's."""

    @abstractmethod
    def _rows(self, statement: str, /, **values: object) -> list[Row]:
        """Run a statement with named values and return its rows."""

    @abstractmethod
    def _explained(self) -> AbstractContextManager[None]:
        """Turn what the home and a damaged row say into a sentence."""

    def find(self, number: int) -> Run | None:
        """Return a run by its number."""
        return next(self._runs("id = :number", number=number), None)

    def runs(self) -> list[Run]:
        """Return every run that somebody agreed to, the newest first."""
        return list(self._runs("agreed IS NOT NULL ORDER BY id DESC"))

    def runs_of(self, key: Key) -> list[Run]:
        """Return the agreed runs of a key, the newest first; those without a scope are everybody's."""
        return list(
            self._runs(_OF_KEY, subject=key.subject, scope=key.scope, environment=key.environment or "")
        )

    def is_open(self, run: Run) -> bool:
        """Tell whether numbers of a run wait for their request."""
        with self._explained():
            return bool(self._rows(_OPEN, run=run.id))

    def is_on_way(self, run: Run) -> bool:
        """Tell whether requests of a run may have left whose answers somebody waits for."""
        with self._explained():
            asked = "SELECT 1 FROM batch WHERE run = :run AND state = 'sending' LIMIT 1"
            return bool(self._rows(asked, run=run.id))

    def summary(self, run: Run) -> dict[str, Any]:
        """Return what was noted about a run when it was made."""
        with self._explained():
            ((text,),) = self._rows("SELECT summary FROM run WHERE id = :run", run=run.id)
            noted: dict[str, Any] = json.loads(text)
            return noted

    def tally(self, run: Run) -> Tally:
        """Count where the messages of a run stand."""
        with self._explained():
            asked = "SELECT state, sum(size) FROM batch WHERE run = :run GROUP BY state"
            counts: dict[str, int] = {}
            for state, size in self._rows(asked, run=run.id):
                word = COUNTED[State(state)]
                counts[word] = counts.get(word, 0) + int(size)
            refused = {str(status): int(count) for status, count in self._rows(_REFUSED, run=run.id)}
        return Tally(statuses=refused, **counts)

    def doubtful(self, run: Run) -> list[tuple[Batch, datetime]]:
        """Return the uncertain batches, and when each was to be sent (UTC)."""
        with self._explained():
            rows = self._rows(_DOUBTFUL, run=run.id)
            return [(self._read(number), datetime.fromisoformat(at)) for number, at in rows]

    def touched(self, run: Run) -> set[str]:
        """Return the numbers of a run that a request may have left for."""
        with self._explained():
            told = {str(number) for (number,) in self._rows(_TOLD, run=run.id)}
            return told.union(*(numbers.split(",") for (numbers,) in self._rows(_IN_DOUBT, run=run.id)))

    def first_values(self, run: Run, count: int) -> list[tuple[str, ...] | None]:
        """Return what the first numbers that wait get; ``None`` where all get the same."""
        asked = "SELECT id FROM batch WHERE run = :run AND state = 'ready' ORDER BY id LIMIT :count"
        found: list[tuple[str, ...] | None] = []
        with self._explained():
            for (number,) in self._rows(asked, run=run.id, count=count):
                batch = self._read(number)
                found += batch.values or [None] * len(batch.numbers)
        return found[:count]

    def _runs(self, where: str, **values: object) -> Iterator[Run]:
        with self._explained():
            for row in self._rows(f"{_RUN} WHERE {self.OWN} AND {where}", **values):
                number, scope, environment, subject, name, template, region, digest, *rest = row
                message, made, failed_of, *moments = rest
                yield Run(
                    number,
                    Key(scope, environment, subject),
                    name,
                    template,
                    region,
                    digest,
                    json.loads(message),
                    datetime.fromisoformat(made),
                    failed_of,
                    *(one and datetime.fromisoformat(one) for one in moments),
                )

    def _read(self, number: int) -> Batch:
        ((_id, numbers, contents, tries),) = self._rows(
            "SELECT id, numbers, contents, tries FROM batch WHERE id = :number", number=number
        )
        return Batch.read(number, numbers, contents, tries)
