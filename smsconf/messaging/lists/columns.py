"""Which column of a list is what: the numbers by their heading, the variables by name, number or description.

Pure. Nothing is taken for a phone number because it looks like one: where headings stand, they decide; where
none stand, the numbers are in the first column. What is not clear is an error that names the columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from smsconf.errors import SmsconfError
from smsconf.language import _
from smsconf.messaging.lists.table import Row, Table, column_name
from smsconf.messaging.numbers import Fault, read_number
from smsconf.messaging.send.variables import Slot
from smsconf.resources import Region

_WHOSE = (
    "客户", "会员", "用户", "顾客", "买家", "联系人", "收件人", "收货人", "收信人", "接收", "接收人",
    "接收方", "本人", "个人", "员工", "学生", "家长", "业主", "患者", "司机", "注册", "绑定", "预留",
    "目标", "您的",
)  # fmt: skip
_WHAT = (
    "手机号", "手机", "手机号码", "电话", "电话号码", "联系电话", "联系方式", "联系手机", "联系号码",
    "移动电话", "移动电话号码", "号码", "手機號", "手機", "手機號碼", "電話", "電話號碼", "聯絡電話",
    "號碼",
)  # fmt: skip
_ENGLISH = (
    "phone", "mobile", "number", "tel", "telephone", "cell", "cellphone", "msisdn", "recipient",
    "recipients", "to", "phonenumber", "phoneno", "mobilephone", "mobilenumber", "mobileno",
    "mobilephonenumber", "cellphonenumber", "telephonenumber", "telno", "contactnumber", "contactphone",
    "customerphone", "customermobile", "userphone", "recipientnumber", "recipientphone", "smsnumber",
)  # fmt: skip
PHONE_HEADINGS: Final = frozenset({*_WHAT, *_ENGLISH, *(whose + what for whose in _WHOSE for what in _WHAT)})
"""Headings of a column of phone numbers, without blanks, marks and remarks in brackets, in lower case."""

_REMARK = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
_MARKS = re.compile(r"[\s\W_]+")
_FEWEST = 7  # digits of what may be meant as a number
_MAINLAND_DIGITS = 11
_PLUSES = frozenset("+＋")  # what an international number begins with
_MOST_NAMED = 30  # columns that an error names


@dataclass(frozen=True, slots=True)
class Columns:
    """The place of the numbers, those of the variables that differ, and the headings, ``None`` without."""

    number: int
    cells: Mapping[str, int]
    headings: tuple[str, ...] | None

    @property
    def needed(self) -> list[int] | None:
        """Return the places that are needed, ``None`` for all: without headings the others are looked at."""
        return None if self.headings is None else sorted({self.number, *self.cells.values()})

    def named(self) -> dict[str, str]:
        """Return what each column was taken for, with its heading, or its letter without headings."""
        places = {"number": self.number, **self.cells}
        return {name: self._name(place) for name, place in places.items()}

    def _name(self, place: int) -> str:
        return column_name(place) if self.headings is None else self.headings[place]


def find_columns(table: Table, region: Region, slots: Sequence[Slot] = ()) -> Columns:
    """Find out which column is what.

    Raises:
        SmsconfError: there are headings, and none or several are those of numbers, or of one variable.
    """
    head = table.head
    if not head or not _is_heading(head[0], region, slots):
        return Columns(0, {}, None)
    headings = tuple(cell.strip() for cell in head[0].cells)
    cells: dict[str, int] = {}
    for place, heading in enumerate(headings):
        for slot in _meant(heading, slots):
            if slot.name in cells:
                raise _twice(slot.name, headings, cells[slot.name], place)
            cells[slot.name] = place
    taken = set(cells.values())
    if len(taken) < len(cells):
        raise SmsconfError(
            _("a heading of the list may mean several variables: {names}").format(
                names=", ".join(sorted(name for name in cells if list(cells.values()).count(cells[name]) > 1))
            ),
            fix=_("head each column with the name of its variable"),
        )
    phones = [
        place for place, heading in enumerate(headings) if place not in taken and is_phone_heading(heading)
    ]
    if len(phones) != 1:
        raise _no_phone(headings, phones)
    return Columns(phones[0], cells, headings)


def other_number(columns: Columns, row: Row, region: Region) -> int | None:
    """Return the place of another number in a row of a list without headings."""
    for place, cell in enumerate(row.cells):
        # most cells are far from being one, and need no closer look
        near = len(cell) >= _MAINLAND_DIGITS if region is Region.CN else not _PLUSES.isdisjoint(cell)
        if (near or row.raw) and place != columns.number and is_number(row, place, region):
            return place
    return None


def is_number(row: Row, place: int, region: Region) -> bool:
    """Whether a cell is a number that could be sent to."""
    return isinstance(number_in(row, place, region), str)


def number_in(row: Row, place: int, region: Region) -> str | Fault:
    """Read the number in a cell, as the sheet shows it, or the whole number that it shows in another form."""
    text = row.cells[place].strip() if place < len(row.cells) else ""
    found = read_number(text.removeprefix("'"), region)  # how a text is typed into a spreadsheet
    if isinstance(found, Fault) and row.raw and place in row.raw and (text or place in (row.unread or ())):
        other = read_number(row.raw[place], region)
        return other if isinstance(other, str) else found
    return found


def wrong_column(table: Table, columns: Columns, region: Region) -> int | None:
    """Return the first column that has numbers in the rows looked at, if that of the numbers has none."""
    rows = table.head if columns.headings is None else table.head[1:]
    width = max((len(row.cells) for row in rows), default=0)
    with_numbers = [place for place in range(width) if any(is_number(row, place, region) for row in rows)]
    return with_numbers[0] if with_numbers and columns.number not in with_numbers else None


def seen(headings: Sequence[str]) -> str:
    """Return headings for people, empty ones by their letter."""
    names = [heading[:40] or column_name(place) for place, heading in enumerate(headings[:_MOST_NAMED])]
    return ", ".join(names) + (", …" if len(headings) > _MOST_NAMED else "")


def _is_heading(row: Row, region: Region, slots: Sequence[Slot]) -> bool:
    cells = [cell.strip() for cell in row.cells]
    if any(is_number(row, place, region) for place in range(len(cells))):
        return False
    if any(is_phone_heading(cell) or _meant(cell, slots) for cell in cells):
        return True
    first = next((cell for cell in cells if cell), "")
    return not row.unread and bool(_letters(first)) and max(map(_digits, cells)) < _FEWEST


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def is_phone_heading(heading: str) -> bool:
    """Whether a heading is one of a column of phone numbers."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return _MARKS.sub("", _REMARK.sub("", plain)) in PHONE_HEADINGS


