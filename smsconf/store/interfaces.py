"""What every home of the store offers: journal, lock, runs, single messages, what came back, attributes.

``files`` keeps it in a project's folder, ``postgres`` in a database that all runners share. Nothing is kept
here. Times are aware; numbers of recipients have no plus sign in runs, and one elsewhere.

Where something cannot be read or written, both homes raise a :class:`~smsconf.model.errors.SmsconfError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from smsconf.store.entries.owner import Entry, Owner
from smsconf.store.messages import Item, Received, Reply, Report, Sent
from smsconf.store.purging import Purged, Wanted, Word
from smsconf.store.runs import Batch, Fate, Key, Run, Spent, Tally


@dataclass(frozen=True, slots=True)
class JournalReading:
    """All entries that could be read, oldest first; ``torn`` counts lines that were cut short."""

    entries: tuple[Entry, ...] = ()
    torn: int = 0


class Journal(Protocol):
    """What a project's runs recorded, append-only. Several processes may write it at once."""

    def read(self) -> JournalReading:
        """Read every entry of the project."""

    def append(self, now: datetime, owner: Owner, entry: Mapping[str, Any]) -> None:
        """Add one entry, of plain values; it is durable when this returns.

        ``now`` is the service's time of the run, ``owner`` whom it belongs to; ``None`` values are left out.
        """

    def take_older(self, now: datetime, owner: Owner) -> None:
        """Write down that an environment's entries of version 1 are this account's, if nobody has yet."""

    def locked(self, name: str) -> AbstractContextManager[None]:
        """Keep other runs from recording the same at the same time; for moments only."""


@dataclass(frozen=True, slots=True)
class Work:
    """Who holds a lock, where, since when, doing what; ``run`` is the address of a pipeline's run."""

    actor: str
    host: str
    pid: int
    since: datetime
    doing: str
    run: str | None = None


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """Where a store is and what it holds; ``size`` in bytes.

    ``versions`` are those of its parts, ``scopes`` count rows by account and word; ``locks`` and ``senders``
    are who is at work, by account and by bulk run.
    """

    place: str
    shared: bool
    versions: Mapping[str, str]
    size: int
    scopes: Mapping[str | None, Mapping[str, int]]
    locks: Sequence[tuple[str, Work]] = ()
    senders: Sequence[tuple[int, Work]] = ()


@dataclass(frozen=True, slots=True)
class StoreProof:
    """A shared store that does what runs rely on; ``writable``: for this user."""

    place: str
    version: str
    writable: bool


class Lock(Protocol):
    """A lock that is held."""

    def prove(self) -> None:
        """Make sure that it is held still.

        Raises:
            SmsconfError: it is not, so nothing more may be written to the service.
        """


class RunReader(Protocol):
    """The bulk runs of a project, read beside whoever is sending them."""

    def find(self, number: int) -> Run | None:
        """Return a run by its number."""

    def runs(self) -> list[Run]:
        """Return every run that somebody agreed to, the newest first."""

    def runs_of(self, key: Key) -> list[Run]:
        """Return the agreed runs of a key, the newest first; those without a scope are everybody's."""

    def is_open(self, run: Run) -> bool:
        """Tell whether numbers of a run wait for their request."""

    def is_on_way(self, run: Run) -> bool:
        """Tell whether requests of a run may have left whose answers somebody waits for."""

    def summary(self, run: Run) -> dict[str, Any]:
        """Return what was noted about a run when it was made."""

    def tally(self, run: Run) -> Tally:
        """Count where the messages of a run stand."""

    def doubtful(self, run: Run) -> list[tuple[Batch, datetime]]:
        """Return the uncertain batches, and when each was to be sent (UTC)."""

    def spent(self, scope: str | None, region: str, now: datetime) -> Spent:
        """Count what the service may have taken of a region today and this month (UTC), of all runs."""

    def recent(self, key: Key, since: datetime) -> Callable[[Iterable[str]], int]:
        """Return what counts those of some numbers whom runs of a key may have written to since a moment."""

    def touched(self, run: Run) -> set[str]:
        """Return the numbers of a run that a request may have left for."""

    def first_values(self, run: Run, count: int) -> list[tuple[str, ...] | None]:
        """Return what the first numbers that wait get; ``None`` where all get the same."""

    def failed(
        self, run: Run, undelivered: Iterable[tuple[str, str]]
    ) -> Iterator[tuple[str, tuple[str, ...] | None, str]]:
        """Yield the numbers that were not reached, each with its own values and the status.

        ``undelivered`` are ids of messages that the service took, and what became of them.
        """


