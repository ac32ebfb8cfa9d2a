"""What is wrong with the user's files, as values: collected, sorted, shown many at once.

A diagnostic never stops the run by itself; whoever collected them decides. Exceptions are in ``errors``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Severity(StrEnum):
    """How bad it is: an error blocks, a warning and an info do not."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Place:
    """A spot in a file. Line and column count from 1, columns in characters (not bytes).

    ``file`` is relative to the project where it can be. ``text`` is the whole source line without its end,
    so that an excerpt needs no second read; ``length`` is how many characters to underline.
    """

    file: str
    line: int = 1
    column: int = 1
    length: int = 1
    text: str | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Edit(NamedTuple):
    """A repair that cannot change what is meant: ``text`` takes the place of a stretch of a field.

    ``path`` leads from the entry to the field; offsets count as a rule sees the text, those in a template's
    ``content`` in the service's form (``${1}``).
    """

    path: tuple[str | int, ...]
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: where, what, why, and what to do about it.

    ``message`` is lower case without a full stop; ``fix`` is an order with real values; ``related`` names
    the other places of a conflict, each with a word on what is there. ``address`` is ``kind.key``.
    ``edit`` is what ``lint --fix`` does about it.
    """

    code: str
    severity: Severity
    message: str
    place: Place | None = None
    address: str | None = None
    why: str | None = None
    fix: str | None = None
    related: tuple[tuple[Place, str], ...] = ()
    edit: Edit | None = None


def in_order(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sort by file, line, column and code, drop exact repeats; those without a place come first."""

    def key(found: Diagnostic) -> tuple[str, int, int, str, str]:
        place = found.place or Place("", 0, 0)
        return (place.file, place.line, place.column, found.code, found.message)

    return tuple(sorted(dict.fromkeys(diagnostics), key=key))


def has_errors(diagnostics: Iterable[Diagnostic], *, strict: bool = False) -> bool:
    """Tell whether any of them blocks; ``strict``: warnings do too."""
    bad = (Severity.ERROR, Severity.WARNING) if strict else (Severity.ERROR,)
    return any(found.severity in bad for found in diagnostics)
