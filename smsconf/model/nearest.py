"""The word that was probably meant by one that nobody knows. It compares letters, and knows no meaning."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

_LONGEST = 80  # characters; comparing takes the square of their number


def nearest(word: str, choices: Iterable[str], *, alike: float = 0.5) -> str | None:
    """Return the choice that was probably meant, if there is one; upper and lower case are the same.

    ``alike``: how much of both must agree. Codes and addresses have much in common by nature: they want more.
    """
    return _nearest(word, tuple(choices), alike) if len(word) <= _LONGEST else None


@lru_cache(maxsize=4096)
def _nearest(word: str, choices: tuple[str, ...], alike: float) -> str | None:
    from difflib import get_close_matches  # most runs never ask

    folded = {choice.casefold(): choice for choice in choices}
    found = get_close_matches(word.casefold(), folded, n=1, cutoff=alike)
    return folded[found[0]] if found else None
