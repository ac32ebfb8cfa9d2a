"""What the remote cannot tell and the journal may remember: a value, empty when the journal is lost.

Every decision stays right without it; it only makes some of them better informed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from smsconf.model.address import Address


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Somebody's word that a manual step is done, as it was declared then.

    ``digest`` is that of the declared values; ``time`` and ``expires`` are aware.
    """

    address: Address
    digest: str
    by: str
    time: datetime
    note: str | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """What earlier runs of one environment recorded.

    Attributes:
        entries: how many entries the journal had, of whatever environment; ``None`` if nobody looked.
        environments: whose steps they tell of; ``None`` stands for runs without one.
        apps: address → remote id of the apps that were managed and not forgotten since.
        live: address → remote id of the version last recorded as live.
        live_since: address → when that was first recorded (service time).
        guessed: address → remote id of the version last taken for live although nothing told, until one is
            recorded as live.
        created: remote id → address of the templates that our runs created, or adopted after an uncertain
            answer, and did not delete since.
        numbers: address → the highest version number ever used.
        refused: (address, submission hash) → the reviewer's words of a rejection or deactivation.
        submitted: remote id → submission hash of what was last submitted there.
        submitted_at: remote id → when our runs last submitted it (service time).
        disabled: remote ids of the templates that our runs disabled and did not submit since.
        confirmations: address → the last word on a manual step.
        created_elsewhere: remote ids of the templates that runs of other environments created.
        live_elsewhere: remote id → each other environment that recorded it as live, be it a guess, and for
            what address.
    """

    entries: int | None = None
    environments: frozenset[str | None] = frozenset()
    apps: Mapping[Address, str] = field(default_factory=dict)
    live: Mapping[Address, str] = field(default_factory=dict)
    live_since: Mapping[Address, datetime] = field(default_factory=dict)
    guessed: Mapping[Address, str] = field(default_factory=dict)
    created: Mapping[str, Address] = field(default_factory=dict)
    numbers: Mapping[Address, int] = field(default_factory=dict)
    refused: Mapping[tuple[Address, str], str] = field(default_factory=dict)
    submitted: Mapping[str, str] = field(default_factory=dict)
    submitted_at: Mapping[str, datetime] = field(default_factory=dict)
    disabled: frozenset[str] = frozenset()
    confirmations: Mapping[Address, Confirmation] = field(default_factory=dict)
    created_by_others: frozenset[str] = frozenset()
    live_of_others: Mapping[str, tuple[tuple[str, Address], ...]] = field(default_factory=dict)
