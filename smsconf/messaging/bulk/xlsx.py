"""Read the first sheet of a workbook in a process of its own, which writes it as CSV to its stdout.

A file of 5 KB can claim a sheet of 17 thousand million cells, and the reader would ask for the memory: so
it runs with a limit, and when it dies only it dies. Nothing is understood here: cells become text.

Run as ``python -m smsconf.messaging.bulk.xlsx FILE`` by ``recipients``.
"""

from __future__ import annotations

import csv
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

MOST_MEMORY = 2 * 1024**3  # bytes of address space
MOST_SECONDS = 300  # of processor time
MOST_UNPACKED = 1024**3  # bytes of all files in the workbook
EXACT = 2**53  # from here on a cell's number is not exact

BAD_FILE, TOO_LARGE, NO_READER = 3, 4, 5
"""Exit codes: no workbook, more than we unpack, the package is not installed."""

Cell = int | float | str | bool | time | date | datetime | timedelta


def text_of(cell: Cell) -> str:
    """Write a cell as a person would have typed it: whole numbers without a point."""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < EXACT else repr(cell)
    return str(cell)


def main(path: Path) -> int:
    """Write the sheet and return the exit code."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                return TOO_LARGE
    except (OSError, zipfile.BadZipFile, ValueError):
        return BAD_FILE
    try:
        import python_calamine
    except ImportError:
        return NO_READER
    try:
        sheet = python_calamine.CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    except (python_calamine.CalamineError, OSError, IndexError):
        return BAD_FILE
    csv.writer(sys.stdout).writerows(_rows(sheet.iter_rows()))
    sys.stdout.flush()
    return 0


def _rows(rows: Iterator[list[Cell]]) -> Iterator[list[str]]:
    for cells in rows:
        yield [text_of(cell) for cell in cells]


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    sys.exit(main(Path(sys.argv[1])))
