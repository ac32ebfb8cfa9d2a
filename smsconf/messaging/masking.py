"""Phone numbers hidden in whatever is shown: enough is left to recognise one's own, too little to call.

Pure. A number is looked for among digits of any script and everything between them that is neither a letter
nor a digit, and hidden in place: the four digits before the last four, whatever stands between them stays.
Rather one is hidden too many: eight digits in two groups (``1000-2000``), a card, an order id of digits
alone. Dates, times, addresses of hosts and ids in hexadecimal stay readable. What is not found: numbers in
words, in Chinese numerals or with letters between the digits, shorter ones, and foreign ones that are
parted by a single point or by what nobody parts a number with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_LEAST, _MOST = 8, 15  # digits of a number; the most of ITU-T E.164
_MOST_GROUPS = 18  # of digits side by side: a number has no more, 00 and 0 included
_FARTHEST = 8  # characters between two digits of one number
_PLAIN = re.compile(r"\+?[0-9]{8,15}")
_DIGIT = re.compile("[0-9]")
_JOINS = re.compile(r"[ \t\u00a0\u2000-\u200f\u202f\u3000().\-/\u2010-\u2015\u2212\u00b7\u2060\ufeff]{1,3}")
_KEPT = re.compile(
    r"""
      [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:_[0-9]+)?            # a UUID, a message id
    | (?<![0-9a-z])(?=[0-9]*[a-f])(?=[a-f]*[0-9])[0-9a-f]{16,}(?![0-9a-z])    # an id in hexadecimal
    | ://[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?::[0-9]+)?                       # a host
    """,
    re.VERBOSE | re.IGNORECASE,
)
_YEAR = r"(?:19|20)\d\d"
_MONTH, _DAY = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATES = re.compile(
    rf"""(?<!\d)(?:
      {_YEAR}(?P<a>[-/.]){_MONTH}(?P=a){_DAY} | {_YEAR}年{_MONTH}月{_DAY}
    | {_DAY}(?P<b>[-/.]){_MONTH}(?P=b){_YEAR} | {_MONTH}(?P<c>[-/.]){_DAY}(?P=c){_YEAR}
    | {_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:(?:[01]\d|2[0-3])[0-5]\d[0-5]\d)?
    )(?!\d)""",
    re.VERBOSE,
)
_ADDRESS = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])")
_MAINLAND = re.compile(r"(?:00)?(?:86)?0?1[3-9]\d{9}")


class _Group(NamedTuple):
    """Digits side by side; ``free`` if no letter of a word or an id touches them."""

    start: int
    end: int
    free: bool

    @property
    def size(self) -> int:
        return self.end - self.start


def mask(number: str) -> str:
    """Hide four digits of a number, wherever its separators stand."""
    if _PLAIN.fullmatch(number):  # they come by the million
        return f"{number[:-8]}****{number[-4:]}"
    places = [place for place, char in enumerate(number) if char.isdigit()]
    if len(places) >= _LEAST:
        return _hidden(number, [_middle(places)])
    return f"{number[: max(0, len(number) - 8)]}****{number[-4:]}" if len(number) > 4 else "****"


def mask_all(text: str) -> str:
    """Hide whatever looks like a phone number in a text from outside."""
    if _PLAIN.fullmatch(text) and not _DATES.fullmatch(text):
        return mask(text)
    digits = text
    if not text.isascii():
        digits = "".join(str(unicodedata.digit(char)) if char.isdigit() else char for char in text)
    if len(_DIGIT.findall(digits)) < _LEAST:
        return text
    kept = _marked(digits, _KEPT)
    groups = [
        _Group(start, end, free=_is_free(digits, start, end))
        for start, end in (found.span() for found in re.finditer("[0-9]+", digits))
        if not _touches(kept, start, end)
    ]
    dates = _marked(digits, _DATES)
    shown = _marked(digits, _DATES, _ADDRESS)
    return _hidden(text, list(_numbers(digits, groups, dates, shown)))


def _numbers(text: str, groups: list[_Group], dates: bytearray, shown: bytearray) -> Iterator[list[int]]:
    """Yield the places of the digits to hide of each number in a text."""
    place = 0
    while place < len(groups):
        count = _mainland(text, groups, place)
        if all(_touches(dates, one.start, one.end) for one in groups[place : place + count]):
            count = 0  # a number has too few digits to be two dates
        if not count and not _touches(shown, groups[place].start, groups[place].end):
            count = _other(text, groups, place, shown)
        if count:
            members = groups[place : place + count]
            yield _middle([at for one in members for at in range(one.start, one.end)])
        place += count or 1


def _mainland(text: str, groups: list[_Group], place: int) -> int:
    """Return how many groups from here on are a mainland mobile number, whatever stands between them."""
    digits, end = "", groups[place].start
    for count, one in enumerate(groups[place : place + _MOST_GROUPS], 1):
        between = text[end : one.start]
        if count > 1 and (len(between) > _FARTHEST or any(char.isalpha() for char in between)):
            return 0
        digits, end = digits + text[one.start : one.end], one.end
        if len(digits) >= 11 and _MAINLAND.fullmatch(digits):
            return count
        if len(digits) > 16:
            return 0
    return 0


def _other(text: str, groups: list[_Group], place: int, shown: bytearray) -> int:
    """Return how many groups from here on are another number, joined as people write them."""
    first = groups[place]
    if not first.free:
        return 0
    if first.size >= _LEAST:
        return 1
    total, best, points = first.size, 0, 0
    for count, one in enumerate(groups[place + 1 : place + _MOST_GROUPS], 2):
        between = text[groups[place + count - 2].end : one.start]
        if not _JOINS.fullmatch(between) or not one.free or _touches(shown, one.start, one.end):
            break
        if one.size >= _LEAST and total >= 4:
            break
        total, points = total + one.size, points + (between == ".")
        if total > _MOST and best:
            break
        if total >= _LEAST and not (points == 1 and count == 2):
            best = count
    return best


def _middle(places: list[int]) -> list[int]:
    """Return which digits are hidden: four, and of more than a number has all but three and four."""
    return places[3:-4] if len(places) > _MOST else places[-8:-4]


def _hidden(text: str, numbers: list[list[int]]) -> str:
    chars = list(text)
    for places in numbers:
        for place in places:
            chars[place] = "*"
    return "".join(chars)


def _is_free(text: str, start: int, end: int) -> bool:
    """Tell whether no letter or underscore of ASCII touches a group of digits."""
    around = text[max(0, start - 1) : start] + text[end : end + 1]
    return not any(char == "_" or (char.isascii() and char.isalpha()) for char in around)


def _marked(text: str, *patterns: re.Pattern[str]) -> bytearray:
    """Mark the places of a text that patterns find: a text from outside may be long and full of them."""
    marked = bytearray(len(text))
    for pattern in patterns:
        for found in pattern.finditer(text):
            marked[found.start() : found.end()] = b"\1" * len(found[0])
    return marked


def _touches(marked: bytearray, start: int, end: int) -> bool:
    return marked.find(1, start, end) >= 0
