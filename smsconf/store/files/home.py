"""Everything that is remembered in a project's folder; what each file holds is another module's business."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import cached_property
from heapq import merge
from operator import attrgetter
from pathlib import Path
from typing import Any

from smsconf.checkout import state_folder
from smsconf.language import N_, _
from smsconf.origin import UNKNOWN, Origin
from smsconf.store.entries.owner import version_of
from smsconf.store.files.attributes import read_attributes, write_attributes
from smsconf.store.files.contents import Contents, holding_contents
from smsconf.store.files.imported import Mark, mark_imported, refuse_imported, source_of
from smsconf.store.files.inbox import Inbox, open_to_read
from smsconf.store.files.journal import Journal
from smsconf.store.files.ledger import Ledger
from smsconf.store.files.ledger_reader import LedgerReader, open_ledger_to_read
from smsconf.store.files.lock import hold, holder_of
from smsconf.store.files.places import inbox_path, inboxes, ledger_path, note_inbox, sent_path
from smsconf.store.files.purging import purge_files
from smsconf.store.files.replies import FileReplies
from smsconf.store.files.sent import add_sent, read_ledger, read_sent, templates_sent
from smsconf.store.files.status import count_entries, count_rows, size_of
from smsconf.store.interfaces import Lock, StoreStatus, Work
from smsconf.store.messages import Received, Reply, Report, Sent
from smsconf.store.purging import Purged, Wanted, Word
from smsconf.store.runs import Run

_NO_LEDGER = N_(
    "no list was sent from this folder yet; what another folder or machine sent is not known here"
)


class FileStore:
    """The files; see :class:`~smsconf.store.interfaces.Store`. Nothing is read or made before it is used."""

    shared = False

    def __init__(
        self,
        folder: Path,
        say: Callable[[str], None] = lambda _text: None,
        *,
        origin: Callable[[], Origin] = lambda: UNKNOWN,
        inbox: Path | None = None,
    ) -> None:
        """Take a project's folder; ``inbox`` is where something was received into, if not in there."""
        self._origin = origin
        self._folder = folder
        self._say = say
        self._inbox = inbox

    @property
    def place(self) -> str:
        """Return the file that something is received into, else the folder."""
        return str(self._inbox or self._state)

    @cached_property
    def _state(self) -> Path:
        return state_folder(self._folder)

    @cached_property
    def journal(self) -> Journal:
        """Return the journal; nothing of it is read yet.

        Raises:
            SmsconfError: the repository tracks it.
        """
        return Journal(self._state / "journal.jsonl", self._say, self._origin)

    def lock(
        self,
        scope: str,  # noqa: ARG002 - as in the other home
        work: Work,
        *,
        timeout: float | None,
        waiting: Callable[[Work | None], None],
    ) -> AbstractContextManager[Lock]:
        """Hold the lock of the folder, whatever the account.

        Raises:
            PlanRefused: the folder was imported into a shared store.
        """
        refuse_imported(self._state)
        return hold(self._state / "apply.lock", work, timeout=timeout, waiting=waiting)

    def require_known(self, scope: str, addresses: list[str]) -> None:
        """Do nothing: the folder is the project, however it is called."""

    def load_attributes(self, scope: str) -> dict[str, Any]:
        """Return what was last saved for an account; nothing if it is lost."""
        return read_attributes(self._attributes(scope), scope)

    def save_attributes(self, scope: str, entries: Mapping[str, Any]) -> None:
        """Keep what may be lost; it is no error if it cannot be."""
        write_attributes(self._attributes(scope), scope, entries)

    def _attributes(self, scope: str) -> Path:
        """Return the file of an account; one for all databases of the emulator, of which most are gone."""
        parts = scope.split("/")
        words = parts[:2] if parts[0] == "emulator" else parts
        return self._state / f"attributes-{'-'.join(words).replace(':', '-')}.json"

    def read_runs(self) -> AbstractContextManager[LedgerReader | None]:
        """Open the ledger to be read; ``None``: there is none yet."""
        return open_ledger_to_read(ledger_path(self._folder))

    def make_runs(
        self,
        scope: str | None,  # noqa: ARG002 - as in the other home, here and below
        work: Work,  # noqa: ARG002
        waiting: Callable[[Work | None], None],  # noqa: ARG002
    ) -> AbstractContextManager[Ledger]:
        """Open the ledger, which one process at a time can.

        Raises:
            PlanRefused: another one is sending.
        """
        return self._open_ledger()

    def send_runs(self, run: Run, work: Work) -> AbstractContextManager[Ledger]:  # noqa: ARG002
        """Open the ledger, which one process at a time can.

        Raises:
            PlanRefused: another one is sending.
        """
        return self._open_ledger()

    def _open_ledger(self) -> Ledger:
        refuse_imported(self._state)
        path = ledger_path(self._folder)
        if not path.exists():
            self._say(_(_NO_LEDGER))
        return Ledger(path, folder=self._folder.absolute())

    @contextmanager
    def open_inbox(self, scope: str | None) -> Iterator[Inbox]:  # noqa: ARG002 - as in the other home
        """Open the file to receive into, and note it for the project.

        Raises:
            PlanRefused: the folder was imported into a shared store; also while it is open.
        """
        refuse_imported(self._state)
        inbox = Inbox(inbox_path(self._folder, self._inbox), lambda: refuse_imported(self._state))
        try:
            note_inbox(self._folder, inbox.path)
            yield inbox
        finally:
            inbox.close()

    def follow_replies(self, scope: str | None) -> Sequence[FileReplies]:  # noqa: ARG002
        """Return every file that replies come into, the project's own, which may be yet to come, first."""
        own = inbox_path(self._folder, self._inbox)
        every = [own] if self._inbox else [own, *inboxes(self._folder)]
        return [FileReplies(path) for path in dict.fromkeys(every)]

    def replies(self, scope: str | None) -> Iterator[Received[Reply]]:  # noqa: ARG002
        """Yield every reply once, in the order of arrival."""
        with ExitStack() as opened:
            files = [opened.enter_context(open_to_read(path)) for path in self._received()]
            yield from merge(*(one.replies() for one in files), key=attrgetter("at"))

    def reports(self, message_id: str | None = None) -> Iterator[Received[Report]]:
        """Yield every report once, or those about one message, sorted by its id."""
        with ExitStack() as opened:
            files = [opened.enter_context(open_to_read(path)) for path in self._received()]
            yield from merge(*(one.reports(message_id) for one in files), key=attrgetter("item.message_id"))

    def require_received(self, scope: str | None) -> None:  # noqa: ARG002
        """Make sure that something was received.

        Raises:
            SmsconfError: there is no file yet, or one is gone.
        """
        for path in self._received() or [inbox_path(self._folder)]:
            with open_to_read(path):
                pass

    def _received(self) -> list[Path]:
        """Return every file that something was received into.

        Raises:
            SmsconfError: one is gone.
        """
        return [self._inbox] if self._inbox else inboxes(self._folder)

    def require_sendable(self) -> None:
        """Make sure that the folder remembers for itself; what cannot be written is said afterwards.

        Raises:
            PlanRefused: it was imported into a shared store.
        """
        refuse_imported(self._state)

    def purge(
        self,
        scope: str | None,  # noqa: ARG002 - as in the other home
        wanted: Wanted,
        replies: Iterable[tuple[str, Word]],
        work: Work,  # noqa: ARG002
        waiting: Callable[[Work | None], None],  # noqa: ARG002
    ) -> Purged:
        """Delete numbers and texts for good, also from a folder that was imported.

        Raises:
            PlanRefused: a list is being sent.
        """
        return purge_files(self._folder, self._state, self._received(), wanted, replies)

    def holding(self, work: Work) -> AbstractContextManager[Contents]:
        """Read everything, and keep everybody else from writing to it meanwhile.

        Raises:
            PlanRefused: somebody is at work here.
        """
        return holding_contents(self._folder, self._state, work)

    @property
    def mark(self) -> Mark:
        """Return the id of the folder, which is made if there is none, and when it was imported."""
        return source_of(self._state)

    def mark_imported(self, at: str, place: str) -> None:
        """Write down that everything here went into a shared store."""
        mark_imported(self._state, self.mark, at, place)

    def add_sent(self, messages: Iterable[Sent]) -> None:
        """Remember messages that were handed over one by one."""
        add_sent(sent_path(self._folder), messages)

    def sent(self, message_id: str | None = None, run: int | None = None) -> Iterator[Sent]:
        """Yield every message that the service took, one by one or of runs, sorted by its id."""
        of_runs = read_ledger(ledger_path(self._folder), run, message_id)
        if run is not None:
            return of_runs
        return merge(read_sent(sent_path(self._folder), message_id), of_runs, key=attrgetter("message_id"))

    def status(self) -> StoreStatus:
        """Count what there is, and say who holds the lock of the folder."""
        entries = self.journal.read().entries
        scopes = count_entries(entries)
        versions = {"journal": str(version_of(entries[-1]))} if entries else {}
        versions |= dict(count_rows(self._state, scopes))
        holder = holder_of(self._state / "apply.lock")
        locks = [("", holder)] if holder else []
        size = size_of(self._state)
        return StoreStatus(
            str(self._state), shared=False, versions=versions, size=size, scopes=scopes, locks=locks
        )

    def prove(self) -> None:
        """Do nothing: a folder has no promises beyond its machine."""

    def templates_sent(self) -> frozenset[str]:
        """Return the addresses of what was sent one by one.

        Raises:
            SmsconfError: the file cannot be read.
        """
        return templates_sent(sent_path(self._folder))