def _meant(heading: str, slots: Sequence[Slot]) -> list[Slot]:
    """Return the variables that a heading means: those of this name, else number, else description."""
    if not heading:
        return []
    for names in (
        lambda slot: (slot.name,),
        lambda slot: (str(slot.number), f"${{{slot.number}}}", f"{{{slot.name}}}"),
        lambda slot: (slot.description,),
    ):
        for change in (str, _folded):
            found = [
                slot for slot in slots if change(heading) in {change(name) for name in names(slot) if name}
            ]
            if found:
                return found
    return []


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def _twice(name: str, headings: Sequence[str], first: int, second: int) -> SmsconfError:
    return SmsconfError(
        _(
            "two columns of the list are the variable {name}: {first} ('{one}') and {second} ('{other}')"
        ).format(
            name=name,
            first=column_name(first),
            one=headings[first],
            second=column_name(second),
            other=headings[second],
        ),
        fix=_("delete one of them, or give it another heading"),
    )


def _no_phone(headings: Sequence[str], phones: Sequence[int]) -> SmsconfError:
    if phones:
        message = _("several columns of the list may be the phone numbers: {names}").format(
            names=", ".join(f"{column_name(place)} '{headings[place]}'" for place in phones)
        )
        fix = _("leave one of these headings, and give the others another name")
    else:
        message = _("no column of the list is headed as that of the phone numbers")
        fix = _("head the column of the numbers with one of: {names}").format(
            names="手机号, 电话, phone, mobile, number"
        )
    return SmsconfError(message, why=_("its first row names: {names}").format(names=seen(headings)), fix=fix)
