r"""Patterns that a project's files give: matched in linear time, whatever they are, and whoever wrote them.

They come from pull requests, so the engine is RE2, not the ``re`` of Python, which backtracks: with
``(a+)+b`` thirty letters took minutes there. Therefore no back-references and no look-around; ``\w``, ``\d``
and ``\b`` know ASCII only (``\p{Han}`` and its like are there). No pattern of our own is here.

Written from https://github.com/google/re2/wiki/Syntax, read 2026-11.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

MOST_CHARACTERS = 500  # of a pattern
MOST_STEPS = 5000  # of the program that it becomes: (\w{1,100}){1,100} is short and large
LONGEST_TEXT = 256  # what is longer matches nothing; the service takes shorter names


class BadPattern(ValueError):
    """Not a pattern, or none that can be matched in linear time; the text says why, in RE2's words."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as it was written. Get one with :func:`read_pattern`."""

    text: str

    def fits(self, text: str) -> bool:
        """Tell whether a whole text matches."""
        if len(text) > LONGEST_TEXT or not _is_encodable(text):
            return False
        return _compiled(self.text).fullmatch(text) is not None


def read_pattern(text: str) -> Pattern:
    """Take a pattern as it was written.

    Raises:
        BadPattern: it is none.
    """
    _compiled(text)
    return Pattern(text)


@lru_cache(maxsize=64)
def _compiled(text: str) -> Any:  # noqa: ANN401 - the package has no types
    import re2

    if len(text) > MOST_CHARACTERS:
        raise BadPattern(f"it has more than {MOST_CHARACTERS} characters")
    if not _is_encodable(text):
        raise BadPattern("it holds half a character")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 4 * 1024 * 1024
    try:
        found = re2.compile(text, options)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        raise BadPattern(said.decode(errors="replace") if isinstance(said, bytes) else str(said)) from error
    if found.programsize > MOST_STEPS:
        raise BadPattern("its repetitions make it too large")
    return found


def _is_encodable(text: str) -> bool:
    return not any("\ud800" <= one <= "\udfff" for one in text)
