"""Text lists (csv, tsv, one number a line) → rows of cells, each row exactly one line of the file.

A cell with a line break would make the row numbers wrong, and an open quote would swallow the rows that
follow: both are errors here. What the cells mean is not known here.

Written from RFC 4180 and from what Excel, WPS and LibreOffice save.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

from smsconf.language import _
from smsconf.messaging.lists.encodings import NAMED_SEPARATOR, choose_encoding, row_of_fault
from smsconf.messaging.lists.table import HEAD, LONGEST_CELL, NO_TEXT, Reading, Row, Table, unreadable

_MOST = 1_000_000  # characters in a line
_SEPARATORS = ",;\t"
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_AS_TEXT = re.compile(r'="([^"]*)"')  # how a spreadsheet is made to take digits for text
_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"})


@contextmanager
def open_text(path: Path, reading: Reading) -> Iterator[Table]:
    """Open a text list.

    Raises:
        SmsconfError: it cannot be read, or not for sure.
    """
    if reading.sheet and reading.firm and not reading.shared:
        raise unreadable(path, _("it is a text and has no sheets"), fix=_("leave out --sheet"))
    try:
        encoding = choose_encoding(path, reading)
        file = path.open(encoding=encoding.codec, newline=None)
    except OSError as error:
        raise unreadable(path, error.strerror or type(error).__name__) from None
    with file:
        lines = _lines(path, file, encoding.codec)
        first = next(lines, "")
        comma = "\t" if path.suffix.lower() == ".tsv" else _separator(first)
        below = enumerate(chain((first,), lines), 1)
        if named := NAMED_SEPARATOR.match(first + "\n"):
            comma = named[1]
            next(below)
        rows = (_row(path, number, line, comma) for number, line in below)
        filled = (row for row in rows if any(map(str.strip, row.cells)) or row.unread)
        head = list(islice(filled, HEAD))

        def all_rows(_columns: Collection[int] | None) -> Iterator[Row]:
            return chain(head, filled)

        yield Table(path, head, all_rows, encoding=encoding.name, guessed=encoding.guessed)


def _lines(path: Path, file: TextIO, codec: str) -> Iterator[str]:
    """Yield lines without their ends.

    Raises:
        SmsconfError: one is endless, or not of the encoding.
    """
    number = 0
    read = partial(file.readline, _MOST)
    try:
        for number, line in enumerate(iter(read, ""), 1):
            if len(line) == _MOST:
                raise unreadable(path, _("row {row} is longer than any row of a list").format(row=number))
            yield line.removesuffix("\n") if number > 1 else line.removesuffix("\n").removeprefix("\ufeff")
    except OSError as error:
        raise unreadable(path, error.strerror or type(error).__name__) from None
    except UnicodeError:
        raise unreadable(
            path,
            _("row {row} is not {encoding}").format(row=row_of_fault(path, codec), encoding=codec),
            fix=_("save it as CSV UTF-8, or name what it is with --encoding"),
        ) from None


def _separator(line: str) -> str:
    bare = _QUOTED.sub("", line)
    return max(_SEPARATORS, key=bare.count)


def _row(path: Path, number: int, line: str, comma: str) -> Row:
    """Take a line apart.

    Raises:
        SmsconfError: a quote is not closed, or does not close its cell.
    """
    if '"' not in line:
        cells = line.split(comma)
    else:
        try:
            cells = next(csv.reader((line,), delimiter=comma, strict=True))
        except csv.Error as error:
            raise unreadable(
                path,
                _(
                    "row {row}: a quote is not closed in its row, or does not close its cell ({reason})"
                ).format(row=number, reason=error),
                fix=_("correct the row; no cell may hold a line break"),
            ) from None
        cells = [found[1] if (found := _AS_TEXT.fullmatch(cell)) else cell for cell in cells]
    if "#" in line or len(line) > LONGEST_CELL or NO_TEXT.search(line):
        return _odd(number, cells)
    return Row(number, cells)


def _odd(number: int, cells: list[str]) -> Row:
    """Return a row in which something cannot be told, or at least looks so."""
    unread = {}
    for place, cell in enumerate(cells):
        if cell in _ERRORS or (len(cell) > 1 and not cell.strip("#")):
            unread[place] = "error"
        elif NO_TEXT.search(cell):
            unread[place] = "characters"
        elif len(cell) > LONGEST_CELL:
            unread[place] = "long"
    return Row(number, ["" if place in unread else cell for place, cell in enumerate(cells)], unread or None)
