"""Lists of recipients: an xlsx, csv or plain text file → numbers and values, checked, each number once.

Read line by line, with memory that does not grow: what was seen is kept in a temporary file. A workbook is
read by another process (``xlsx``). What is left out is handed to the caller with its row and the reason.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import NamedTuple, Self

from smsconf.errors import SmsconfError
from smsconf.language import N_, _
from smsconf.messaging.bulk import xlsx
from smsconf.messaging.numbers import Fault, read_number
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.variables import problems
from smsconf.resources import Region

DUPLICATE = ("duplicate", N_("the number stands in an earlier row"))
OPTED_OUT = ("opted-out", N_("the recipient asked not to be written to"))
BAD_VALUE = "bad-value"
OTHER_COUNTRY = "other-country"

_CHUNK = 5_000
_WORKBOOKS = {".xlsx", ".xlsm"}
_ZIP = b"PK\x03\x04"
_OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"
_READ = 1024 * 1024


class Recipient(NamedTuple):
    """A number without its plus sign, the values it gets, and the row it stands in."""

    number: str
    values: tuple[str, ...]
    row: int


class Dropped(NamedTuple):
    """A row that is left out: what stood there, a word for the reason, and the reason for people."""

    row: int
    text: str
    reason: str
    explanation: str


@dataclass(slots=True)
class Count:
    """What a list consists of; ``dropped`` counts by reason."""

    rows: int = 0
    valid: int = 0
    dropped: Counter[str] = field(default_factory=Counter)


class Columns(NamedTuple):
    """How a row becomes values: the fixed ones, and the cells of those that differ."""

    fixed: Mapping[str, str]
    cells: Mapping[str, int]


def digest(path: Path, *more: str) -> str:
    """Return the sha256 of a file and some texts, as hex digits.

    Raises:
        SmsconfError: it cannot be read.
    """
    made = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(_READ):
                made.update(piece)
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from None
    for text in more:
        made.update(b"\0" + text.encode())
    return made.hexdigest()


@contextmanager
def open_rows(path: Path) -> Iterator[Iterator[list[str]]]:
    """Open a list and yield its rows, the first one first; their cells are text.

    Raises:
        SmsconfError: it is no list that can be read.
    """
    head = _head(path)
    if head.startswith(_OLD_WORKBOOK):
        raise _unreadable(path, _("it is an old or an encrypted workbook"))
    if head.startswith(_ZIP) or path.suffix.lower() in _WORKBOOKS:
        with _workbook(path) as rows:
            yield rows
        return
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            comma = "\t" if path.suffix.lower() == ".tsv" else _comma(path, file)
            yield _parsed(path, file, comma)
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from None


def read_recipients(
    rows: Iterable[list[str]],
    target: Target,
    fixed: Mapping[str, str],
    opted_out: Iterable[str],
    *,
    count: Count,
    drop: Callable[[Dropped], None],
) -> Iterator[list[Recipient]]:
    """Yield who gets what, some thousand at a time, each number once.

    Args:
        rows: the number first; a first row that is none names the columns.
        target: knows the variables.
        fixed: values that are the same for all.
        opted_out: numbers to leave out, as the service writes them (``+86…``).
        count: filled while reading.
        drop: told what is left out.

    Raises:
        SmsconfError: a variable has no column and no fixed value, or nothing is there.
    """
    numbered = enumerate(rows, 1)
    header, first = _header(numbered, target)
    columns = _columns(target, header, fixed)
    reader = _Reader(target, columns, count, drop)
    with _Seen() as seen:
        seen.add([(int(number.removeprefix("+")), 0) for number in opted_out])
        for chunk in reader.read(first, numbered):
            earlier = seen.add([(int(one.number), one.row) for one in chunk])
            fresh = [one for one in chunk if one.row not in earlier] if earlier else chunk
            count.valid += len(fresh)
            yield fresh
            for one in chunk if earlier else ():
                if one.row in earlier:
                    reason = DUPLICATE if earlier[one.row] else OPTED_OUT
                    reader.leave_out(one.row, f"+{one.number}", reason[0], _(reason[1]))
    if not count.rows:
        raise SmsconfError(
            _("the list of recipients is empty"), fix=_("write one number in each row of column A")
        )


def read_opt_outs(path: Path, region: Region) -> Iterator[str]:
    """Yield the numbers of a list as the service writes them; what is no number is passed over."""
    with open_rows(path) as rows:
        for cells in rows:
            number = read_number(cells[0], region) if cells else Fault.EMPTY
            if isinstance(number, str):
                yield number


class _Reader:
    """Reads rows one by one, and says which it leaves out."""

    def __init__(
        self, target: Target, columns: Columns, count: Count, drop: Callable[[Dropped], None]
    ) -> None:
        self._target = target
        self._count = count
        self._drop = drop
        self._cells = [(slot, columns.cells.get(slot.name)) for slot in target.slots]
        self._fixed = columns.fixed
        self._same = target.arrange(columns.fixed) if not columns.cells else None

    def read(
        self, first: Sequence[tuple[int, list[str]]], rows: Iterable[tuple[int, list[str]]]
    ) -> Iterator[list[Recipient]]:
        region, same = self._target.region, self._same
        chunk: list[Recipient] = []
        for row, cells in chain(first, rows):
            text = cells[0] if cells else ""
            if not text and not any(cells):
                continue  # an empty row is no row
            self._count.rows += 1
            number = read_number(text, region)
            if not isinstance(number, str):
                self.leave_out(row, text, number.word, _(number.text))
                continue
            if refused := self._target.refuses(number):
                self.leave_out(row, number, OTHER_COUNTRY, refused)
                continue
            values = self._values(row, number, cells) if same is None else same
            if values is not None:
                chunk.append(Recipient(number[1:], values, row))
                if len(chunk) == _CHUNK:
                    yield chunk
                    chunk = []
        yield chunk

    def leave_out(self, row: int, text: str, reason: str, explanation: str) -> None:
        self._count.dropped[reason] += 1
        self._drop(Dropped(row, text, reason, explanation))

    def _values(self, row: int, number: str, cells: Sequence[str]) -> tuple[str, ...] | None:
        values = tuple(
            self._fixed[slot.name] if place is None else cells[place] if place < len(cells) else ""
            for slot, place in self._cells
        )
        wrong = next(problems(self._target.slots, values), None)
        if wrong is None:
            return values
        self.leave_out(row, number, BAD_VALUE, wrong)
        return None


class _Seen:
    """Numbers and the rows they were first seen in, in a temporary file: any number of them."""

    def __enter__(self) -> Self:
        self._database = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32000"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute("CREATE TABLE seen (number INTEGER PRIMARY KEY, place INTEGER NOT NULL)")
        self._database.execute("BEGIN")
        return self

    def __exit__(self, *_error: object) -> None:
        self._database.close()

    def add(self, new: Sequence[tuple[int, int]]) -> dict[int, int]:
        """Add numbers and rows; return for each row whose number was there the row where that was."""
        before = self._database.total_changes
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", new)
        if self._database.total_changes - before == len(new):
            return {}
        known: dict[int, int] = {}
        for number, row in new:
            (first,) = self._database.execute("SELECT place FROM seen WHERE number = ?", (number,)).fetchone()
            if first != row:
                known[row] = first
        return known


def _header(
    rows: Iterator[tuple[int, list[str]]], target: Target
) -> tuple[list[str] | None, list[tuple[int, list[str]]]]:
    """Return the row that names the columns, if there is one, and what was read beyond it."""
    for row, cells in rows:
        if not any(cells):
            continue
        names = [cell.strip() for cell in cells]
        slots = {slot.name for slot in target.slots}
        named = any(name in slots for name in names[1:]) or not any(char.isdigit() for char in names[0])
        if named and isinstance(read_number(names[0], target.region), Fault):
            return names, []
        return None, [(row, cells)]
    return None, []


def _columns(target: Target, header: Sequence[str] | None, fixed: Mapping[str, str]) -> Columns:
    names = [slot.name for slot in target.slots]
    cells = {name: place for place, name in enumerate(header or ()) if place and name in names}
    both = sorted(cells.keys() & fixed.keys())
    missing = [name for name in names if name not in cells and name not in fixed]
    if both:
        raise SmsconfError(
            _("{names} has a column and a --var").format(names=", ".join(both)),
            fix=_("leave out one of the two"),
        )
    if missing:
        raise SmsconfError(
            _("{address} needs {names}, and the list has no such column").format(
                address=target.address, names=", ".join(missing)
            ),
            why=_("the first row names the columns: the number, then the variables"),
            fix=_("write a first row such as: number,{names}; or give --var NAME=VALUE for all").format(
                names=",".join(names)
            ),
        )
    unknown = sorted(set(fixed) - set(names))
    if unknown:
        raise SmsconfError(
            _("{address} has no variable '{name}'").format(address=target.address, name=unknown[0]),
            fix=_("leave out --var {name}").format(name=unknown[0]),
        )
    return Columns(fixed, cells)


def _encoding(path: Path) -> str:
    """Return the encoding of a text: UTF-8 if all of it is, else what a Chinese Windows writes."""
    if _head(path).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(_READ):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4)
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from None


def _comma(path: Path, file: io.TextIOBase) -> str:
    try:
        line = file.readline(10_000)
    except UnicodeDecodeError as error:
        raise _unreadable(path, str(error)) from None
    file.seek(0)
    return max(",;\t", key=line.count)


def _parsed(path: Path, file: Iterable[str], comma: str) -> Iterator[list[str]]:
    reader = csv.reader(file, delimiter=comma)
    try:
        for cells in reader:
            yield [cell.strip() for cell in cells]
    except (csv.Error, UnicodeDecodeError) as error:
        raise _unreadable(path, f"line {reader.line_num + 1}: {error}") from None


@contextmanager
def _workbook(path: Path) -> Iterator[Iterator[list[str]]]:
    command = [sys.executable, "-P", "-m", "smsconf.messaging.bulk.xlsx", str(path.resolve())]
    # a foreign file is taken apart there: no secret of the environment goes along
    environ = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ
    ) as process:
        assert process.stdout is not None  # noqa: S101 - for the type checker: it is a pipe
        output = io.TextIOWrapper(process.stdout, encoding="utf-8", newline="")
        try:
            yield _from_child(path, process, output)
        finally:
            output.close()
            process.kill()


def _from_child(path: Path, process: subprocess.Popen[bytes], output: Iterable[str]) -> Iterator[list[str]]:
    yield from csv.reader(output)
    code = process.wait()
    if code == 0:
        return
    reasons = {
        xlsx.BAD_FILE: _("it is no workbook, or a broken or encrypted one"),
        xlsx.TOO_LARGE: _("unpacked it has more than {most} MB").format(most=xlsx.MOST_UNPACKED // 2**20),
        xlsx.NO_READER: _("the package python-calamine is not installed: pip install 'smsconf[bulk]'"),
    }
    killed = _("its reader died (exit {code}): the sheet claims more cells than fit into memory").format(
        code=code
    )
    raise _unreadable(path, reasons.get(code, killed))


def _unreadable(path: Path, reason: str) -> SmsconfError:
    return SmsconfError(
        _("the list {file} cannot be read: {reason}").format(file=path, reason=reason),
        fix=_("save it as CSV (UTF-8): the number first, one recipient in each row"),
    )
