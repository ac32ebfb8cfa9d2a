"""Phone numbers: as the service wants them, whether a message can go there, and how they are shown.

Pure, and quick for mainland numbers, which come by the million; the rest is the library phonenumbers' work.
Whether a number exists nobody here knows.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0001.html (``to``: ``+``, country, number, at
most 21 characters) and the rules of ITU-T E.164.
"""

from __future__ import annotations

import re
import unicodedata
from enum import Enum
from functools import cache
from types import ModuleType
from typing import NamedTuple
from urllib.parse import unquote

from smsconf.errors import SmsconfError
from smsconf.language import N_, _
from smsconf.messaging.masking import mask, mask_all
from smsconf.resources import Region

__all__ = ["Fault", "mask", "mask_all", "normal_number", "read_number"]

_LONGEST = 40  # characters of a number as people write it, separators included
_MAINLAND = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
_SEPARATORS = str.maketrans("", "", " -().\t\u00a0\u2007\u202f")
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


class Fault(Enum):
    """Why no message can go to what stands where a number should be: a word for files, a text for people."""

    EMPTY = ("empty", N_("nothing is there"))
    NOT_A_NUMBER = ("not-a-number", N_("this is no phone number"))
    NO_COUNTRY = ("no-country", N_("the country is missing: an international number begins with +"))
    NOT_MOBILE = ("not-mobile", N_("a mainland mobile number has 11 digits and begins with 13 to 19"))
    ABROAD = ("abroad", N_("this app sends to the mainland, and the number is of another country"))
    MAINLAND = ("mainland", N_("this app sends abroad, and the number is of the mainland"))

    def __init__(self, word: str, text: str) -> None:
        self.word = word
        self.text = text


def read_number(text: str, region: Region) -> str | Fault:
    """Return a number as ``+86…``, or why it is none that an app of this region can send to."""
    if region is Region.CN and (found := _MAINLAND.fullmatch(text)):
        return f"+86{found[1]}"
    compact = text.translate(_SEPARATORS)
    if region is Region.CN and (found := _MAINLAND.fullmatch(compact)):
        return f"+86{found[1]}"
    if not compact:
        return Fault.EMPTY
    if len(text) > _LONGEST:
        return Fault.NOT_A_NUMBER
    return _parsed(compact, region)


class Origin(NamedTuple):
    """Where a number is of: its dialling code, and the ISO codes of the countries that it may be of.

    There is one where the number tells, all that share the code where it does not, and none where no country
    has the code.
    """

    code: int
    regions: tuple[str, ...]


def origin_of(number: str) -> Origin:
    """Tell which countries a number (``+…``) may be of."""
    library = _library()
    for length in (1, 2, 3):  # no dialling code begins with another one
        code = number[1 : length + 1]
        regions = library.region_codes_for_country_code(int(code))
        if regions:
            break
    if len(regions) > 1 and (region := library.region_code_for_number(library.parse(number))):
        regions = (region,)
    return Origin(int(code), tuple(one for one in regions if one.isalpha()))


def example_number(country: str) -> str | None:
    """Return a mobile number such as a country (ISO code) has, and nobody there; none if none is known."""
    library = _library()
    found = library.example_number_for_type(country, library.PhoneNumberType.MOBILE)
    return str(library.format_number(found, library.PhoneNumberFormat.E164)) if found else None


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


def _parsed(text: str, region: Region) -> str | Fault:
    library = _library()
    try:
        parsed = library.parse(text, "CN" if region is Region.CN else None)
    except library.NumberParseException as problem:
        no_country = problem.error_type == library.NumberParseException.INVALID_COUNTRY_CODE
        digits = sum(char.isdigit() for char in text)
        return Fault.NO_COUNTRY if no_country and digits > 6 else Fault.NOT_A_NUMBER
    if not library.is_possible_number(parsed):
        return Fault.NOT_MOBILE if parsed.country_code == 86 else Fault.NOT_A_NUMBER
    mainland = parsed.country_code == 86
    if mainland and region is Region.INTL:
        return Fault.MAINLAND
    if not mainland and region is Region.CN:
        return Fault.ABROAD
    number = str(library.format_number(parsed, library.PhoneNumberFormat.E164))
    if mainland and not _MAINLAND.fullmatch(number):
        return Fault.NOT_MOBILE
    return number


@cache
def _library() -> ModuleType:
    try:
        import phonenumbers
    except ImportError:
        raise SmsconfError(
            _("numbers like this one need the package phonenumberslite"),
            why=_("only plain mainland mobile numbers are read without it"),
            fix="pip install 'smsconf[bulk]'",
        ) from None
    module: ModuleType = phonenumbers
    return module
