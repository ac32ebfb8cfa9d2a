"""Bulk runs made, agreed to, given up and settled in the database; made by whoever holds the account's lock.

Nothing is sent from here; senders go on meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from psycopg import Connection

from smsconf.language import _
from smsconf.model.errors import PlanRefused
from smsconf.store.interfaces import Lock
from smsconf.store.postgres.engine import Database
from smsconf.store.postgres.ledger_reader import stamp
from smsconf.store.postgres.ledger_writer import LedgerWriter
from smsconf.store.runs import MOVES, Move, Run, pack_values

_MAKE = """
INSERT INTO run (project, scope, environment, subject, name, template, region, digest, message, made,
                 failed_of)
VALUES (:project, :scope, :environment, :subject, :name, :template, :region, :digest, :message, :made,
        :failed_of) RETURNING id
"""
_DRAFTS = "agreed IS NULL AND scope IS NOT DISTINCT FROM :scope"
_COPY = "COPY batch (run, state, size, numbers, contents) FROM STDIN"
_MOVE = """
WITH moved AS (UPDATE batch SET state = :after WHERE run = :run AND state = :before AND numbers <> ''
  RETURNING size)
SELECT coalesce(sum(size), 0) FROM moved
"""
_ASSUME = """
WITH doubted AS (
  SELECT id, size, at FROM batch WHERE run = :run AND state = 'uncertain' FOR UPDATE
), moved AS (
  UPDATE batch SET state = :after, sender = NULL, at = CASE :after WHEN 'ready' THEN NULL ELSE batch.at END
  FROM doubted WHERE batch.id = doubted.id
)
SELECT left(at, 10), sum(size) FROM doubted GROUP BY 1
"""
_AT_ONCE = 100  # batches a COPY: what is asked of the runs while a list is read comes between


class PostgresRunMaker(LedgerWriter):
    """The runs of a project, to be made, under a lock, or decided about."""

    def __init__(self, database: Database, project: str, lock: Lock | None) -> None:
        """Take what a reader takes, and a lock that is held; what the dead left is uncertain from now on."""
        super().__init__(database, project)
        self._lock = lock
        try:
            self.doubt_the_dead()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def making(self, run: Run) -> Iterator[PostgresMaking]:
        """Make a draft of a run, whole or not at all; ``run.id`` does not count. Earlier drafts go.

        Raises:
            SmsconfError: it cannot be written.
        """
        with self.together():
            for draft in list(self._runs(_DRAFTS, scope=run.key.scope)):
                self._drop(draft)
            named = {"message": _json(run.message), "made": stamp(run.made), "failed_of": run.failed_of}
            named |= {name: getattr(run, name) for name in ("name", "template", "region", "digest")}
            ((number,),) = self._rows(_MAKE, **run.key._asdict(), **named)
            making = PostgresMaking(self._session, number)
            yield making
            making.flush()

    def agree(self, run: Run, now: datetime) -> None:
        """Note that somebody said that a run may be sent.

        Raises:
            SmsconfError: the lock was lost meanwhile, so another run may be made.
        """
        with self.together():
            done = self._run(
                "UPDATE run SET agreed = coalesce(agreed, :now) WHERE id = :run", now=stamp(now), run=run.id
            )
            if self._lock:
                self._lock.prove()
            if not done.rowcount:
                raise PlanRefused(
                    _("run {run} was called off or given up meanwhile").format(run=run.id),
                    fix=_("run the same command again"),
                )

    def call_off(self, run: Run) -> bool:
        """Forget a run of which nothing was sent; return whether that is so."""
        with self.together():
            self._run("SELECT FROM batch WHERE run = :run FOR UPDATE", run=run.id)  # nobody takes one now
            untouched = not self.tally(run).touched
            if untouched:
                self._drop(run)
                self._tell(run.id)
        return untouched

    def end(self, run: Run, now: datetime) -> int:
        """Give up what waits, also what senders give back from now on; return how many messages wait now."""
        with self.together():
            count = self._move_all(Move.END, run)
            self._run("UPDATE run SET finished = :now WHERE id = :run", now=stamp(now), run=run.id)
        return count

    def take_up(self, run: Run) -> None:
        """Go on with what was given up."""
        with self.together():
            self._move_all(Move.TAKE_UP, run)
            self._run("UPDATE run SET finished = NULL WHERE id = :run", run=run.id)

    def fix(self, run: Run, message: Mapping[str, Any]) -> None:
        """Note what a run is sent with; after its first request only another version of the same text."""
        with self.together():
            self._run("UPDATE run SET message = :message WHERE id = :run", message=_json(message), run=run.id)

    def rename(self, run: Run, name: str) -> Run:
        """Give a run another name for people; return it."""
        with self.together():
            self._run("UPDATE run SET name = :name WHERE id = :run", name=name, run=run.id)
        return replace(run, name=name)

    def assume(self, run: Run, *, sent: bool) -> int:
        """Settle every uncertain batch by a person's word; return how many messages that are.

        What was not sent waits, also where the rest was given up.
        """
        _before, after = MOVES[Move.ASSUME_SENT if sent else Move.ASSUME_NOT_SENT]
        count = 0
        with self.together():
            for day, size in self._rows(_ASSUME, run=run.id, after=after):
                count += int(size)
                if not sent:
                    self._spend(run, day, -int(size))
            if not sent:
                self._run("UPDATE run SET finished = NULL WHERE id = :run", run=run.id)
            self._tell(run.id)
        return count

    def _move_all(self, move: Move, run: Run) -> int:
        """Move every batch that can be; return how many messages that are."""
        before, after = MOVES[move]
        ((count,),) = self._rows(_MOVE, run=run.id, before=before, after=after)
        self._tell(run.id)
        return int(count)

    def _drop(self, run: Run) -> None:
        self._run("DELETE FROM run WHERE id = :run", run=run.id)  # its batches go along


class PostgresMaking:
    """A run being made: add its batches, then say what is to be noted about it."""

    def __init__(self, session: Connection, run: int) -> None:
        self._session = session
        self._waiting: list[tuple[object, ...]] = []
        self.run = run

    def add(self, numbers: Sequence[str], values: Sequence[Sequence[str]] | None) -> None:
        """Add a batch; numbers without plus signs."""
        self._waiting.append((self.run, "ready", len(numbers), ",".join(numbers), pack_values(values)))
        if len(self._waiting) == _AT_ONCE:
            self.flush()

    def note(self, digest: str, name: str, summary: Mapping[str, Any]) -> None:
        """Note what is known only once the list is read: what it says, and the counts."""
        self._session.execute(
            "UPDATE run SET digest = %s, name = %s, summary = %s WHERE id = %s",
            (digest, name, json.dumps(summary), self.run),
        )

    def flush(self) -> None:
        """Write what was added."""
        with self._session.cursor() as cursor, cursor.copy(_COPY) as copy:
            for row in self._waiting:
                copy.write_row(row)
        self._waiting.clear()


def _json(message: Mapping[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False)
