"""Which account an entry of the journal belongs to; those of another one are as if not there. No I/O.

Entries of version 1 name no account. An environment's are taken for the account that its next run meets,
which a ``scoped`` entry records; until then they count for whatever account is at hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Entry = Mapping[str, Any]
VERSION = 2
SCOPED = "scoped"


class Owner(NamedTuple):
    """Whom an entry belongs to: an account (``None`` while nobody knows which), and an environment."""

    scope: str | None
    environment: str | None


def of_account(entries: Iterable[Entry], scope: str | None) -> list[Entry]:
    """Keep what belongs to an account; nothing does while nobody knows which it is."""
    found = list(entries)
    taken = takers(found)
    return [] if scope is None else [one for one in found if scope_of(one, taken, scope) == scope]


def takers(entries: Iterable[Entry]) -> dict[str | None, str]:
    """Return environment → the account its entries of version 1 were taken for; the first word counts."""
    found: dict[str | None, str] = {}
    for one in entries:
        environment, scope = one.get("environment"), one.get("scope")
        if one["event"] != SCOPED or is_older(one):
            continue
        if isinstance(environment, str | None) and isinstance(scope, str):
            found.setdefault(environment, scope)
    return found


def scope_of(entry: Entry, taken: Mapping[str | None, str], unknown: str | None = None) -> str | None:
    """Return the account of an entry; ``unknown`` if it is of version 1, and nobody took it."""
    if is_older(entry):
        environment = entry.get("environment")
        return taken.get(environment, unknown) if isinstance(environment, str | None) else unknown
    scope = entry.get("scope")
    return scope if isinstance(scope, str) else None


def is_older(entry: Entry) -> bool:
    """Tell whether an entry is from before accounts were recorded."""
    return version_of(entry) < VERSION


def version_of(entry: Entry) -> int:
    """Return the version of an entry, 0 if it names none that can be meant."""
    version = entry.get("v", 1)
    return version if type(version) is int and version > 0 else 0
