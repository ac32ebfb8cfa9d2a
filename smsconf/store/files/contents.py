"""Everything that the files of a folder hold, read while nobody else writes to them. Nothing is changed.

What a sender that died left behind is called uncertain first, as by the next run.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from smsconf.store.entries.owner import Entry
from smsconf.store.files.inbox import Inbox
from smsconf.store.files.journal import Journal
from smsconf.store.files.ledger import Ledger
from smsconf.store.files.lock import hold
from smsconf.store.files.places import inboxes, ledger_path, sent_path
from smsconf.store.files.sent import read_sent
from smsconf.store.interfaces import Work
from smsconf.store.messages import Received, Reply, Report, Sent
from smsconf.store.runs import SPENT, Run

Row = tuple[Any, ...]

_RUNS = """
SELECT id, scope, environment, subject, name, template, region, digest, message, made, failed_of, agreed,
       begun, finished, summary FROM run WHERE agreed IS NOT NULL ORDER BY id
"""
_BATCHES = """
SELECT id, state, size, numbers, contents, tries, at FROM batch WHERE run = :run ORDER BY id
"""
_MESSAGES = """
SELECT message.batch, number, message_id, status, parts FROM message JOIN batch ON batch.id = message.batch
WHERE run = :run ORDER BY message.rowid
"""
_TRAFFIC = f"""
SELECT coalesce(scope, ''), region, substr(at, 1, 10), sum(size) FROM batch JOIN run ON run.id = batch.run
WHERE run.id = :run AND at IS NOT NULL AND state IN ({", ".join(f"'{state}'" for state in SPENT)})
GROUP BY 1, 2, 3
"""  # noqa: S608 - our own words


class Contents:
    """What there is, in the order in which it came; ``torn`` counts lines of the journal that were cut."""

    def __init__(
        self, entries: tuple[Entry, ...], torn: int, ledger: Ledger | None, inboxes: list[Inbox], sent: Path
    ) -> None:
        self.entries = entries
        self.torn = torn
        self._ledger = ledger
        self._inboxes = inboxes
        self._sent = sent

    def runs(self) -> Iterator[tuple[Run, Row]]:
        """Yield the runs that somebody agreed to, the oldest first, each with its columns but the number."""
        if self._ledger:
            for number, *columns in self._stream(_RUNS):
                if run := self._ledger.find(number):
                    yield run, tuple(columns)

    @property
    def ledger_path(self) -> str:
        """Return the file of the runs, for people."""
        return str(self._ledger.path) if self._ledger else ""

    def total(self, run: Run) -> int:
        """Return how many messages a run has."""
        return self._ledger.tally(run).total if self._ledger else 0

    def batches(self, run: Run) -> Iterator[Row]:
        """Yield the batches of a run in order: id, state, size, numbers, contents, tries, at."""
        return self._stream(_BATCHES, run=run.id)

    def messages(self, run: Run) -> Iterator[Row]:
        """Yield what was said of each number of a run: batch, number, message id, status, parts."""
        return self._stream(_MESSAGES, run=run.id)

    def traffic(self, run: Run) -> Iterator[Row]:
        """Yield what the service may have taken of a run: account, region, day (UTC), messages."""
        return self._stream(_TRAFFIC, run=run.id)

    def touched(self, run: Run) -> set[str]:
        """Return the numbers of a run that a request may have left for."""
        return self._ledger.touched(run) if self._ledger else set()

    def _stream(self, statement: str, **values: object) -> Iterator[Row]:
        return self._ledger.stream(statement, **values) if self._ledger else iter(())

    def sent(self) -> Iterator[Sent]:
        """Yield what was sent one by one."""
        return read_sent(self._sent)

    def reports(self) -> Iterator[Received[Report]]:
        """Yield every report, file by file."""
        for inbox in self._inboxes:
            yield from inbox.reports()

    def replies(self) -> Iterator[Received[Reply]]:
        """Yield every reply, file by file in the order of arrival."""
        for inbox in self._inboxes:
            yield from inbox.replies()


@contextmanager
def holding_contents(folder: Path, state: Path, work: Work) -> Iterator[Contents]:
    """Read a folder, and keep everybody else from writing to it meanwhile.

    Args:
        folder: of the project.
        state: where it remembers.
        work: what others are told.

    Raises:
        PlanRefused: somebody is at work there.
        SmsconfError: a file cannot be read.
    """
    with ExitStack() as stack:
        stack.enter_context(hold(state / "apply.lock", work, timeout=0, waiting=lambda _holder: None))
        path = ledger_path(folder)
        ledger = stack.enter_context(Ledger(path, folder=folder.absolute())) if path.exists() else None
        files = [Inbox(one) for one in inboxes(folder)]
        for one in files:
            stack.callback(one.close)
            stack.enter_context(one.held())
        reading = Journal(state / "journal.jsonl").read()
        yield Contents(reading.entries, reading.torn, ledger, files, sent_path(folder))
