"""Workbooks → rows of cells, read by a process of its own (``xlsx``), whose words become errors here.

Memory does not grow with the workbook, here or there, and only the columns that are needed are carried.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from smsconf.language import _
from smsconf.messaging.lists.shared_strings import UNREADABLE
from smsconf.messaging.lists.table import Reading, Row, Table, unreadable
from smsconf.messaging.lists.workbook_parts import MOST_UNPACKED
from smsconf.messaging.lists.xlsx import MOST_SECONDS
from smsconf.model.errors import SmsconfError

_ENVIRONMENT = ("PATH", "PYTHONPATH", "TMPDIR")


@contextmanager
def open_workbook(path: Path, reading: Reading) -> Iterator[Table]:
    """Open a sheet of a workbook.

    Raises:
        SmsconfError: it cannot be read, or it is not clear which of its rows are meant.
    """
    asked = json.dumps({"sheet": reading.sheet, "hidden_rows": reading.hidden_rows, "firm": reading.firm})
    command = [sys.executable, "-P", "-m", "smsconf.messaging.lists.xlsx", str(path.resolve()), asked]
    # a foreign file is taken apart there: no secret of the environment goes along
    environ = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    with subprocess.Popen(  # noqa: S603 - our own module
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environ,
    ) as process:
        try:
            yield _Conversation(path, process).table()
        finally:
            process.kill()


class _Conversation:
    """What is read from the process that reads, and the one thing it is told."""

    def __init__(self, path: Path, process: subprocess.Popen[bytes]) -> None:
        self._path = path
        self._process = process
        assert process.stdout is not None  # noqa: S101 - for the type checker: they are pipes
        assert process.stdin is not None  # noqa: S101
        self._input = process.stdin
        self._records = csv.reader(io.TextIOWrapper(process.stdout, encoding="utf-8", newline=""))

    def table(self) -> Table:
        sheet = ""
        head = []
        for record in self._answers():
            if record[0] == "head":
                break
            if record[0] == "sheet":
                sheet = record[1]
            else:
                head.append(_row(record))
        return Table(
            self._path, [row for row in head if _is_filled(row)], self._rows_after(head), sheet=sheet
        )

    def _rows_after(self, head: list[Row]) -> Callable[[Collection[int] | None], Iterator[Row]]:
        def rows(columns: Collection[int] | None) -> Iterator[Row]:
            yield from filter(_is_filled, head)
            with suppress(BrokenPipeError):  # it died: reading on says so
                self._input.write(",".join(map(str, columns or ())).encode() + b"\n")
                self._input.flush()
            for record in self._answers():
                if record[0] == "end":
                    return
                row = _row(record)
                if _is_filled(row):
                    yield row

        return rows

    def _answers(self) -> Iterator[list[str]]:
        """Yield what it writes.

        Raises:
            SmsconfError: it met a problem, or died.
        """
        for record in self._records:
            if record[0] == "problem":
                raise _error(self._path, record[1], record[2:])
            yield record
            if record[0] == "end":
                return
        code = self._process.wait()
        raise unreadable(
            self._path,
            _(
                "its reader died (exit {code}): the workbook takes more than {seconds} s or too much memory"
            ).format(code=code, seconds=MOST_SECONDS),
        )


def _is_filled(row: Row) -> bool:
    return bool(row.unread) or any(map(str.strip, row.cells))


def _row(record: list[str]) -> Row:
    number = record[0]
    cells = record[1:]
    if not number.endswith("!"):
        return Row(int(number), cells)
    unread, raw = {}, {}
    for place, cell in enumerate(cells):
        if cell.startswith(UNREADABLE):
            word, whole, cells[place] = cell[1:].split(UNREADABLE, 2)
            if word:
                unread[place] = word
            if whole:
                raw[place] = whole
    return Row(int(number[:-1]), cells, unread or None, raw or None)


def _error(path: Path, word: str, details: Sequence[str]) -> SmsconfError:
    if word in {"sheets", "hidden-sheets", "no-sheet"}:
        reason = {
            "sheets": _("several of its sheets have rows: {names}"),
            "hidden-sheets": _("the sheets that have rows are hidden: {names}"),
            "no-sheet": _("it has no such sheet; it has {names}"),
        }[word]
        fix = _("say which one is the list: --sheet '{name}'").format(name=details[0])
        return unreadable(path, reason.format(names=", ".join(f"'{name}'" for name in details)), fix=fix)
    if word == "hidden-rows":
        return unreadable(
            path,
            _("row {row} of sheet '{name}' is hidden, by a filter or by hand").format(
                row=details[1], name=details[0]
            ),
            fix=_("say what is to become of hidden rows: --hidden-rows send, or --hidden-rows skip"),
        )
    detail = details[0] if details else ""
    reasons = {
        "broken": _("it is no workbook, or a broken or encrypted one"),
        "large": _("unpacked it has more than {most} MB").format(most=MOST_UNPACKED // 2**20),
        "memory": _("it takes too much memory"),
        "wide": _("row {row} has a cell far to the right, where no list has one").format(row=detail),
        "system": detail,
    }
    return unreadable(path, reasons.get(word, word))
