"""A sheet of a workbook → its rows, cell by cell as the sheet shows them, in memory that does not grow.

A cell that cannot be told exactly is marked, not guessed. Which rows and columns matter, the caller says.

Written from ECMA-376 part 1, 18.3 (worksheets).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from math import isfinite
from typing import IO, Final, NamedTuple
from xml.parsers import expat

from smsconf.messaging.lists.number_formats import show_general
from smsconf.messaging.lists.shared_strings import UNREADABLE, SharedStrings, TextPieces, cell_text
from smsconf.messaging.lists.workbook_parts import Book, Problem, parse

MOST_COLUMNS: Final = 1024
_MOST_ROWS = 1_048_576
_EXACT = 10**15  # from here on a cell's last digits are lost
_DIGITS = "0123456789"
_TRUE = {"1", "true"}


class SheetRow(NamedTuple):
    """A row: whether the sheet shows it, and its cells by their places; ``odd`` if one begins with a mark."""

    number: int
    hidden: bool
    cells: dict[int, str]
    odd: bool


class SheetReader:
    """Takes one sheet apart. ``wanted``, once set, are the only columns that are looked at."""

    def __init__(self, book: Book, strings: SharedStrings) -> None:
        self.wanted: Collection[int] | None = None
        self._styles = book.styles
        self._epoch = datetime(1904, 1, 1) if book.date1904 else datetime(1899, 12, 30)  # noqa: DTZ001
        self._strings = strings
        self._columns: dict[str, int] = {}
        self._rows: list[SheetRow] = []
        self._pieces = TextPieces()
        self._prefix = ""
        self._inside = False
        self._row, self._hidden, self._odd = 0, False, False
        self._cells: dict[int, str] = {}
        self._column, self._type, self._style = -1, "n", 0
        self._text: list[str] = []
        self._has_value = self._has_formula = self._is_inline = False

    def read(self, file: IO[bytes]) -> Iterator[SheetRow]:
        """Yield the rows that have cells, in their order.

        Raises:
            Problem: the sheet is broken, or wider than any list.
        """
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        for _size in parse(parser, file):
            rows, self._rows = self._rows, []
            yield from rows

    def _characters(self, text: str) -> None:
        if self._is_inline:
            self._pieces.take(text)
        else:
            self._text.append(text)

    def _start(self, tag: str, attributes: list[str]) -> None:
        name = tag.removeprefix(self._prefix) if self._prefix else tag
        if not self._inside:
            if name == "sheetData":
                self._inside = True
            elif tag.endswith(":worksheet"):
                self._prefix = tag.removesuffix("worksheet")
        elif name == "c":
            self._start_cell(attributes)
        elif name == "v":
            self._text.clear()
            self._has_value = True
        elif name == "row":
            self._start_row(attributes)
        elif name == "is":
            self._is_inline = self._has_value = True
            self._pieces.begin()
        elif name == "f":
            self._has_formula = True
        elif self._is_inline:
            self._pieces.start(name, attributes)

    def _end(self, tag: str) -> None:
        if not self._inside:
            return
        name = tag.removeprefix(self._prefix) if self._prefix else tag
        if name == "c":
            if self._has_value or self._has_formula:
                self._end_cell()
        elif name == "row":
            if self._cells:
                self._rows.append(SheetRow(self._row, self._hidden, self._cells, self._odd))
        elif name == "sheetData":
            self._inside = False
        elif name == "is":
            self._is_inline = False
        elif self._is_inline:
            self._pieces.end(name)

    def _start_row(self, attributes: list[str]) -> None:
        number, self._hidden = self._row + 1, False
        for at in range(0, len(attributes), 2):
            name, text = attributes[at], attributes[at + 1]
            if name == "r":
                number = int(text)
            elif name == "hidden":
                self._hidden = self._hidden or text in _TRUE
            elif name == "ht":
                self._hidden = self._hidden or float(text) == 0
        if not self._row < number <= _MOST_ROWS:
            raise Problem("broken")
        self._row, self._column, self._cells, self._odd = number, -1, {}, False
        self._text.clear()

    def _start_cell(self, attributes: list[str]) -> None:
        self._type, self._style = "n", 0
        self._has_value = self._has_formula = False
        column = self._column + 1
        for at in range(0, len(attributes), 2):
            name = attributes[at]
            if name == "r":
                letters = attributes[at + 1].rstrip(_DIGITS)
                found = self._columns.get(letters)
                column = self._place(letters) if found is None else found
            elif name == "s":
                self._style = int(attributes[at + 1] or 0)
            elif name == "t":
                self._type = attributes[at + 1]
        self._column = column

    def _place(self, letters: str) -> int:
        place = 0
        for letter in letters:
            if not "A" <= letter <= "Z" or place > 20_000:
                raise Problem("broken")
            place = place * 26 + ord(letter) - 64
        if not place:
            raise Problem("broken")
        self._columns[letters] = place - 1
        return place - 1

    def _end_cell(self) -> None:
        column = self._column
        if self.wanted is not None and column not in self.wanted:
            self._cells.setdefault(column, "")
            return
        text = self._shown()
        if not text:
            return
        if column >= MOST_COLUMNS:
            raise Problem("wide", str(self._row))
        if self._cells.get(column):
            raise Problem("broken")
        if text[0] == UNREADABLE:
            self._odd = True
        self._cells[column] = text

    def _shown(self) -> str:  # noqa: PLR0911 - a kind of cell each
        """Return what the sheet shows of the present cell, with a mark if that cannot be told."""
        kind, text = self._type, "".join(self._text)
        if kind == "inlineStr":
            return self._shown_text(cell_text(self._pieces.text()))
        if not self._has_value or not text:
            # a formula whose result was never worked out; an empty text as a result is written as one
            return _unread("formula") if self._has_formula and kind != "str" else ""
        if kind == "n":
            return self._shown_number(text)
        if kind == "s":
            return self._shown_text(self._strings[int(text)])
        if kind == "str":
            return self._shown_text(cell_text(text))
        if kind == "b":
            return "TRUE" if text.strip() in _TRUE else "FALSE"
        if kind == "d":
            return self._shown_date(text)
        return _unread("error")

    def _shown_text(self, text: str) -> str:
        if text.startswith(UNREADABLE):
            return _unread(text[1:])
        if not self._style:
            return text
        shown = self._styles[self._style].show_text(text)
        return _unread("format") if shown is None else shown

    def _shown_number(self, text: str) -> str:
        plain = self._styles[self._style].plain
        if plain and text.isdigit() and text.isascii() and len(text) < 16 and (text[0] != "0" or text == "0"):
            return text
        return self._formatted(float(text))

    def _formatted(self, number: float) -> str:
        if not isfinite(number):
            raise Problem("broken")
        style = self._styles[self._style]
        whole = f"{number:.0f}" if number.is_integer() and 0 <= number < _EXACT else ""
        shown = whole or show_general(number) if style.general else style.show(number)
        if shown is None:
            return _unread("digits" if abs(number) >= _EXACT else "format", whole)
        return shown if not whole or shown == whole else f"{UNREADABLE}{UNREADABLE}{whole}{UNREADABLE}{shown}"

    def _shown_date(self, text: str) -> str:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            return _unread("format")
        if moment.tzinfo or self._styles[self._style].general:
            return _unread("format")
        passed = moment - self._epoch
        return self._formatted(passed.days + passed.seconds / 86_400)


def _unread(word: str, whole: str = "") -> str:
    """Mark a cell: a word of ``BAD_CELLS``, the whole number behind it, and no text."""
    return f"{UNREADABLE}{word}{UNREADABLE}{whole}{UNREADABLE}"
