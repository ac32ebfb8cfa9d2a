"""Bulk runs sent from any number of processes, with PostgreSQL between them.

A sender has a number, and as long as its session lives it holds the lock of it. It takes a batch that nobody
else is taking, counts it, and notes that it is on its way, all of it durably before the request leaves. What
a sender that died had on its way is uncertain and never taken again; only that sender itself, taken for dead
while an answer came, may still say what became of it. Which run is sent, and when to stop, is decided above.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

from psycopg import Cursor, OperationalError

from smsconf.language import _
from smsconf.model.errors import PlanRefused, SmsconfError
from smsconf.store.interfaces import Work
from smsconf.store.postgres.engine import Database
from smsconf.store.postgres.ledger_reader import stamp
from smsconf.store.postgres.ledger_writer import CHANNEL, SENDER, LedgerWriter, columns
from smsconf.store.runs import MOVES, Batch, Fate, Move, Run, Spent, State

_ENTER = """
INSERT INTO sender (scope, run, actor, host, pid, since, doing, address)
VALUES (:scope, :run, :actor, :host, :pid, :since, :doing, :address) RETURNING id
"""
_LIVING = f"""
SELECT count(*) FROM sender JOIN pg_locks ON classid = {SENDER} AND objid::bigint = sender.id AND objsubid = 2
WHERE locktype = 'advisory' AND granted AND scope = :scope
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608 - our own number
_NEXT = """
SELECT id, numbers, contents, tries FROM batch
WHERE run = :run AND state = 'ready' AND EXISTS (SELECT FROM run WHERE id = :run AND finished IS NULL)
ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_MOVE = """
UPDATE batch SET state = :after, size = :size, at = :at, sender = :sender
WHERE id = :id AND state = :before AND sender IS NOT DISTINCT FROM :owner
"""
_CUT = "UPDATE batch SET size = :size, numbers = :numbers, contents = :contents WHERE id = :id"
_TOLD = "COPY message (batch, number, message_id, status, parts) FROM STDIN"
_LEFT = "UPDATE batch SET state = 'uncertain' WHERE sender = :sender AND state = 'sending'"
_OTHERS = "SELECT EXISTS (SELECT FROM batch WHERE run = :run AND state = 'sending' AND sender <> :sender)"

_PATIENCE: Final = 10.0  # seconds for a lost server to come back, so that answers at hand can be noted
_PAUSE: Final = 0.2  # seconds between two calls for it
_LOOK: Final = 1.0  # seconds between two looks at who lives


class PostgresRunSender(LedgerWriter):
    """The runs of a project while one of them is sent. Use it in a ``with``, one thread at a time."""

    def __init__(self, database: Database, project: str, run: Run, work: Work) -> None:
        """Enter as a sender of a run; what senders that died left behind is uncertain from now on."""
        super().__init__(database, project)
        self._sent = run
        self._begun = run.begun is not None
        self._taken: dict[int, str] = {}  # batches at hand, and when each was taken
        self._looked, self._living, self._patience = 0.0, 1, _PATIENCE
        try:
            with self.together():
                said = {name: getattr(work, name) for name in ("actor", "host", "pid", "doing")}
                said |= {"since": stamp(work.since), "address": work.run}
                ((self._number,),) = self._rows(_ENTER, scope=run.key.scope, run=run.id, **said)
                self._hold()
            self.doubt_the_dead()
        except BaseException:
            super().close()
            raise

    def close(self) -> None:
        """Leave; what is on its way still is in doubt, since nobody is left who would hear of it."""
        with suppress(SmsconfError):  # others find out by themselves
            if not self._session.closed:
                with self.together():
                    self._run(_LEFT, sender=self._number)
                    left = "UPDATE sender SET ended = :now WHERE id = :sender"
                    self._run(left, now=stamp(datetime.now(UTC)), sender=self._number)
                    self._tell(self._sent.id)
        super().close()

    def take(
        self,
        run: Run,
        now: datetime,
        room: Callable[[Spent], int | None] | None = None,
        out: frozenset[str] = frozenset(),
    ) -> Batch | None:
        """Note the intent to send the next batch and return it; ``None``: none may be sent now.

        Raises:
            SmsconfError: the store cannot be written, or the run is gone; nothing may be sent then.
        """
        with self.together():
            most = None
            if room:
                self._count_alone(run.key.scope or "", run.region)
                self._write_traffic()
                most = room(self.spent(run.key.scope, run.region, now))
                if most == 0:
                    return None
            while found := self._rows(_NEXT, run=run.id):
                batch = Batch.read(*found[0])
                kept = [place for place, number in enumerate(batch.numbers) if number not in out]
                if not kept:
                    self._move(Move.LEAVE_OUT, batch)
                    continue
                if len(kept) < len(batch.numbers):
                    gone = sorted(set(range(len(batch.numbers))) - set(kept))
                    batch = self._cut(run, batch, kept, MOVES[Move.LEAVE_OUT][1], gone)
                if most is not None and most < len(batch.numbers):
                    rest = range(most, len(batch.numbers))
                    batch = self._cut(run, batch, range(most), State.READY, rest)
                self._go_out(run, batch, stamp(now))
                return batch
            self._find_nothing(run)
        return None

    def require_ours(self, batch: Batch) -> None:
        """Make sure that nobody took this sender for dead since it took a batch.

        Raises:
            PlanRefused: somebody did, and a person may have had the batch sent by others since.
            SmsconfError: the store is away.
        """
        with self._explained():
            found = self._rows("SELECT state, sender FROM batch WHERE id = :id", id=batch.id)
        if found != [(State.SENDING, self._number)]:
            raise PlanRefused(
                _("batch {number} was not sent: others took this sender for dead").format(number=batch.id),
                why=_("it stood still, or was out of touch, and the batch is theirs to decide about"),
                fix=_("run the same command again"),
            )

    def settle(self, run: Run, batch: Batch, fates: Sequence[Fate], again: frozenset[str]) -> int:
        """Note the answer about a batch; return how many numbers are to be sent once more.

        Numbers of a status in ``again`` become a batch of their own; those without a status are uncertain.
        What is noted a second time, because nobody knew whether it was the first time, counts once.
        """
        busy = [place for place, fate in enumerate(fates) if fate.status in again]
        silent = [place for place, fate in enumerate(fates) if fate.status is None]
        told = list(range(len(fates)))
        if busy or silent:
            told = sorted(set(told) - {*busy, *silent})
        taken = sum(fate.accepted for fate in fates)
        with self.together():
            if not any(self._move(move, batch, size=taken) for move in (Move.SETTLE, Move.SETTLE_LATE)):
                self._require_settled(batch)
                return len(busy)
            at = self._taken[batch.id]
            later = batch._replace(tries=batch.tries + 1)
            if busy:
                self._add(run, State.READY, later.part(busy))
                self._tell(run.id)
            if silent:
                self._add(run, State.UNCERTAIN, later.part(silent), at, self._number)
            if len(told) < len(fates):
                kept = columns(batch.part(told))
                self._run(_CUT, id=batch.id, **{**kept, "size": taken})
            self._note([fates[place] for place in told], batch)
            self._spend(run, at[:10], taken + len(silent) - len(fates))
        return len(busy)

    def give_back(self, batch: Batch) -> None:
        """Note that a batch was surely not sent; where others took this sender for dead it stays in doubt."""
        with self.together():
            if self._move(Move.RETURN, batch):
                self._spend(self._sent, self._taken[batch.id][:10], -len(batch.numbers))
                self._tell(self._sent.id)

    def doubt(self, batch: Batch) -> None:
        """Note that nobody knows whether a batch was sent."""
        with self.together():
            self._move(Move.DOUBT, batch)
            self._tell(self._sent.id)

    def senders(self) -> int:
        """Count who sends for the account now, as of a second ago."""
        if time.monotonic() - self._looked >= _LOOK:
            self.doubt_the_dead()
            with self._explained():
                ((self._living,),) = self._rows(_LIVING, scope=self._sent.key.scope)
            self._looked = time.monotonic()
        return max(self._living, 1)

    def wait(self, run: Run, seconds: float) -> bool:
        """Wait until a batch of a run can be taken or none is on its way; tell whether others send one.

        Raises:
            SmsconfError: the store is away.
        """
        end = time.monotonic() + seconds
        with self._explained():
            self._run(f"LISTEN {CHANNEL}")  # before looking, so that nothing happens unheard
            while True:
                self.doubt_the_dead()
                ((others,),) = self._rows(_OTHERS, run=run.id, sender=self._number)
                left = end - time.monotonic()
                if not others or left <= 0 or self.is_open(run):
                    break
                list(self._session.notifies(timeout=min(left, _LOOK), stop_after=1))
            self._run(f"UNLISTEN {CHANNEL}")
        return bool(others)

    # -- rows

    def _go_out(self, run: Run, batch: Batch, at: str) -> None:
        """Note that a batch is on its way from now on, and count it."""
        self._move(Move.TAKE, batch, at=at)
        self._taken[batch.id] = at
        self._spend(run, at[:10], len(batch.numbers))
        if not self._begun:
            self._write_traffic()  # whoever waits for both waits for the traffic first
            self._run("UPDATE run SET begun = :at WHERE id = :run AND begun IS NULL", run=run.id, at=at)
            self._begun = True

    def _find_nothing(self, run: Run) -> None:
        """Give up, too, what came back after a run was given up; tell others that nothing is left.

        Raises:
            PlanRefused: the run was called off.
        """
        found = self._rows("SELECT finished FROM run WHERE id = :run", run=run.id)
        if not found:
            raise PlanRefused(_("run {run} was called off or given up meanwhile").format(run=run.id))
        if found[0][0]:
            self._run("UPDATE batch SET state = 'ended' WHERE run = :run AND state = 'ready'", run=run.id)
        self._tell(run.id)

    def _move(self, move: Move, batch: Batch, *, at: str | None = None, size: int | None = None) -> bool:
        """Change the state of one batch, as the table says; return whether it was in the one before."""
        before, after = MOVES[move]
        kept = self._taken.get(batch.id) if after not in (State.READY, State.OPTED_OUT) else None
        done = self._run(
            _MOVE,
            id=batch.id,
            before=before,
            after=after,
            size=len(batch.numbers) if size is None else size,
            at=at or kept,
            sender=self._number if at or kept else None,
            owner=None if before is State.READY else self._number,
        )
        return done.rowcount == 1

    def _cut(self, run: Run, batch: Batch, kept: Sequence[int], state: State, gone: Sequence[int]) -> Batch:
        """Make a batch of its own, in another state, of some numbers of one that waits; return the rest."""
        self._add(run, state, batch.part(gone))
        left = batch.part(kept)
        self._run(_CUT, id=batch.id, **columns(left))
        return left

    def _note(self, told: Sequence[Fate], batch: Batch) -> None:
        """Write down what was said of each number."""
        with self._session.cursor() as cursor, cursor.copy(_TOLD) as copy:
            for to, message_id, status, parts in told:
                copy.write_row((batch.id, int(to), message_id, status, parts))

    def _require_settled(self, batch: Batch) -> None:
        """Make sure that an answer was noted already.

        Raises:
            SmsconfError: somebody else said what became of the batch, or the store forgot that it went out.
        """
        found = self._rows("SELECT state, sender FROM batch WHERE id = :id", id=batch.id)
        if not found or found[0][0] == State.READY:
            raise SmsconfError(
                _("batch {number} waits again, and its request has left").format(number=batch.id),
                why=_("the store is an older copy now, or somebody said that the batch was not sent"),
                fix=_(
                    "end every sender; do not join run {run} before you know who got it: in an older copy it "
                    "would go out twice"
                ).format(run=self._sent.id),
            )
        if found != [(State.SENT, self._number)]:
            raise SmsconfError(
                _("the answer about batch {number} came after somebody had said what became of it").format(
                    number=batch.id
                ),
                why=_("this sender was out of touch for so long that it was taken for dead"),
                fix=_("look at the sending records in the console"),
            )

    # -- the session

    def _hold(self) -> None:
        """Show that this sender lives, as long as the session does; wait for one of its own that was lost."""
        self._run("SELECT pg_advisory_lock(:kind, :sender)", kind=SENDER, sender=self._number)

    def _run(self, statement: str, /, **values: object) -> Cursor[Any]:
        if self._session.closed and not self._depth:
            self._come_back()
        return super()._run(statement, **values)

    def _come_back(self) -> None:
        """Open a session again, as the same sender.

        Raises:
            OperationalError: the server stays away; nobody waits for it a second time.
        """
        end = time.monotonic() + self._patience
        self._patience = 0.0
        while True:
            try:
                self._session = self._database.open(autocommit=True)
                break
            except OperationalError:
                if time.monotonic() >= end:
                    raise
            time.sleep(_PAUSE)
        try:
            self._hold()
        except BaseException:
            self._session.close()  # nothing is done in one that nobody sees
            raise
