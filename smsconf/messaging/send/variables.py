"""What the value of a variable may be, by its attribute: one table, checked before anything is sent.

Pure. The service refuses a whole number with E200028 for what is refused here by name. Where the vendor gives
no rule (newtext, longtext) only what holds for all values is checked.

Written from https://support.huaweicloud.com/productdesc-msgsms/sms_faq_0003.html (2024-11-08).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from smsconf.language import N_, _
from smsconf.resources import VariableType


class Rule(NamedTuple):
    """Shortest and longest value in characters, what it looks like, and that in words."""

    shortest: int
    longest: int
    form: re.Pattern[str]
    words: str


_HOUR, _MINUTE = "([01]?[0-9]|2[0-3])", "[0-5][0-9]"
_MONTH, _DAY = "(0[1-9]|1[0-2])", "(0[1-9]|[12][0-9]|3[01])"
_DATETIME = "|".join(
    (
        f"[0-9]{{4}}{_MONTH}{_DAY}",
        f"[0-9]{{4}}-{_MONTH}-{_DAY}",
        f"[0-9]{{4}}/{_MONTH}/{_DAY}",
        "[0-9]{4}年(0?[1-9]|1[0-2])月(0?[1-9]|[12][0-9]|3[01])日",
        f"{_HOUR}:{_MINUTE}(:{_MINUTE})?",
        f"{_HOUR}点{_MINUTE}分?",
    )
)
_ANY = re.compile(r"[^\r\n]*")

RULES: Mapping[str, Rule] = {
    VariableType.PHONE: Rule(
        4, 15, re.compile("[0-9+-]*[0-9]"), N_("digits, + and -, with a digit at the end")
    ),
    VariableType.ALPHANUMERIC: Rule(1, 20, re.compile("[A-Za-z0-9_]*"), N_("letters, digits and _")),
    VariableType.DATETIME: Rule(
        1,
        20,
        re.compile(_DATETIME),
        N_("a date or a time: 20260131, 2026-01-31, 2026/01/31, 2026年1月31日, 09:30, 09:30:00, 9点30分"),
    ),
    VariableType.MONEY: Rule(
        1,
        20,
        re.compile("[0-9.〇零一二三四五六七八九十百千万亿两壹贰叁肆伍陆柒捌玖拾佰仟萬億]*"),
        N_("digits, a point, Chinese numerals; the currency is text of the template"),
    ),
    VariableType.TEXT: Rule(
        1, 20, re.compile("[^.。'<>{}\r\n]*"), N_("text in one line without . 。 ' < > { }")
    ),
}
_OTHER = Rule(1, 100, _ANY, N_("text in one line"))
_NEVER = frozenset("'{}")


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
        rule = RULES.get(self.type, _OTHER)
        longest = self.longest or rule.longest
        if not value:
            return _("{name} is empty, and no value may be").format(name=self.name)
        if not rule.shortest <= len(value) <= longest:
            return _("{name} has {length} characters, expected {shortest} to {longest}").format(
                name=self.name, length=len(value), shortest=rule.shortest, longest=longest
            )
        if not rule.form.fullmatch(value) or _NEVER & set(value):
            return _("{name} is no value of type {type}: expected {words}").format(
                name=self.name, type=self.type, words=_(rule.words)
            )
        return None


def problems(slots: Sequence[Slot], values: Sequence[str]) -> Iterator[str]:
    """Yield why values are refused; there is one for each slot, in order."""
    for slot, value in zip(slots, values, strict=True):
        problem = slot.problem(value)
        if problem:
            yield problem
