"""Which column of a list is what: the numbers by their heading, the variables by name, number or description.

Pure. Nothing is taken for a phone number because it looks like one: where headings stand, they decide; where
none stand, the numbers are in the first column. What is not clear is an error that names the columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from smsconf.language import _
from smsconf.messaging.lists.table import Row, Table, column_name
from smsconf.messaging.numbers import Fault, read_number
from smsconf.messaging.send.variables import Slot
from smsconf.model.errors import SmsconfError
from smsconf.model.resources import Region

_WHOSE = (
    "客[户戶]|[会會][员員]|用[户戶]|[顾顧]客|[买買]家|[学學]生|[员員]工|家[长長]|[业業]主|患者|司[机機]"
    "|[注註][册冊]|的|常用"
)
_HOLDER = (
    "[联聯][系繫络絡]人?|收件人?|收[货貨]人?|收信人|接收[人方者]?|本人|[个個]人|[绑綁]定|[预預]留|目[标標]"
    "|您的"
)
_CHINESE = (
    rf"(?:(?:{_WHOSE}|{_HOLDER}|移[动動])*(?:(?:手[机機]|[电電][话話]|[联聯][系繫络絡]方式)(?:[号號][码碼]?)?)+"
    rf"|(?:(?:{_WHOSE})*(?:{_HOLDER})+)?[号號][码碼])[0-9]?"
)
_ENGLISH = (
    "(?:customer|client|user|member|recipient|receiver|contact|sms)?(?:mobile|cell|tele|hand)?"
    "(?:phone|mobile|cell|tel)(?:number|no|num)?[0-9]?(?:value)?(?:e164)?"
    "|(?:recipient|receiver|contact|sms)?number|e164|msisdn|recipients?|to"
)
_PHONE_HEADING = re.compile(f"{_CHINESE}|{_ENGLISH}")
"""Headings of a column of phone numbers, without blanks, marks and remarks in brackets, in lower case.

Nothing but words for a phone and for whose it is: 会员号码 may be an id, 客户经理电话 is somebody else's.
"""
_SUGGESTED = ("number", "phone", "mobile", "手机号", "电话", "msisdn")

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
        raise _no_phone(table, region, headings, phones, slots)
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
    return not row.unread and any(map(str.isalpha, first)) and max(map(_digits, cells)) < _FEWEST


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def is_phone_heading(heading: str) -> bool:
    """Whether a heading is one of a column of phone numbers."""
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return _PHONE_HEADING.fullmatch(_MARKS.sub("", _REMARK.sub("", plain))) is not None


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


def _no_phone(
    table: Table, region: Region, headings: Sequence[str], phones: Sequence[int], slots: Sequence[Slot]
) -> SmsconfError:
    if phones:
        message = _("several columns of the list may be the phone numbers: {names}").format(
            names=", ".join(f"{column_name(place)} '{headings[place]}'" for place in phones)
        )
        fix = _("leave one of these headings, and give the others another name")
    else:
        message = _("no column of the list is headed as that of the phone numbers")
        fix = below_title(table, region) or _("head the column of the numbers with one of: {names}").format(
            names=", ".join(phone_headings(slots))
        )
    return SmsconfError(message, why=_("its first row names: {names}").format(names=seen(headings)), fix=fix)


def phone_headings(slots: Sequence[Slot]) -> list[str]:
    """Return headings for the numbers that mean no variable."""
    return [heading for heading in _SUGGESTED if not _meant(heading, slots)] or ["联系手机"]


def descriptions(slots: Sequence[Slot]) -> list[str]:
    """Return the descriptions that may head columns, each the one variable's that it is of."""
    return [
        slot.description for slot in slots if slot.description and _meant(slot.description, slots) == [slot]
    ]


def below_title(table: Table, region: Region) -> str | None:
    """Return what to do about a title that stands above the headings, if one does."""
    first = table.head[0]
    if any(
        is_phone_heading(cell) or is_number(first, place, region) for place, cell in enumerate(first.cells)
    ):
        return None
    for row in table.head[1:3]:
        if any(map(is_phone_heading, row.cells)) and max(map(_digits, row.cells)) < _FEWEST:
            return _("delete the rows above the headings, which are in row {row}").format(row=row.number)
    return None
