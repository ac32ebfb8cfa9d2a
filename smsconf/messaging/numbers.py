"""Phone numbers: as the service wants them, whether a message can go there, and how they are shown.

Pure, and quick for mainland numbers, which come by the million; the rest is the library phonenumbers' work.
Whether a number exists nobody here knows.

Written from https://support.huaweicloud.com/api-msgsms/sms_05_0001.html (``to``: ``+``, country, number, at
most 21 characters) and the rules of ITU-T E.164.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from smsconf.language import N_
from smsconf.model.resources import Region

_FEWEST = 7  # digits of what may have been meant as a number
_LONGEST = 40  # characters of a number as people write it, separators included
_MAINLAND = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})")
# all that may stand in a number: blanks, dashes, points, brackets as they are typed in either width
_BLANKS = " \t\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"
_WIDE = dict(zip("０１２３４５６７８９＋（）．", "0123456789+().", strict=True))  # the same in full width
_PLAIN = str.maketrans(_WIDE | dict.fromkeys(_DASHES, "-") | dict.fromkeys(_BLANKS, " "))
_SEPARATORS = str.maketrans("", "", " -().")
_FORM = re.compile(
    r"(?!.*\+.*\+)\+? ?(?=[0-9(])(?:\(\+?[0-9 -]+\))?[0-9 .-]*(?:\([0-9 -]+\)[0-9 .-]*)?(?<=[0-9)])"
)
_DECIMAL = re.compile(
    r"\+?[0-9]+\.[0-9]{1,2}"
)  # 13812345678.0: a spreadsheet's number, no point between groups
# behind a mark, or behind more digits at once than a group has: maybe an extension
_LAST_GROUP = re.compile(r"(?:[-.()] *|(?<=[0-9]{6}) +)(?:[0-9] *){1,5}\)?$")
_SHORTENED = re.compile(r"\+?[0-9](?:\.[0-9]+)?[eE]\+?[0-9]{1,2}|#+")
# marks that turn the direction of text: they come along, unseen, when a number is copied from a phone
_UNSEEN = "\u200e\u202a\u202c\u202d\u2066\u2068\u2069"


class Fault(Enum):
    """Why no message can go to what stands where a number should be: a word for files, a text for people."""

    EMPTY = ("empty", N_("nothing is there"))
    NOT_A_NUMBER = ("not-a-number", N_("this is no phone number"))
    NOT_ALONE = (
        "not-alone",
        N_("something else than one number stands there: a letter, a note, an extension, a second number"),
    )
    SHORTENED = (
        "shortened",
        N_("a spreadsheet turned the number into a decimal or shortened it: format its column as text"),
    )
    LENGTH = ("wrong-length", N_("no mobile number of its country has so many digits"))
    NO_COUNTRY = ("no-country", N_("the country is missing: an international number begins with +"))
    NOT_MOBILE = ("not-mobile", N_("a mainland mobile number has 11 digits and begins with 13 to 19"))
    ABROAD = ("abroad", N_("this app sends to the mainland, and the number is of another country"))
    MAINLAND = ("mainland", N_("this app sends abroad, and the number is of the mainland"))

    def __init__(self, word: str, text: str) -> None:
        self.word = word
        self.text = text


def read_number(text: str, region: Region) -> str | Fault:
    """Return a number as ``+86…``, or why it is none that an app of this region can send to.

    A number is digits with an optional plus and separators, and nothing else: whatever more stands there
    (letters, an extension, a second number) makes it none, for any reading of it would be a guess.
    """
    if region is Region.CN and (found := _MAINLAND.fullmatch(text)):
        return f"+86{found[1]}"
    plain = text.translate(_PLAIN).strip(" " + _UNSEEN)
    if not plain:
        return Fault.EMPTY
    if len(plain) > _LONGEST or not _FORM.fullmatch(plain):
        return _fault_of(plain)
    if _DECIMAL.fullmatch(plain):
        return Fault.SHORTENED
    compact = plain.translate(_SEPARATORS)
    if region is Region.CN and (found := _MAINLAND.fullmatch(compact)):
        return f"+86{found[1]}"
    number = _parsed(compact, region)
    return Fault.NOT_ALONE if isinstance(number, str) and _has_extension(plain, number) else number


class Origin(NamedTuple):
    """Where a number is of: its dialling code, and the ISO codes of the countries that it may be of.

    There is one where the number tells, all that share the code where it does not, and none where no country
    has the code.
    """

    code: int
    regions: tuple[str, ...]


def origin_of(number: str) -> Origin:
    """Tell which countries a number (``+…``) may be of."""
    import phonenumbers

    for length in (1, 2, 3):  # no dialling code begins with another one
        code = number[1 : length + 1]
        regions = phonenumbers.region_codes_for_country_code(int(code))
        if regions:
            break
    if len(regions) > 1 and (region := phonenumbers.region_code_for_number(phonenumbers.parse(number))):
        regions = (region,)
    return Origin(int(code), tuple(one for one in regions if one.isalpha()))


def example_number(country: str) -> str | None:
    """Return a mobile number such as a country (ISO code) has, and nobody there; none if none is known."""
    import phonenumbers

    found = phonenumbers.example_number_for_type(country, phonenumbers.PhoneNumberType.MOBILE)
    return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)) if found else None


def _fault_of(text: str) -> Fault:
    """Say what is wrong with a text that has not the form of a number."""
    if text.isdigit():
        return Fault.NOT_A_NUMBER  # too long, or of digits that no phone shows
    if _SHORTENED.fullmatch(text):
        return Fault.SHORTENED
    digits = sum(char.isdigit() for char in text)
    return Fault.NOT_ALONE if digits >= _FEWEST else Fault.NOT_A_NUMBER


def _has_extension(text: str, number: str) -> bool:
    """Whether the last group of a number may be an extension: without it there is a number already.

    Groups as the number's country writes them are none.
    """
    import phonenumbers

    last = _LAST_GROUP.search(text)
    if not last:
        return False
    written = phonenumbers.format_number(
        phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )
    if re.split("[^0-9]", written)[-1] == re.sub("[^0-9]", "", last[0]):
        return False
    try:
        shorter = phonenumbers.parse(text[: last.start()])
    except phonenumbers.NumberParseException:
        return False
    mobile = phonenumbers.PhoneNumberType.MOBILE
    return phonenumbers.is_possible_number_for_type(shorter, mobile) or phonenumbers.is_valid_number(shorter)


def _parsed(compact: str, region: Region) -> str | Fault:  # noqa: PLR0911 - a fault each
    """Judge digits with an optional plus; the library may not change them, only say what they are."""
    import phonenumbers  # 30 ms, and seldom needed

    try:
        parsed = phonenumbers.parse(compact, "CN" if region is Region.CN else None)
    except phonenumbers.NumberParseException as problem:
        no_country = problem.error_type == phonenumbers.NumberParseException.INVALID_COUNTRY_CODE
        missing = no_country and not compact.startswith("+") and len(compact) >= _FEWEST
        return Fault.NO_COUNTRY if missing else Fault.NOT_A_NUMBER
    mainland = parsed.country_code == 86
    if mainland and region is Region.INTL:
        return Fault.MAINLAND
    if mainland:
        return Fault.NOT_MOBILE  # the other ones were read before
    if region is Region.CN:
        return Fault.ABROAD
    number = str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
    mobile = phonenumbers.PhoneNumberType.MOBILE
    if number != compact:
        return Fault.NOT_A_NUMBER  # a trunk prefix, a carrier's code: the library would leave it out
    if not phonenumbers.is_possible_number_for_type(parsed, mobile):
        return Fault.LENGTH
    return number
