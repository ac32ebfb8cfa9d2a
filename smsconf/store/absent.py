"""What a run that only looks works with when it cannot reach its store: nothing is known, nothing is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from smsconf.language import _
from smsconf.model.errors import PlanRefused
from smsconf.store.entries.owner import Owner
from smsconf.store.interfaces import JournalReading, Lock, Work


def refusal(reason: str) -> PlanRefused:
    """Return the error for a run that needs its store and has none; ``reason`` says why, as a sentence."""
    return PlanRefused(
        reason,
        why=_("what other runs recorded, sent and heard is not known here: it could be done twice"),
        fix=_("set SMSCONF_STORE to the address of the store"),
    )


class Absent:
    """Journal and attributes of nobody; ``place`` says why. Writing is refused."""

    shared = True

    def __init__(self, reason: str) -> None:
        self.place = reason

    @property
    def journal(self) -> Absent:
        """Return itself: it has no entries."""
        return self

    def read(self) -> JournalReading:
        """Know of no entry."""
        return JournalReading()

    def append(self, now: datetime, owner: Owner, entry: Mapping[str, Any]) -> None:  # noqa: ARG002
        """Refuse."""
        raise refusal(self.place)

    def take_older(self, now: datetime, owner: Owner) -> None:
        """Know of none."""

    def locked(self, name: str) -> AbstractContextManager[None]:  # noqa: ARG002
        """Refuse."""
        raise refusal(self.place)

    def lock(
        self,
        scope: str,  # noqa: ARG002
        work: Work,  # noqa: ARG002
        *,
        timeout: float | None,  # noqa: ARG002
        waiting: Callable[[Work | None], None],  # noqa: ARG002
    ) -> AbstractContextManager[Lock]:
        """Refuse."""
        raise refusal(self.place)

    def require_known(self, scope: str, addresses: list[str]) -> None:
        """Do nothing: what is not known is said elsewhere."""

    def load_attributes(self, scope: str) -> dict[str, Any]:  # noqa: ARG002
        """Return nothing."""
        return {}

    def save_attributes(self, scope: str, entries: Mapping[str, Any]) -> None:
        """Keep nothing: it may be lost."""
