"""What is recorded of one step: announced before it is sent, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum

from smsconf.model.address import Kind
from smsconf.reconcile.change import Step


class Phase(StrEnum):
    """Where a step stands: about to be sent, or how it ended as far as an answer says."""

    INTENT = "intent"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StepEvent:
    """One entry for the journal. ``edit`` and ``submit`` that travel together are one ``submit``."""

    phase: Phase
    step: Step
    address: str
    kind: Kind
    remote_name: str
    remote_id: str | None = None
    submission: str | None = None
    error_code: str | None = None
    message: str | None = None
    request_id: str | None = None

    def record(self) -> dict[str, str]:
        """Return what is known besides the phase, as plain values."""
        known = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "phase"}
        return {name: str(value) for name, value in known.items() if value is not None}


Record = Callable[[StepEvent], None]
