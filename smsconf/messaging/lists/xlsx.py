"""Read one sheet of a workbook in a process of its own, which writes its rows as CSV to its stdout.

A foreign file is taken apart here, with limits of memory and time: when it dies, only it dies. It chooses
the sheet and says what hinders it; what the cells mean is not known here.

Run as ``python -m smsconf.messaging.lists.xlsx FILE JSON`` by ``workbook``. It writes records:
``sheet,NAME``, then the first rows, then ``head``; it reads a line with the places of the columns that are
wanted (empty: all), and writes the other rows, then ``end``; instead of any of them
``problem,WORD,DETAIL…``. A row is its number (and ``!`` if a cell is marked), then its cells.
"""

from __future__ import annotations

import csv
import json
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from xml.parsers.expat import ExpatError

from smsconf.messaging.lists.shared_strings import SharedStrings, read_strings
from smsconf.messaging.lists.sheet_rows import SheetReader, SheetRow
from smsconf.messaging.lists.table import HEAD, HiddenRows, Reading
from smsconf.messaging.lists.workbook_parts import Book, Problem, Sheet, open_book

MOST_MEMORY: Final = 512 * 1024**2  # bytes of address space
MOST_SECONDS: Final = 300  # of processor time

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ExpatError,
    EOFError,
    NotImplementedError,  # a way of packing that nobody uses
    RuntimeError,  # packed with a password
    ValueError,
    LookupError,
    OverflowError,
)


def main(path: Path, asked: dict[str, Any]) -> None:
    """Write the rows of a sheet, or what hinders it."""
    for limit, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CPU, MOST_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        with suppress(
            ValueError, OSError
        ):  # a system that knows no such limit; what is read is bounded anyway
            resource.setrlimit(limit, (most, most))
    writer = csv.writer(sys.stdout)
    try:
        with zipfile.ZipFile(path) as archive:
            _write(writer, open_book(archive), Reading(**asked))
    except Problem as problem:
        writer.writerow(("problem", problem.word, *problem.details))
    except MemoryError:
        writer.writerow(("problem", "memory"))
    except OSError as error:
        writer.writerow(("problem", "system", error.strerror or type(error).__name__))
    except _BROKEN:
        writer.writerow(("problem", "broken"))
    sys.stdout.flush()


def _write(writer: Any, book: Book, reading: Reading) -> None:  # noqa: ANN401 - csv's writer has no name
    if book.strings:
        with book.package.open(book.strings) as file:
            strings = read_strings(file)
    else:
        strings = SharedStrings()
    sheet = _choose(book, strings, reading)
    writer.writerow(("sheet", sheet.name))
    reader = SheetReader(book, strings)
    with book.package.open(sheet.part) as file:
        count = 0
        for row in _shown(reader.read(file), sheet, reading):
            width = max(row.cells) + 1
            cells = [row.cells.get(place, "") for place in range(width)]
            writer.writerow((f"{row.number}!" if row.odd else row.number, *cells))
            count += 1
            if count == HEAD:
                _ask(writer, reader)
        if count < HEAD:
            _ask(writer, reader)
    writer.writerow(("end",))


def _ask(writer: Any, reader: SheetReader) -> None:  # noqa: ANN401 - csv's writer has no name
    writer.writerow(("head",))
    sys.stdout.flush()
    wanted = sys.stdin.readline().strip()
    reader.wanted = frozenset(map(int, wanted.split(","))) if wanted else None


def _shown(rows: Iterator[SheetRow], sheet: Sheet, reading: Reading) -> Iterator[SheetRow]:
    """Yield the rows that are meant.

    Raises:
        Problem: the sheet hides a row, and nobody said what that is to mean.
    """
    for row in rows:
        if row.hidden and reading.hidden_rows is None:
            raise Problem("hidden-rows", sheet.name, str(row.number))
        if not row.hidden or reading.hidden_rows == HiddenRows.SEND:
            yield row


def _choose(book: Book, strings: SharedStrings, reading: Reading) -> Sheet:
    """Return the sheet that is named, else the only one that is shown and has something in it.

    Raises:
        Problem: there is none, or several.
    """
    named = _named(book, reading.sheet) if reading.sheet else None
    if reading.sheet and reading.firm:
        if named is None:
            raise Problem("no-sheet", *(sheet.name for sheet in book.sheets))
        return named
    shown = [sheet for sheet in book.sheets if sheet.shown]
    if len(shown) == 1 and len(book.sheets) == 1:
        return shown[0]
    filled = [sheet for sheet in shown if _is_filled(book, strings, sheet)]
    if len(filled) == 1:
        return filled[0]
    if named:
        return named
    if filled:
        raise Problem("sheets", *(sheet.name for sheet in filled))
    if any(_is_filled(book, strings, sheet) for sheet in book.sheets if not sheet.shown):
        raise Problem("hidden-sheets", *(sheet.name for sheet in book.sheets if not sheet.shown))
    return (shown or book.sheets)[0]


def _named(book: Book, name: str) -> Sheet | None:
    exact = [sheet for sheet in book.sheets if sheet.name == name]
    alike = [sheet for sheet in book.sheets if sheet.name.casefold() == name.strip().casefold()]
    return next(iter(exact or alike), None)


def _is_filled(book: Book, strings: SharedStrings, sheet: Sheet) -> bool:
    with book.package.open(sheet.part) as file:
        rows = SheetReader(book, strings).read(file)
        return any(any(map(str.strip, row.cells.values())) for row in rows)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    main(Path(sys.argv[1]), json.loads(sys.argv[2]))