class Making(Protocol):
    """A run being made: add its batches, then say what is to be noted about it."""

    run: int

    def add(self, numbers: Sequence[str], values: Sequence[Sequence[str]] | None) -> None:
        """Add a batch; numbers without plus signs."""

    def note(self, digest: str, name: str, summary: Mapping[str, Any]) -> None:
        """Note what is known only once the list is read: what it says, and the counts."""


class RunMaker(RunReader, Protocol):
    """The bulk runs of a project, to be made and decided about; one at a time for an account."""

    def making(self, run: Run) -> AbstractContextManager[Making]:
        """Make a draft of a run, whole or not at all; ``run.id`` does not count. Earlier drafts go."""

    def agree(self, run: Run, now: datetime) -> None:
        """Note that somebody said that a run may be sent."""

    def call_off(self, run: Run) -> bool:
        """Forget a run of which nothing was sent; return whether that is so."""

    def end(self, run: Run, now: datetime) -> int:
        """Give up what waits; return how many messages that are."""

    def take_up(self, run: Run) -> None:
        """Go on with what was given up."""

    def fix(self, run: Run, message: Mapping[str, Any]) -> None:
        """Note what a run is sent with; after its first request only another version of the same text."""

    def rename(self, run: Run, name: str) -> Run:
        """Give a run another name for people; return it."""

    def assume(self, run: Run, *, sent: bool) -> int:
        """Settle every uncertain batch by a person's word; return how many messages that are.

        What was not sent waits, also where the rest was given up.
        """


class RunSender(RunReader, Protocol):
    """The bulk runs of a project, being sent. Calls from several threads must take turns."""

    def together(self) -> AbstractContextManager[None]:
        """Make one write of all that is noted inside."""

    def take(
        self,
        run: Run,
        now: datetime,
        room: Callable[[Spent], int | None] | None = None,
        out: frozenset[str] = frozenset(),
    ) -> Batch | None:
        """Note the intent to send the next batch and return it; ``None``: none may be sent now.

        Args:
            run: whose.
            now: the service's time.
            room: how many messages may still be sent, from what was; ``None``: any number. What it is told
                counts all senders, and stays so until the batch is counted. Absent: nothing is limited.
            out: who asked not to be written to, without plus signs; they are left out.

        Raises:
            SmsconfError: the store is not what it was, or cannot be written; nothing may be sent then.
        """

    def require_ours(self, batch: Batch) -> None:
        """Refuse to send a batch that others call uncertain by now, or that somebody decided about."""

    def settle(self, run: Run, batch: Batch, fates: Sequence[Fate], again: frozenset[str]) -> int:
        """Note the answer about a batch; return how many numbers are to be sent once more.

        Numbers of a status in ``again`` become a batch of their own; those without a status are uncertain.
        """

    def give_back(self, batch: Batch) -> None:
        """Note that a batch was surely not sent."""

    def doubt(self, batch: Batch) -> None:
        """Note that nobody knows whether a batch was sent."""

    def senders(self) -> int:
        """Count who sends for the account now, this process among them."""

    def wait(self, run: Run, seconds: float) -> bool:
        """Wait until others did something about a run, so long at most; tell whether others still send it."""


class Inbox(Protocol):
    """Where what arrives is put. Calls from several threads must take turns."""

    @property
    def place(self) -> str:
        """Say where that is, without a password."""

    def add(self, items: Sequence[Item], now: datetime) -> int:
        """Store what arrived, all of it or nothing, durably; return how many of them are new."""

    def probe(self) -> None:
        """Write nothing, as something would be written.

        Raises:
            SmsconfError: it cannot be.
        """

    def close(self) -> None:
        """Let go of it."""


class ReplyFeed(Protocol):
    """Replies as they come in, read again and again from where the last reading ended."""

    def news(self) -> Iterator[tuple[int, Received[Reply]]]:
        """Yield the replies that arrived since the last call, each with its number, in order."""

    def reply(self, number: int) -> Received[Reply] | None:
        """Return one reply."""

    def close(self) -> None:
        """Let go of what is open."""


