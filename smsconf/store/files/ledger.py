"""What was sent to many, in a file: each batch's intent before its request, its answer after.

One SQLite file in WAL mode; every write is on the disk when it returns, and one process at a time writes:
the lock is on the project's folder, so that deleting the file does not open the way for a second one.
Whoever opens it calls *uncertain* what a process before left behind with an intent and without an answer
(``run.MOVES``). It holds phone numbers, so the file is its owner's only.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from smsconf.language import _
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.model.times import day_of
from smsconf.store.files.database import open_database, transaction
from smsconf.store.files.ledger_reader import LedgerReader, explained, stamp
from smsconf.store.files.ledger_tables import SCHEMA, STEPS, VERSION
from smsconf.store.runs import MOVES, Batch, Fate, Move, Run, Spent, State, pack_values


class Ledger(LedgerReader):
    """The file. One connection: calls from several threads must take turns. Use it in a ``with``."""

    def __init__(self, path: Path, *, folder: Path | None = None) -> None:
        """Open the file, make it if there is none, keep other processes out, and look at what was left.

        Args:
            path: the file.
            folder: what is locked; by default the file's own folder.

        Raises:
            PlanRefused: another process is sending.
            SmsconfError: it cannot be opened, or is something else.
        """
        self.path = path
        self._spent: Spent | None = None
        self._spent_on: datetime | None = None
        with self._explained():
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(folder or path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                self._keep_out()
                self._database = open_database(path, SCHEMA, VERSION, STEPS)
            except BaseException:
                os.close(self._lock)
                raise
        try:
            self._file = os.stat(path)  # noqa: PTH116 - beside the look at whether it is still there
            self._move_all(Move.DOUBT)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file, and let other processes in."""
        self._database.close()
        os.close(self._lock)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make one write of all that is noted inside.

        Raises:
            SmsconfError: it cannot be written.
        """
        with explained(self.path, (sqlite3.Error,)), transaction(self._database):
            yield

    # -- runs

    @contextmanager
    def making(self, run: Run) -> Iterator[Making]:
        """Make a draft of a run, whole or not at all; ``run.id`` does not count. Earlier drafts go.

        Raises:
            SmsconfError: the file cannot be written.
        """
        with explained(self.path, (sqlite3.Error,)), transaction(self._database):
            for draft in list(self._runs("agreed IS NULL")):
                self._drop(draft)
            cursor = self._database.execute(
                "INSERT INTO run (scope, environment, subject, name, template, region, digest, message, made,"
                " failed_of) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    *(*run.key, run.name, run.template, run.region, run.digest),
                    *(_json(run.message), stamp(run.made), run.failed_of),
                ),
            )
            yield Making(self._database, int(cursor.lastrowid or 0))

    def agree(self, run: Run, now: datetime) -> None:
        """Note that somebody said that a run may be sent."""
        with self._explained():
            self._database.execute(
                "UPDATE run SET agreed = coalesce(agreed, ?) WHERE id = ?", (stamp(now), run.id)
            )

    def call_off(self, run: Run) -> bool:
        """Forget a run of which nothing was sent; return whether that is so."""
        with self._explained(), transaction(self._database):
            untouched = not self.tally(run).touched
            if untouched:
                self._drop(run)
        return untouched

    def end(self, run: Run, now: datetime) -> int:
        """Give up what waits; return how many messages that are."""
        with self._explained(), transaction(self._database):
            count = self.tally(run).waiting
            self._move_all(Move.END, run)
            self._database.execute("UPDATE run SET finished = ? WHERE id = ?", (stamp(now), run.id))
        return count

    def take_up(self, run: Run) -> None:
        """Go on with what was given up."""
        with self._explained(), transaction(self._database):
            self._move_all(Move.TAKE_UP, run)
            self._database.execute("UPDATE run SET finished = NULL WHERE id = ?", (run.id,))

    def fix(self, run: Run, message: Mapping[str, Any]) -> None:
        """Note what a run is sent with; after its first request only another version of the same text."""
        with self._explained():
            self._database.execute("UPDATE run SET message = ? WHERE id = ?", (_json(message), run.id))

    def rename(self, run: Run, name: str) -> Run:
        """Give a run another name for people; return it."""
        with self._explained():
            self._database.execute("UPDATE run SET name = ? WHERE id = ?", (name, run.id))
        return replace(run, name=name)

    def assume(self, run: Run, *, sent: bool) -> int:
        """Settle every uncertain batch by a person's word; return how many messages that are.

        What was not sent waits, also where the rest was given up.
        """
        with self._explained(), transaction(self._database):
            count = self.tally(run).uncertain
            self._move_all(Move.ASSUME_SENT if sent else Move.ASSUME_NOT_SENT, run)
            if not sent:
                again = "UPDATE batch SET at = NULL WHERE run = ? AND state = 'ready'"
                self._database.execute(again, (run.id,))
                self._database.execute("UPDATE run SET finished = NULL WHERE id = ?", (run.id,))
        return count

    # -- batches

    def take(
        self,
        run: Run,
        now: datetime,
        room: Callable[[Spent], int | None] | None = None,
        out: frozenset[str] = frozenset(),
    ) -> Batch | None:
        """Note the intent to send the next batch and return it; ``None``: none may be sent now.

        Raises:
            SmsconfError: the file is not what it was, or cannot be written; nothing may be sent then.
        """
        self._check_place()
        most = room(self._count(run, now)) if room else None
        if most == 0:
            return None
        first = "SELECT id FROM batch WHERE run = ? AND state = 'ready' ORDER BY id LIMIT 1"
        with self._explained(), transaction(self._database):
            while found := self._database.execute(first, (run.id,)).fetchone():
                batch = self._read(*found)
                kept = [place for place, number in enumerate(batch.numbers) if number not in out]
                if len(kept) < len(batch.numbers):
                    batch = self._leave_out(run, batch, kept)
                if not kept:
                    continue
                if most is not None and most < len(batch.numbers):
                    self._add(run, State.READY, batch.part(range(most, len(batch.numbers))))
                    batch = batch.part(range(most))
                    self._write(batch)
                self._move(Move.TAKE, batch, now)
                self._spend(len(batch.numbers))
                self._database.execute(
                    "UPDATE run SET begun = coalesce(begun, ?) WHERE id = ?", (stamp(now), run.id)
                )
                return batch
        return None

    def settle(self, run: Run, batch: Batch, fates: Sequence[Fate], again: frozenset[str]) -> int:
        """Note the answer about a batch; return how many numbers are to be sent once more.

        Numbers of a status in ``again`` become a batch of their own; those without a status are uncertain.
        """
        busy = [place for place, fate in enumerate(fates) if fate.status in again]
        silent = [place for place, fate in enumerate(fates) if fate.status is None]
        told = [place for place in range(len(fates)) if place not in {*busy, *silent}]
        with self._explained(), transaction(self._database):
            for state, places in ((State.READY, busy), (State.UNCERTAIN, silent)):
                if places:
                    part = batch.part(places)._replace(tries=batch.tries + 1)
                    self._add(run, state, part, like=None if state is State.READY else batch.id)
            if len(told) < len(fates):
                self._write(batch.part(told))
            self._move(Move.SETTLE, batch)
            taken = sum(fate.accepted for fate in fates)
            self._spend(taken + len(silent) - len(fates))
            self._database.execute("UPDATE batch SET size = ? WHERE id = ?", (taken, batch.id))
            self._database.executemany(
                "INSERT INTO message VALUES (?, ?, ?, ?, ?)",
                [(batch.id, int(fates[place].to), *fates[place][1:]) for place in told],
            )
        return len(busy)

    def give_back(self, batch: Batch) -> None:
        """Note that a batch was surely not sent."""
        with self._explained():
            self._move(Move.RETURN, batch)
            self._spend(-len(batch.numbers))

    def doubt(self, batch: Batch) -> None:
        """Note that nobody knows whether a batch was sent."""
        with self._explained():
            self._move(Move.DOUBT, batch)

    def require_ours(self, batch: Batch) -> None:
        """Do nothing: a process that stands still keeps its lock."""

    def senders(self) -> int:
        """Count who sends: this process alone."""
        return 1

    def wait(self, run: Run, seconds: float) -> bool:  # noqa: ARG002 - as in the other home
        """Tell at once that nobody else sends."""
        return False

    def _count(self, run: Run, now: datetime) -> Spent:
        """Return what was spent, counted anew whenever a UTC day begins."""
        day = day_of(now)
        if self._spent is None or self._spent_on != day:
            self._spent, self._spent_on = self.spent(run.key.scope, run.region, now), day
        return self._spent

    def _spend(self, count: int) -> None:
        self._spent = self._spent and self._spent.plus(count)

    # -- rows

    def _drop(self, run: Run) -> None:
        self._database.execute("DELETE FROM batch WHERE run = ?", (run.id,))
        self._database.execute("DELETE FROM run WHERE id = ?", (run.id,))

    def _move(self, move: Move, batch: Batch, at: datetime | None = None) -> None:
        """Change the state of one batch, as the table says.

        Raises:
            SmsconfError: it is in another state than it can be.
        """
        before, after = MOVES[move]
        noted = "at" if move is not Move.TAKE and move is not Move.RETURN else "?3"
        cursor = self._database.execute(
            f"UPDATE batch SET state = ?1, at = {noted} WHERE id = ?2 AND state = ?4",  # noqa: S608
            (after, batch.id, at and stamp(at), before),
        )
        if cursor.rowcount != 1:
            raise SmsconfError(
                _("batch {number} of the ledger {file} is not in the state {state}").format(
                    number=batch.id, file=self.path, state=before
                ),
                why=_("something else than this process wrote to the file"),
                fix=_("find out what, then run the same command again"),
            )

    def _move_all(self, move: Move, run: Run | None = None) -> None:
        before, after = MOVES[move]
        with self._explained():
            self._database.execute(
                "UPDATE batch SET state = ? WHERE state = ? AND numbers <> '' AND (? IS NULL OR run = ?)",
                (after, before, *[run and run.id] * 2),
            )

    def _leave_out(self, run: Run, batch: Batch, kept: Sequence[int]) -> Batch:
        """Take opted-out numbers out of a batch that waits; return what is left of it."""
        if not kept:
            self._move(Move.LEAVE_OUT, batch)
            return batch
        gone = sorted(set(range(len(batch.numbers))) - set(kept))
        self._add(run, MOVES[Move.LEAVE_OUT][1], batch.part(gone))
        left = batch.part(kept)
        self._write(left)
        return left

    def _add(self, run: Run, state: State, batch: Batch, *, like: int | None = None) -> None:
        """Add a batch, whatever its id; ``like`` is the one whose moment it shares."""
        self._database.execute(
            "INSERT INTO batch (run, state, size, numbers, contents, tries, at) "
            "VALUES (?, ?, ?, ?, ?, ?, (SELECT at FROM batch WHERE id = ?))",
            (run.id, state, *_columns(batch), batch.tries, like),
        )

    def _write(self, batch: Batch) -> None:
        self._database.execute(
            "UPDATE batch SET size = ?, numbers = ?, contents = ? WHERE id = ?",
            (*_columns(batch), batch.id),
        )

    def _check_place(self) -> None:
        """Make sure that the file that is written is the one that the next process finds.

        Raises:
            SmsconfError: it was deleted or replaced.
        """
        try:
            there = os.path.samestat(os.stat(self.path), self._file)  # noqa: PTH116 - see __init__
        except OSError:
            there = False
        if not there:
            raise SmsconfError(
                _("the ledger {file} was deleted or replaced while it was in use").format(file=self.path),
                why=_("the next run would not know what was sent, and send it again"),
                fix=_("put it back; without it make a list of those who got nothing, from the console"),
            )

    def _keep_out(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PlanRefused(
                _("another smsconf bulk is at work with {file}").format(file=self.path),
                why=_("two at once could send one message twice"),
                fix=_("wait for its end, or stop it: what it leaves is continued by the next run"),
            ) from None


class Making:
    """A run being made: add its batches, then say what is to be noted about it."""

    def __init__(self, database: sqlite3.Connection, run: int) -> None:
        self._database = database
        self.run = run

    def add(self, numbers: Sequence[str], values: Sequence[Sequence[str]] | None) -> None:
        """Add a batch; numbers without plus signs."""
        self._database.execute(
            "INSERT INTO batch (run, state, size, numbers, contents) VALUES (?, 'ready', ?, ?, ?)",
            (self.run, len(numbers), ",".join(numbers), pack_values(values)),
        )

    def note(self, digest: str, name: str, summary: Mapping[str, Any]) -> None:
        """Note what is known only once the list is read: what it says, and the counts."""
        self._database.execute(
            "UPDATE run SET digest = ?, name = ?, summary = ? WHERE id = ?",
            (digest, name, json.dumps(summary), self.run),
        )


def _json(message: Mapping[str, Any]) -> str:
    return json.dumps(message, ensure_ascii=False)


def _columns(batch: Batch) -> tuple[int, str, str | None]:
    return len(batch.numbers), ",".join(batch.numbers), pack_values(batch.values)
