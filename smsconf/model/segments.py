"""How long a message is and how many parts are billed for it.

Pure functions of texts and lengths. Nothing here knows templates or files, and nothing judges a text.

=============================  ========  =======  ============
message                        alphabet  one part  each of more
=============================  ========  =======  ============
to the Chinese mainland        MAINLAND  70       67
international, GSM-7 only      GSM7      160      153
international, anything else   UCS2      70       67
=============================  ========  =======  ============

Mainland: every character counts one, and so does the signature with its brackets. GSM-7: the characters of
the extension table take two units. UCS-2: a character outside the basic plane takes two. What takes two units
is not split between two parts.

Written from https://support.huaweicloud.com/intl/en-us/productdesc-msgsms/sms_01_0011.html (length of an SMS,
2024) and 3GPP TS 23.038 §6.2.1 (the vendor's own table of GSM-7 characters is not readable).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

GSM7_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION = frozenset("\f^{}\\[~]|€")

PLACEHOLDER = re.compile(r"\$\{([1-9][0-9]{0,3})\}")


class Alphabet(Enum):
    """In what units a message is counted, how many fit into the only part, how many into each of several."""

    MAINLAND = ("characters", 70, 67)
    GSM7 = ("GSM-7 units", 160, 153)
    UCS2 = ("UCS-2 units", 70, 67)

    def __init__(self, label: str, single: int, multi: int) -> None:
        self.label = label
        self.single = single
        self.multi = multi

    def units(self, text: str) -> list[int]:
        """Return what each character of a text takes."""
        if self is Alphabet.GSM7:
            return [1 + (character in GSM7_EXTENSION) for character in text]
        if self is Alphabet.UCS2:
            return [1 + (character > "\uffff") for character in text]
        return [1] * len(text)


class Count(NamedTuple):
    """A message's alphabet, its length in the units of that alphabet, and the parts it is billed as."""

    alphabet: Alphabet
    length: int
    segments: int


class Allowed(NamedTuple):
    """The values a variable may have: their length, and whether any character may occur in them.

    Values that are not ``free`` (numbers, dates, amounts) are made of plain GSM-7 characters.
    """

    shortest: int
    longest: int
    free: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """What messages of one template come to: no message is below ``least`` or above ``most``."""

    least: Count
    most: Count

    def __str__(self) -> str:
        least, most = self.least.segments, self.most.segments
        return str(least) if least == most else f"{least}..{most}"


class Outsider(NamedTuple):
    """A character that GSM-7 does not have, and its offset in the text."""

    offset: int
    character: str


def outside_gsm7(text: str) -> Iterator[Outsider]:
    """Yield the characters that make a text UCS-2, in their order."""
    for offset, character in enumerate(text):
        if character not in GSM7_BASIC and character not in GSM7_EXTENSION:
            yield Outsider(offset, character)


def alphabet_of(text: str) -> Alphabet:
    """Return the alphabet of an international text: GSM-7 if it has every character."""
    return Alphabet.UCS2 if any(outside_gsm7(text)) else Alphabet.GSM7


def count_mainland(text: str, signature: str) -> Count:
    """Count a message to the mainland; ``signature`` comes with its brackets, ``text`` with its values."""
    return _count(Alphabet.MAINLAND, signature + text)


def count_international(text: str) -> Count:
    """Count an international message, its values filled in."""
    return _count(alphabet_of(text), text)


def estimate(content: str, allowed: Mapping[int, Allowed], *, signature: str | None) -> Estimate:
    """Bound what the messages of a template come to.

    Args:
        content: the text in the service's form (``${1}``).
        allowed: the values of each variable by its number; one that is missing may be anything up to 20.
        signature: with its brackets for the mainland, None for an international template.
    """
    numbers = [int(number) for number in PLACEHOLDER.findall(content)]
    values = [allowed.get(number, _ANYTHING) for number in numbers]
    fixed = PLACEHOLDER.sub("", content)
    if signature is not None:
        length = len(signature) + len(fixed)
        least = length + sum(value.shortest for value in values)
        most = length + sum(value.longest for value in values)
        return Estimate(_bound(Alphabet.MAINLAND, least), _bound(Alphabet.MAINLAND, most))
    if not values:
        count = count_international(fixed)
        return Estimate(count, count)
    return _estimate_international(fixed, values)


_ANYTHING = Allowed(1, 20, free=True)


def _estimate_international(fixed: str, values: Sequence[Allowed]) -> Estimate:
    alphabet = alphabet_of(fixed)
    units = alphabet.units(fixed)
    least = _bound(alphabet, sum(units) + sum(value.shortest for value in values))
    # A free value may consist of characters of two units, and may make a GSM-7 text UCS-2.
    more = sum(value.longest * (1 + value.free) for value in values)
    free = any(value.free for value in values)
    most = [_bound(alphabet, sum(units) + more, paired=free or 2 in units)]
    if free and alphabet is Alphabet.GSM7:
        wide = Alphabet.UCS2.units(fixed)
        most.append(_bound(Alphabet.UCS2, sum(wide) + more, paired=True))
    return Estimate(least, max(most, key=lambda count: count.segments))


def parts(text: str, alphabet: Alphabet) -> list[str]:
    """Cut a message, its signature and values in it, where the network does: as many parts as are billed."""
    units = alphabet.units(text)
    if sum(units) <= alphabet.single:
        return [text] if text else []
    found, start, used = [], 0, 0
    for position, unit in enumerate(units):
        if used + unit > alphabet.multi:
            found.append(text[start:position])
            start, used = position, 0
        used += unit
    return [*found, text[start:]]


def _bound(alphabet: Alphabet, length: int, *, paired: bool = False) -> Count:
    """Count by length alone; ``paired`` reckons that each part may waste its last unit on a pair."""
    if length <= alphabet.single:
        return Count(alphabet, length, int(length > 0))
    return Count(alphabet, length, -(-length // (alphabet.multi - paired)))


def _count(alphabet: Alphabet, text: str) -> Count:
    """Fill one part after the other; what takes two units goes whole into the next."""
    units = alphabet.units(text)
    length = sum(units)
    if length <= alphabet.single or 2 not in units:
        return _bound(alphabet, length)
    segments, used = 1, 0
    for unit in units:
        if used + unit > alphabet.multi:
            segments, used = segments + 1, 0
        used += unit
    return Count(alphabet, length, segments)
