"""Characters that look harmless and are not: what they are called, and what to write instead.

Tables and lookups; the rules of ``contents`` and ``signatures`` decide what is wrong where.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, NamedTuple

# Letters of other alphabets that look like Latin ones (the usual confusables of Unicode TR39).
HOMOGLYPHS: Final = dict(
    zip(
        "АВЕКМНОРСТХаеорсухіјѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",
        "ABEKMHOPCTXaeopcyxijsABEZHIKMNOPTYXo",
        strict=True,
    )
)

# What people and editors type for characters that GSM-7 has.
GSM7_INSTEAD: Final = {
    "‘": "'", "’": "'", "‚": "'", "′": "'", "`": "'", "´": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "″": '"',
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "•": "-", "·": "-",
    "…": "...", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\t": " ", "\u200b": "", "\ufeff": "",
    "™": "(TM)", "®": "(R)", "©": "(C)", "×": "x",
}  # fmt: skip

_INVISIBLE: Final = frozenset({"Cf", "Zl", "Zp"})
_CONTROL: Final = frozenset({"Cc", "Co", "Cs", "Cn"})


# Invisible ones that only allow or forbid a line break; others join letters or turn the direction.
WITHOUT_EFFECT: Final = frozenset("\u200b\u2060\ufeff")

# Full-width digits, letters and blanks; full-width punctuation is usual in Chinese.
WIDE: Final = re.compile("[\u3000\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]+")

# Pictographs and dingbats, but for the symbols that have a rule of their own.
EMOJI: Final = re.compile("[\U0001f000-\U0001faff\u2600-\u2604\u2607-\u27bf]")


class Found(NamedTuple):
    """A character at an offset."""

    offset: int
    character: str

    def __str__(self) -> str:
        return name_of(self.character)


def name_of(character: str) -> str:
    """Name a character for people: as it looks if it can be seen, and its code point."""
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "").lower()
    shown = f"'{character}' " if character.isprintable() and not character.isspace() else ""
    return f"{shown}({code}{f' {name}' if name else ''})"


def controls(text: str) -> Iterator[Found]:
    """Yield control, private-use and unassigned characters; a line end is none, a form feed is one."""
    return _of(text.replace("\n", " "), _CONTROL)


def invisibles(text: str) -> Iterator[Found]:
    """Yield characters that take no room: zero-width ones, direction marks, line separators."""
    return _of(text, _INVISIBLE)


def _of(text: str, categories: frozenset[str]) -> Iterator[Found]:
    for offset, character in enumerate("" if text.isprintable() else text):
        if unicodedata.category(character) in categories:
            yield Found(offset, character)


def is_ideograph(character: str) -> bool:
    """Tell whether a character is a Chinese one."""
    return unicodedata.name(character, "").startswith("CJK UNIFIED IDEOGRAPH")
