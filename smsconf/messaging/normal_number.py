"""One form of a phone number to compare by, however a push, a list or a person writes it. Pure.

Nothing is sent to what it returns: what may be sent to, ``numbers`` reads, and strictly.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

_SHORTEST, _MOST_DIGITS = 5, 15  # digits: an operator's own number, and the most of ITU-T E.164
_MAINLAND_DIGITS = re.compile(r"(86)?0?(1[3-9][0-9]{9})")
_PLAIN_MAINLAND = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_PLAIN_FOREIGN = re.compile(r"\+(?!0|86)[0-9]{5,15}")
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe0e\ufe0f\ufeff]"
)
_DECIMALS = re.compile(r"(?<=\d{8})\.0+$")  # what a worksheet makes of a number
_PHONE_CONTEXT = re.compile(r";phone-context=[+0-9a-z.-]*$")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u30fc", "-"))
_WRITTEN_NUMBER = re.compile(r"\+?\s*\(?\+?\d+(?:[\s().\-/]{1,3}\d+)*\)?")


def normal_number(text: str) -> str | None:
    """Return ``+`` and digits for what a push, a list or a person may hold; ``None``: it is no number alone.

    It serves to compare, not to send: no region is needed. Percent-encoding (once or twice), a blank in place
    of the plus, ``tel:``, other digits than ASCII, invisible marks and the separators that people write are
    undone. Then: 00 is a plus; an 11-digit mainland mobile number gets +86, with or without a 0 before it;
    anything else is taken as written internationally, since the service writes its numbers so, and keeps its
    digits. A national number with its 0 therefore equals no international one: none begins with 0.
    """
    if found := _PLAIN_MAINLAND.fullmatch(text):
        return f"+86{found[1]}"
    if _PLAIN_FOREIGN.fullmatch(text):
        return text
    plain = text
    for _time in range(2):
        plain = unquote(plain) if "%" in plain else plain
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", plain)).strip().lower().removeprefix("tel:")
    plain = _PHONE_CONTEXT.sub("", _DECIMALS.sub("", plain)).translate(_DASHES)
    if not _WRITTEN_NUMBER.fullmatch(plain):
        return None
    international = plain.startswith("+")
    digits = "".join(str(unicodedata.decimal(char)) for char in plain.replace("(0)", "") if char.isdecimal())
    if digits.startswith("00"):
        international, digits = True, digits[2:]
    found = _MAINLAND_DIGITS.fullmatch(digits)
    if found and (found[1] or not international):
        return f"+86{found[2]}"
    return f"+{digits}" if _SHORTEST <= len(digits) <= _MOST_DIGITS else None