class Recorded(Protocol):
    """What reconciling remembers of one project.

    Attributes:
        place: where, for people; without a password.
        shared: whether all runners see the same.
        journal: what runs recorded.
    """

    @property
    def place(self) -> str: ...  # noqa: D102 - above
    @property
    def shared(self) -> bool: ...  # noqa: D102
    @property
    def journal(self) -> Journal: ...  # noqa: D102

    def lock(
        self, scope: str, work: Work, *, timeout: float | None, waiting: Callable[[Work | None], None]
    ) -> AbstractContextManager[Lock]:
        """Hold the lock of an account: one run at a time writes to it.

        Args:
            scope: the account.
            work: what others are told while they wait.
            timeout: seconds to wait; ``None``: as long as it takes.
            waiting: told once who holds it, if anybody does.

        Raises:
            PlanRefused: somebody else held it for so long.
        """

    def require_known(self, scope: str, addresses: list[str]) -> None:
        """Make sure that a project of which nothing is known here is a new one.

        Raises:
            PlanRefused: another project of the account knows its addresses: it may be this one, renamed.
        """

    def load_attributes(self, scope: str) -> dict[str, Any]:
        """Return what was last saved for an account; nothing if it is lost."""

    def save_attributes(self, scope: str, entries: Mapping[str, Any]) -> None:
        """Keep what may be lost; it is no error if it cannot be."""


class Store(Recorded, Protocol):
    """Everything that is remembered for one project."""

    def read_runs(self) -> AbstractContextManager[RunReader | None]:
        """Open the bulk runs to be read; ``None``: there never was one."""

    def make_runs(
        self, scope: str | None, work: Work, waiting: Callable[[Work | None], None]
    ) -> AbstractContextManager[RunMaker]:
        """Open the bulk runs of an account to make one, or to decide about them.

        Where all runners share the store it waits for whoever holds the account's lock; ``waiting`` is told.
        Without a scope nobody is waited for: for what may be decided while somebody makes a run.

        Raises:
            PlanRefused: somebody else is at work with files.
        """

    def send_runs(self, run: Run, work: Work) -> AbstractContextManager[RunSender]:
        """Open the bulk runs to send one; what a sender that died left behind is uncertain from now on.

        Raises:
            PlanRefused: another process sends, where only one can.
        """

    def open_inbox(self, scope: str | None) -> AbstractContextManager[Inbox]:
        """Open what came back for an account, to be written."""

    def follow_replies(self, scope: str | None) -> Sequence[ReplyFeed]:
        """Return what replies to an account come into, to be read again and again."""

    def replies(self, scope: str | None) -> Iterator[Received[Reply]]:
        """Yield every reply to an account once, in the order of arrival."""

    def require_received(self, scope: str | None) -> None:
        """Make sure that there is something that replies come into.

        Raises:
            SmsconfError: nobody ever received anything here.
        """

    def reports(self, message_id: str | None = None) -> Iterator[Received[Report]]:
        """Yield every report once, or those about one message, sorted by its id."""

    def require_sendable(self) -> None:
        """Make sure that what is handed over now could be remembered.

        Raises:
            SmsconfError: it could not.
        """

    def add_sent(self, messages: Iterable[Sent]) -> None:
        """Remember messages that were handed over one by one."""

    def sent(self, message_id: str | None = None, run: int | None = None) -> Iterator[Sent]:
        """Yield every message that the service took, one by one or of runs, sorted by its id."""

    def status(self) -> StoreStatus:
        """Count what there is, and say who is at work."""

    def prove(self) -> StoreProof | None:
        """Look whether the store does what runs rely on; ``None``: it is the project's folder.

        Raises:
            SmsconfError: it does not.
        """

    def purge(
        self,
        scope: str | None,
        wanted: Wanted,
        replies: Iterable[tuple[str, Word]],
        work: Work,
        waiting: Callable[[Work | None], None],
    ) -> Purged:
        """Delete numbers and texts for good, counts stay; refused while somebody is at work with files.

        Lists and single messages are the project's. ``replies`` to the account are ids of those that go, with
        the word that stays of one; ``waiting`` is told who holds a lock that all runners share.
        """

    def templates_sent(self) -> frozenset[str]:
        """Return the addresses of what was sent one by one."""
