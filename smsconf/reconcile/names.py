"""Names of the versions of a template at the service: a bare one, then ``_v2``, ``_v3`` and so on.

Only the words; ``versions.family`` says which versions belong together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_SUFFIX = re.compile(r"(?<=.)_v([2-9]|[1-9][0-9]+)$", re.DOTALL)


def split_version(name: str) -> tuple[str, int]:
    """Split a remote name into the name of its family and its number; a bare name is number 1."""
    found = _SUFFIX.search(name)
    return (name[: found.start()], int(found[1])) if found else (name, 1)


def number_in(name: str, bases: Iterable[str]) -> int | None:
    """Return the number of a remote name in the family of these base names, ``None`` if it is no member."""
    if name in bases:
        return 1
    base, number = split_version(name)
    return number if number > 1 and base in bases else None


def version_name(base: str, number: int) -> str:
    """Return the remote name of a version."""
    return base if number == 1 else f"{base}_v{number}"
