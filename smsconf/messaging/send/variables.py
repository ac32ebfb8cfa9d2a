"""What the value of a variable may be, by its attribute: one table, checked before anything is sent.

Pure. The service refuses a whole number with E200028 for what is refused here by name. Where the vendor
gives no rule (newtext, longtext) only what holds for all values is checked: none is empty or blank, begins
or ends with a blank, or holds what nobody sees (controls, format characters, fillers, unassigned and
private ones). An emoji may hold its own joiners and selectors; a joiner between letters, which some scripts
write, is refused.

Written from https://support.huaweicloud.com/productdesc-msgsms/sms_faq_0003.html (2024-11-08).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address
from typing import NamedTuple

from smsconf.language import N_, _
from smsconf.messaging.masking import mask_all
from smsconf.model.limits import OTHER_VALUE, VALUES
from smsconf.model.resources import VariableType


@lru_cache(maxsize=1024)
def _is_date_or_time(value: str) -> bool:
    """Tell whether a day exists; times are right by their form."""
    found = _DATE.fullmatch(value)
    if not found:
        return True
    try:
        date(*(int(part) for part in found.groups()))
    except ValueError:
        return False
    return True


def _is_amount(value: str) -> bool:
    """Tell whether something with three points is an address, which the vendor allows here."""
    if value.count(".") < 2:
        return True
    try:
        IPv4Address(value)
    except AddressValueError:
        return False
    return True


class Rule(NamedTuple):
    """What a value looks like, that in words, and whether it exists."""

    form: re.Pattern[str]
    words: str
    exists: Callable[[str], bool] = lambda _value: True


_DATE = re.compile(r"([0-9]{4})[-/年]?([0-9]{1,2})[-/月]?([0-9]{1,2})日?")
_HOUR, _MINUTE = "([01]?[0-9]|2[0-3])", "[0-5][0-9]"
_DATETIME = "|".join(
    (
        r"[0-9]{4}(-|/|)[0-9]{2}\1[0-9]{2}",
        "[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日",
        f"{_HOUR}:{_MINUTE}(:{_MINUTE})?",
        f"{_HOUR}点{_MINUTE}分?",
    )
)
_NUMERALS = "〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟萬億"
_MONEY = rf"[0-9]+(\.[0-9]+){{0,3}}([{_NUMERALS}]+[0-9]*)*|[{_NUMERALS}]+"

RULES: Mapping[str, Rule] = {
    VariableType.PHONE: Rule(
        re.compile(r"\+?[0-9]+(-[0-9]+)*"), N_("digits, with + before them and single - between them")
    ),
    VariableType.ALPHANUMERIC: Rule(re.compile("[A-Za-z0-9_]*"), N_("letters, digits and _")),
    VariableType.DATETIME: Rule(
        re.compile(_DATETIME),
        N_(
            "a date or a time that exists: 20260131, 2026-01-31, 2026/01/31, 2026年1月31日, 09:30, 09:30:00, "
            "9点30分"
        ),
        _is_date_or_time,
    ),
    VariableType.MONEY: Rule(
        re.compile(_MONEY),
        N_(
            "a number such as 12 or 12.50 without separators of thousands or a currency sign, or Chinese "
            "numerals; the currency is text of the template"
        ),
        _is_amount,
    ),
    VariableType.TEXT: Rule(re.compile("[^.。'<>{}\r\n]*"), N_("text in one line without . 。 ' < > { }")),
}
_OTHER = Rule(re.compile(r"[^\r\n]*"), N_("text in one line"))
_SHOWN = 20  # characters of a value that is refused
_NEVER = frozenset("'{}")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_JOINER, _SELECTORS, _KEYCAP = "\u200d", "\ufe0e\ufe0f", "\u20e3"
_SYMBOLS = frozenset({"So", "Sk", "Sm"})


@dataclass(frozen=True, slots=True)
class Slot:
    """A variable of the version that is sent: its number, name (or number), attribute and longest value.

    ``description`` is what the files say of it, and may head its column in a list.
    """

    number: int
    name: str
    type: str
    longest: int | None = None
    description: str | None = None

    def problem(self, value: str) -> str | None:
        """Return why a value is refused, for people; ``None`` if it is not."""
        rule, (shortest, longest) = RULES.get(self.type, _OTHER), VALUES.get(self.type, OTHER_VALUE)
        longest = self.longest or longest
        if not value:
            return _("{name} is empty, and no value may be").format(name=self.name)
        if said := _hole(value):
            return _(said[0]).format(name=self.name, code=said[1])
        if not shortest <= len(value) <= longest:
            return _("{name} has {length} characters, expected {shortest} to {longest}: {value}").format(
                name=self.name,
                length=len(value),
                shortest=shortest,
                longest=longest,
                value=_quoted(value),
            )
        if not rule.form.fullmatch(value) or _NEVER & set(value) or not rule.exists(value):
            return _("{name} is no value of type {type}: {value}; expected {words}").format(
                name=self.name, type=self.type, value=_quoted(value), words=_(rule.words)
            )
        return None


def _quoted(value: str) -> str:
    """Return as much of a value as tells which it is, without the phone number that it may be."""
    shown = mask_all(value[: 4 * _SHOWN])
    return f"'{shown[:_SHOWN]}…'" if len(shown) > _SHOWN else f"'{shown}'"


def _hole(value: str) -> tuple[str, str] | None:
    """Return why nobody would see all of a value, and the code of a character that is at fault."""
    if value.isprintable() and value == value.strip() and not _FILLERS.search(value):
        return None
    if value.isspace():
        return N_("{name} has nothing but blanks"), ""
    if unseen := _unseen(value):
        return N_("{name} holds a character that nobody sees, {code}"), f"U+{ord(unseen):04X}"
    return None if value == value.strip() else (N_("{name} begins or ends with a blank"), "")


def _unseen(value: str) -> str | None:
    """Return the first character that no phone shows, the parts of an emoji apart."""
    for place, char in enumerate(value):
        hidden = unicodedata.category(char) in _UNSEEN or _FILLERS.match(char)
        if hidden and not _is_part_of_emoji(char, value[:place][-1:], value[place + 1 :][:1]):
            return char
    return None


def _is_part_of_emoji(char: str, before: str, after: str) -> bool:
    if not before:
        return False
    of_symbol = unicodedata.category(before) in _SYMBOLS
    if char == _JOINER:
        joins = after != "" and unicodedata.category(after) in _SYMBOLS
        return joins and (of_symbol or before in _SELECTORS)
    return char in _SELECTORS and (of_symbol or after == _KEYCAP)


def problems(slots: Sequence[Slot], values: Sequence[str]) -> Iterator[str]:
    """Yield why values are refused; there is one for each slot, in order."""
    for slot, value in zip(slots, values, strict=True):
        problem = slot.problem(value)
        if problem:
            yield problem
