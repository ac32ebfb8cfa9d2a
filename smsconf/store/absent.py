"""The store of a run that cannot reach its own: it knows nothing, and refuses to be written to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any, NoReturn

from smsconf.language import _
from smsconf.model.errors import PlanRefused
from smsconf.store.entries.owner import Owner
from smsconf.store.interfaces import (
    Inbox,
    Journal,
    JournalReading,
    Lock,
    ReplyFeed,
    RunMaker,
    RunReader,
    RunSender,
    StoreStatus,
    Work,
)
from smsconf.store.messages import Received, Reply, Report, Sent
from smsconf.store.runs import Run


class AbsentStore:
    """Nothing is remembered; ``reason`` says why, as a sentence."""

    shared = True

    def __init__(self, reason: str) -> None:
        self._reason = reason

    @property
    def place(self) -> str:
        """Say why there is none."""
        return self._reason

    @property
    def journal(self) -> Journal:
        """Return a journal without entries that takes none."""
        return _AbsentJournal(self._refuse)

    def _refuse(self) -> NoReturn:
        raise PlanRefused(
            self._reason,
            why=_("what other runs recorded, sent and heard is not known here: it could be done twice"),
            fix=_("set SMSCONF_STORE to the address of the store"),
        )

    def lock(
        self,
        scope: str,  # noqa: ARG002 - as in the other homes, here and below
        work: Work,  # noqa: ARG002
        *,
        timeout: float | None,  # noqa: ARG002
        waiting: Callable[[Work | None], None],  # noqa: ARG002
    ) -> AbstractContextManager[Lock]:
        """Refuse."""
        self._refuse()

    def require_known(self, scope: str, addresses: list[str]) -> None:
        """Do nothing: what is not known is said elsewhere."""

    def load_attributes(self, scope: str) -> dict[str, Any]:  # noqa: ARG002
        """Return nothing."""
        return {}

    def save_attributes(self, scope: str, entries: Mapping[str, Any]) -> None:
        """Keep nothing: it may be lost."""

    def read_runs(self) -> AbstractContextManager[RunReader | None]:
        """Know of no run."""
        return nullcontext()

    def make_runs(
        self,
        scope: str | None,  # noqa: ARG002
        work: Work,  # noqa: ARG002
        waiting: Callable[[Work | None], None],  # noqa: ARG002
    ) -> AbstractContextManager[RunMaker]:
        """Refuse."""
        self._refuse()

    def send_runs(self, run: Run, work: Work) -> AbstractContextManager[RunSender]:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def open_inbox(self, scope: str | None) -> AbstractContextManager[Inbox]:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def follow_replies(self, scope: str | None) -> Sequence[ReplyFeed]:  # noqa: ARG002
        """Refuse: whom not to write to is not known."""
        self._refuse()

    def replies(self, scope: str | None) -> Iterator[Received[Reply]]:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def require_received(self, scope: str | None) -> None:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def reports(self, message_id: str | None = None) -> Iterator[Received[Report]]:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def require_sendable(self) -> None:
        """Refuse."""
        self._refuse()

    def add_sent(self, messages: Iterable[Sent]) -> None:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def sent(self, message_id: str | None = None, run: int | None = None) -> Iterator[Sent]:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def status(self) -> StoreStatus:
        """Refuse."""
        self._refuse()

    def prove(self) -> NoReturn:
        """Refuse."""
        self._refuse()

    def templates_sent(self) -> frozenset[str]:
        """Know of none."""
        return frozenset()


class _AbsentJournal:
    def __init__(self, refuse: Callable[[], NoReturn]) -> None:
        self._refuse = refuse

    def read(self) -> JournalReading:
        return JournalReading()

    def append(self, now: datetime, owner: Owner, entry: Mapping[str, Any]) -> None:  # noqa: ARG002
        self._refuse()

    def take_older(self, now: datetime, owner: Owner) -> None:
        pass

    def locked(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002
        self._refuse()
