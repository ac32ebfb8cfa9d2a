"""Send a run of the store to its end, on several connections: intent, request, answer, batch by batch.

It stops early, leaving the rest for the next run, when the service refuses a whole request, cannot be
reached, a limit of the project or the hour says so, or the user does. Nothing that may have been sent is
sent again, and before every batch it looks who asked not to be written to. Where others send the same run it
goes on until nothing of theirs can come back, and takes its part of the rate. Decides nothing about lists
(``recipients``) and shows nothing.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import NamedTuple

from smsconf.cloud.http.limiter import Limiter
from smsconf.language import _
from smsconf.messaging.bulk.figures import Figures
from smsconf.messaging.send.sender import Sender, Uncertain
from smsconf.messaging.send.thresholds import Allowance, opening
from smsconf.messaging.send.wire import Answer, Request
from smsconf.model.errors import CloudError, SmsconfError, StoreUnusable
from smsconf.model.resources import Threshold
from smsconf.store.interfaces import RunSender
from smsconf.store.runs import Batch, Run, Spent

BUSY = frozenset({"E200015"})  # too many messages wait to be sent: slow down and retry
MOST_TRIES = 8  # of a number that the service is too busy for

_LOOK = 0.1  # seconds between two looks at the workers
_PATIENCE = 1.0  # seconds between two looks at the wish to stop, while others send
_LONGEST_PAUSE = 60.0
_FRESH = 1.0  # seconds; after it this process may have stood still, and a batch be for others to decide about


class Progress(NamedTuple):
    """How far a run is: messages answered, refused and in doubt since it began, of those that waited."""

    done: int
    total: int
    failed: int
    uncertain: int


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: ``stopped`` says why before its end, ``problem`` is what the service said."""

    stopped: str | None = None
    problem: SmsconfError | None = None
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a run must keep to: the type of its messages, its region's threshold, the time, who may stop it.

    ``clock`` is the service's time, aware; ``opted_out`` gives those who are not to be written to now,
    without plus signs.
    """

    kind: str
    threshold: Threshold | None
    clock: Callable[[], datetime]
    stopping: Callable[[], bool] = lambda: False
    opted_out: Callable[[], frozenset[str]] = frozenset


@dataclass
class Bulk:
    """One run being sent. Call :meth:`send` once.

    Attributes:
        runs: knows the run; used by one thread at a time.
        run: what is sent.
        sender: the way out; may be called from several threads.
        request_of: turns a batch into a request.
        conditions: when to stop.
        limiter: shared with the sender; slowed down when the service is busy.
        connections: how many requests travel at once.
        warn: told once of each value of a threshold that people want to know about.
    """

    runs: RunSender
    run: Run
    sender: Sender
    request_of: Callable[[Batch], Request]
    conditions: Conditions
    _: KW_ONLY
    limiter: Limiter
    connections: int
    warn: Callable[[str], None]

    def __post_init__(self) -> None:
        self._warned: set[int] = set()
        self._lock = threading.Lock()
        self._total = self.runs.tally(self.run).waiting
        self._done = self._failed = self._uncertain = self._doubts = self._busy = self._on_way = 0
        self._ended: Ended | None = None
        self._warned_on: date | None = None
        self._allowance = Allowance(self.conditions.threshold)

    @property
    def progress(self) -> Progress:
        """How far it is."""
        return Progress(self._done, self._total, self._failed, self._uncertain)

    def figures(self) -> Figures:
        """Count how far it is, of all its senders; may be called from any thread.

        Raises:
            SmsconfError: the ledger cannot be read.
        """
        with self._lock:
            tally, senders = self.runs.tally(self.run), self.runs.senders()
            rest = self._on_way, self._done, self._busy, self.limiter.rate, senders
            return Figures(self.run.id, tally, *rest)

    def send(self, watch: Callable[[Progress], None]) -> Ended:
        """Send until nothing is left or something says stop; ``watch`` is told now and then how far it is.

        Raises:
            SmsconfError: the store cannot be written.
        """
        self._send_all(watch)
        while self._comes_back(watch):
            self._send_all(watch)
        if self.conditions.stopping() and self._ended is None:
            self._ended = Ended(interrupted=True)
        return self._ended or Ended()

    def _send_all(self, watch: Callable[[Progress], None]) -> None:
        """Send what waits now."""
        threads = [
            threading.Thread(target=self._work, name=f"smsconf-bulk-{number}", daemon=True)
            for number in range(self.connections)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(_LOOK)
                watch(self.progress)
        watch(self.progress)
        self._on_way = 0  # whatever a worker left is in doubt

    def _comes_back(self, watch: Callable[[Progress], None]) -> bool:
        """Wait as long as others send; tell whether something of the run waits again."""
        while self._ended is None and not self.conditions.stopping():
            try:
                with self._lock:
                    others = self.runs.wait(self.run, _PATIENCE)
                    if self.runs.is_open(self.run):
                        return True
            except SmsconfError as problem:
                self._end(Ended(problem.message, problem))
                break
            if not others:
                break
            watch(self.progress)
        return False

    def _work(self) -> None:
        """Send batch after batch; whatever goes wrong ends the run, for all workers."""
        note: Callable[[], object] = _nothing
        try:
            begun = time.time()  # goes on while a process, or its machine, stands still
            while batch := self._turn(note):
                note = _nothing
                note = self._send(batch, begun)
                begun = time.time()
        except SmsconfError as problem:
            with self._lock:
                self._end(Ended(problem.message, problem))
                try:
                    note()  # the store may be there again, for what is known already
                except StoreUnusable:
                    pass
                except SmsconfError as worse:  # there it is, and knows otherwise
                    self._ended = Ended(worse.message, worse)
        except Exception as problem:  # noqa: BLE001 - else the other workers would go on without a word
            unknown = SmsconfError(
                _("sending stopped: {problem}").format(problem=type(problem).__name__),
                why=_("what was on its way is listed as uncertain"),
                fix=_("report it with the version of smsconf, then run the same command again"),
            )
            with self._lock:
                self._end(Ended(unknown.message, unknown))

    def _turn(self, note: Callable[[], object]) -> Batch | None:
        """Note what became of the last batch and the intent to send the next, in one write."""
        with self._lock, self.runs.together():
            note()
            return None if self._ended or self.conditions.stopping() else self._take()

    def _take(self) -> Batch | None:
        now = self.conditions.clock()
        opens = opening(self.conditions.kind, now)
        if opens:
            self._end(
                Ended(
                    _("promotions go out from 08:00 to 22:00 Beijing time: run again at {time}").format(
                        time=opens.isoformat(timespec="minutes")
                    )
                )
            )
            return None
        self.limiter.share(self.runs.senders())
        room = self._room if self.conditions.threshold else None
        batch = self.runs.take(self.run, now, room, self.conditions.opted_out())
        if batch:
            self._on_way += len(batch.numbers)
            self._allowance.spend(len(batch.numbers))
            self._give_warnings(now)
        elif self._allowance.room() == 0 and self.runs.is_open(self.run):
            self._end(Ended(self._allowance.exhausted()))
        return batch

    def _room(self, spent: Spent) -> int | None:
        self._allowance.spent = spent
        return self._allowance.room()

    def _require_ours(self, batch: Batch, begun: float) -> None:
        """Make sure that a batch is still this process's, unless it was taken just now."""
        if not 0 <= time.time() - begun < _FRESH:
            with self._lock:
                self.runs.require_ours(batch)

    def _send(self, batch: Batch, begun: float) -> Callable[[], object]:
        """Send a batch, count what became of it, and return what notes that."""
        try:
            answer = self.sender.send(self.request_of(batch), partial(self._require_ours, batch, begun))
        except Uncertain as problem:
            with self._lock:
                self._count(batch, uncertain=len(batch.numbers))
                self._lose(Ended(problem.message, problem))
            return partial(self.runs.doubt, batch)
        except CloudError as problem:
            with self._lock:
                self._on_way -= len(batch.numbers)
                self._end(Ended(problem.message, problem))
            return partial(self.runs.give_back, batch)
        again = BUSY if batch.tries < MOST_TRIES else frozenset()
        with self._lock:
            self._hear(batch, answer, again)
        return partial(self.runs.settle, self.run, batch, answer.fates, again)

    def _hear(self, batch: Batch, answer: Answer, again: frozenset[str]) -> None:
        """Take in what the service said."""
        busy = sum(fate.status in again for fate in answer.fates)
        silent = sum(fate.status is None for fate in answer.fates)
        self._count(batch, busy=busy, uncertain=silent, taken=sum(fate.accepted for fate in answer.fates))
        if silent == len(batch.numbers):
            self._lose(Ended(_("the service answered without a word about any number")))
        if busy:
            self.limiter.throttled(min(float(2**batch.tries), _LONGEST_PAUSE))
        else:
            self.limiter.recover()

    def _count(self, batch: Batch, *, busy: int = 0, uncertain: int = 0, taken: int = 0) -> None:
        self._on_way -= len(batch.numbers)
        self._busy += busy
        self._done += len(batch.numbers) - busy
        self._uncertain += uncertain
        self._failed += len(batch.numbers) - busy - uncertain - taken

    def _lose(self, how: Ended) -> None:
        """Count an answer that is lost; as many as there are connections end the run."""
        self._doubts += 1
        if self._doubts >= self.connections:
            self._end(how)

    def _end(self, how: Ended) -> None:
        self._ended = self._ended or how

    def _give_warnings(self, now: datetime) -> None:
        """Warn once a UTC day of each value of the threshold that is reached."""
        day = now.astimezone(UTC).date()
        if day != self._warned_on:
            self._warned_on, self._warned = day, set()
        for number, text in enumerate(self._allowance.warnings()):
            if number not in self._warned:
                self._warned.add(number)
                self.warn(text)


def _nothing() -> None:
    """Note nothing: there was no batch before the first."""
