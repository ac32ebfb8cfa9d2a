"""Keys for things that have only a remote name: readable where it can be, stable, and never twice the same.

A key depends on the thing and on those it would be mistaken for, not on the order in which they come.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from smsconf.model.address import KEY_PATTERN, Kind, slug

_KEY = re.compile(KEY_PATTERN)
_LETTER = re.compile("[a-z]")


@dataclass(frozen=True, slots=True)
class Nameless:
    """Something to name: primary key, remote name, a word that tells namesakes apart, the key it has."""

    remote_id: str
    name: str
    hint: str = ""
    key: str | None = None


def invent_keys(kind: Kind, things: Iterable[Nameless]) -> dict[str, str]:
    """Return a key for the remote id of each thing.

    A name without usable letters becomes the kind and a few digits.
    """
    things = tuple(things)
    keys = {thing.remote_id: thing.key for thing in things if thing.key}
    left = [thing for thing in things if not thing.key]
    for form in _forms(kind):
        groups: dict[str | None, list[Nameless]] = {}
        for thing in left:
            groups.setdefault(form(thing), []).append(thing)
        taken = set(keys.values())
        left = []
        for key, group in groups.items():
            if key is None or key in taken or len(group) > 1:
                left += group
            else:
                keys[group[0].remote_id] = key
    return keys


def _forms(kind: Kind) -> Iterator[Callable[[Nameless], str | None]]:
    """Yield ways to make a key, from the plainest to one that cannot be shared."""
    yield lambda thing: thing.name if _KEY.fullmatch(thing.name) else None
    yield lambda thing: _readable(kind, thing)
    yield lambda thing: f"{_readable(kind, thing)}-{thing.hint}" if thing.hint else None
    yield lambda thing: f"{_readable(kind, thing)}-{_digits(thing.remote_id, 6)}"
    yield lambda thing: f"{_readable(kind, thing)}-{_digits(thing.remote_id, 64)}"


def _readable(kind: Kind, thing: Nameless) -> str:
    """Return the ASCII letters and digits of a name, or digits of its own if they say too little."""
    made = slug(thing.name)
    if len(made) > 1 and _LETTER.search(made):
        return made
    return f"{kind.value}-{_digits(thing.name, 6)}"


def _digits(text: str, length: int) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:length]
