"""Lists of recipients and of people to leave out: rows → numbers and values, checked, each number once.

Read line by line, with memory that does not grow: what was seen is kept in a temporary file. What is left out
is handed to the caller with its row and the reason; which file the rows came from ``opening`` knows.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Self

from smsconf.language import N_, _, clauses
from smsconf.messaging.lists.columns import (
    Columns,
    below_title,
    descriptions,
    find_columns,
    number_in,
    other_number,
    phone_headings,
    seen,
    wrong_column,
)
from smsconf.messaging.lists.opening import open_list
from smsconf.messaging.lists.table import BAD_CELLS, Reading, Row, Source, Table, column_name, unreadable
from smsconf.messaging.numbers import Fault
from smsconf.messaging.send.target import Target
from smsconf.messaging.send.variables import Slot, problems
from smsconf.model.errors import SmsconfError
from smsconf.model.resources import Region

DUPLICATE = "duplicate"
BAD_VALUE = "bad-value"
OTHER_COUNTRY = "other-country"
BAD_CELL = "bad-cell"
EXTRA_CELLS = ("extra-cells", N_("the row has more cells than the first row has headings"))
SECOND_NUMBER = (
    Fault.NOT_ALONE.word,
    N_("a second number stands in the row, and no heading says which is which"),
)

_CHUNK = 5_000
_READ = 1024 * 1024
_MOST_NAMED = 5  # rows that an error names
_OTHER_REGION = frozenset({Fault.ABROAD, Fault.MAINLAND})


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
    """What a list consists of; ``dropped`` counts by reason, ``source`` says how the list was read."""

    rows: int = 0
    valid: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    source: Source | None = None


def read_recipients(
    table: Table,
    target: Target,
    fixed: Mapping[str, str],
    *,
    count: Count,
    drop: Callable[[Dropped], None],
) -> Iterator[list[Recipient]]:
    """Yield who gets what, some thousand at a time, each number once.

    Args:
        table: the list; a first row that is no recipient names the columns.
        target: knows the variables.
        fixed: values that are the same for all.
        count: filled while reading.
        drop: told what is left out.

    Raises:
        SmsconfError: it is not clear which column is what, a variable has no column and no fixed value,
            nothing is there, or no number stands where they should.
    """
    if not table.head:
        raise _empty()
    columns = find_columns(table, target.region, target.slots)
    _check_values(table, target, columns, fixed)
    count.source = _source(table, columns)
    reader = _Reader(target, columns, fixed, count, drop)
    with _SeenNumbers() as known:
        for chunk in reader.read(table.rows(columns.needed)):
            earlier = known.add([(int(one.number), one.row, hash(one.values)) for one in chunk])
            fresh = [one for one in chunk if one.row not in earlier] if earlier else chunk
            count.valid += len(fresh)
            yield fresh
            for one in chunk if earlier else ():
                if one.row in earlier:
                    reader.leave_out_known(one, *earlier[one.row])
    if not count.rows:
        raise _empty()
    if not reader.understood:
        _check_column(table, columns, target.region, count.rows)


def read_opt_outs(
    path: Path, region: Region, count: Count | None = None, reading: Reading | None = None
) -> Iterator[str]:
    """Yield the numbers of a list of people to leave out, as the service writes them.

    Numbers that an app of this region cannot send to anyway count as understood. ``count`` is filled.

    Raises:
        SmsconfError: it cannot be read, no number is in it, or a row is not understood.
    """
    count = Count() if count is None else count
    wrong: list[str] = []
    with open_list(path, (reading or Reading()).of_opt_outs()) as table:
        columns = find_columns(table, region)
        count.source = _source(table, columns)
        for row in _data(table.rows(columns.needed), columns):
            count.rows += 1
            found = number_in(row, columns.number, region)
            fault = _fault_in(row, columns, region, found)
            if isinstance(found, str) and fault is None:
                count.valid += 1
                yield found
            elif found in _OTHER_REGION:
                count.valid += 1
            elif fault is not None:
                count.dropped[fault[0]] += 1
                if len(wrong) < _MOST_NAMED:
                    wrong.append(_("row {row}: {reason}").format(row=row.number, reason=fault[1]))
        if not count.valid:
            _check_column(table, columns, region, count.rows)
    if wrong:
        more = ["…"] if sum(count.dropped.values()) > len(wrong) else []
        raise unreadable(
            path,
            _("of {rows} rows {understood} are understood; {wrong}").format(
                rows=count.rows, understood=count.valid, wrong=clauses([*wrong, *more])
            ),
            fix=_("correct these rows: whoever stands there would be written to"),
        )
    if not count.rows:
        raise unreadable(
            path, _("no number is in it"), fix=_("leave out --opt-out if nobody is to be left out")
        )


@dataclass
class _Reader:
    """Reads rows one by one, and says which it leaves out."""

    target: Target
    columns: Columns
    fixed: Mapping[str, str]
    count: Count
    drop: Callable[[Dropped], None]
    understood: bool = False

    def __post_init__(self) -> None:
        self._cells = [(slot, self.columns.cells.get(slot.name)) for slot in self.target.slots]
        self._same = None if self.columns.cells else self.target.arrange(self.fixed)

    def read(self, rows: Iterable[Row]) -> Iterator[list[Recipient]]:
        """Yield recipients, numbers that stand there twice included."""
        region, same, columns = self.target.region, self._same, self.columns
        chunk: list[Recipient] = []
        for row in _data(rows, columns):
            self.count.rows += 1
            found = number_in(row, columns.number, region)
            fault = _fault_in(row, columns, region, found)
            if fault is not None or not isinstance(found, str):
                text = row.cells[columns.number] if columns.number < len(row.cells) else ""
                self.leave_out(row.number, text, *(fault or ("", "")))
                continue
            self.understood = True
            if refused := self.target.refuses(found):
                self.leave_out(row.number, found, OTHER_COUNTRY, refused)
                continue
            values = self._values(row, found) if same is None else same
            if values is not None:
                chunk.append(Recipient(found[1:], values, row.number))
                if len(chunk) == _CHUNK:
                    yield chunk
                    chunk = []
        yield chunk

    def leave_out(self, row: int, text: str, reason: str, explanation: str) -> None:
        """Count a row and tell it."""
        self.count.dropped[reason] += 1
        self.drop(Dropped(row, text, reason, explanation))

    def leave_out_known(self, one: Recipient, first: int, values: int) -> None:
        """Leave out a number that was seen in the row ``first``."""
        text = _("the number stands in row {row} already")
        if values != hash(one.values):
            text = _("the number stands in row {row} already, with other values: those of that row count")
        self.leave_out(one.row, f"+{one.number}", DUPLICATE, text.format(row=first))

    def _values(self, row: Row, number: str) -> tuple[str, ...] | None:
        cells = row.cells
        if row.unread:
            for slot, place in self._cells:
                word = None if place is None else row.unread.get(place)
                if word:
                    self.leave_out(row.number, number, BAD_CELL, f"{slot.name}: {_(BAD_CELLS[word])}")
                    return None
        values = tuple(
            self.fixed[slot.name] if place is None else cells[place].strip() if place < len(cells) else ""
            for slot, place in self._cells
        )
        wrong = next(problems(self.target.slots, values), None)
        if wrong is None:
            return values
        self.leave_out(row.number, number, BAD_VALUE, wrong)
        return None


class _SeenNumbers:
    """Numbers with the rows and values they were first seen with: any number of them, in a temporary file."""

    def __enter__(self) -> Self:
        self._database = sqlite3.connect("", isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -32000"):
            self._database.execute(f"PRAGMA {pragma}")
        self._database.execute(
            "CREATE TABLE seen (number INTEGER PRIMARY KEY, place INTEGER NOT NULL, content INTEGER NOT NULL)"
        )
        self._database.execute("BEGIN")
        return self

    def __exit__(self, *_error: object) -> None:
        self._database.close()

    def add(self, new: Sequence[tuple[int, int, int]]) -> dict[int, tuple[int, int]]:
        """Add numbers, rows and marks of values; return for each later row the first one and its mark.

        Raises:
            SmsconfError: the temporary file cannot be written.
        """
        try:
            return self._add(new)
        except sqlite3.Error as error:
            raise SmsconfError(
                _("the temporary file of the numbers seen cannot be written: {reason}").format(reason=error),
                fix=_("make room there, or name another folder with TMPDIR"),
            ) from None

    def _add(self, new: Sequence[tuple[int, int, int]]) -> dict[int, tuple[int, int]]:
        before = self._database.total_changes
        self._database.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", new)
        if self._database.total_changes - before == len(new):
            return {}
        known: dict[int, tuple[int, int]] = {}
        for number, row, _content in new:
            first, content = self._database.execute(
                "SELECT place, content FROM seen WHERE number = ?", (number,)
            ).fetchone()
            if first != row:
                known[row] = (first, content)
        return known


def _data(rows: Iterable[Row], columns: Columns) -> Iterator[Row]:
    """Yield the rows below the headings."""
    found = iter(rows)
    if columns.headings is not None:
        next(found, None)
    return found


def _fault_in(row: Row, columns: Columns, region: Region, found: str | Fault) -> tuple[str, str] | None:
    """Return why a row is not understood, as a word and for people; ``None`` if it is."""
    if isinstance(found, Fault):
        word = (row.unread or {}).get(columns.number)
        return (BAD_CELL, _(BAD_CELLS[word])) if word else (found.word, _(found.text))
    if columns.headings is None:
        second = len(row.cells) > 1 and other_number(columns, row, region) is not None
        return (SECOND_NUMBER[0], _(SECOND_NUMBER[1])) if second else None
    if len(row.cells) > len(columns.headings) and any(map(str.strip, row.cells[len(columns.headings) :])):
        return EXTRA_CELLS[0], _(EXTRA_CELLS[1])
    return None


def _empty() -> SmsconfError:
    return SmsconfError(
        _("the list of recipients is empty"), fix=_("write one number in each row of column A")
    )


def _check_column(table: Table, columns: Columns, region: Region, rows: int) -> None:
    """Make sure that the numbers are not in another column than the one that was taken.

    Raises:
        SmsconfError: they are.
    """
    other = wrong_column(table, columns, region)
    if other is not None:
        raise SmsconfError(
            _(
                "none of the {rows} rows of {file} has a number in column {column}, but column {other} has"
            ).format(
                rows=rows, file=table.path, column=column_name(columns.number), other=column_name(other)
            ),
            fix=below_title(table, region)
            or _("write a first row with a heading for each column: 手机号 or number over the numbers"),
        )


def _source(table: Table, columns: Columns) -> Source:
    return Source(table.sheet, table.encoding, table.guessed, columns.named())


def _check_values(table: Table, target: Target, columns: Columns, fixed: Mapping[str, str]) -> None:
    """Make sure that every value comes from one place.

    Raises:
        SmsconfError: one comes from nowhere, from two places, or is not the template's.
    """
    names = [slot.name for slot in target.slots]
    both = sorted(columns.cells.keys() & fixed.keys())
    missing = [name for name in names if name not in columns.cells and name not in fixed]
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
            why=_("its first row holds a number, so nothing names the columns")
            if columns.headings is None
            else _("its first row names: {names}").format(names=seen(columns.headings)),
            fix=below_title(table, target.region)
            or _first_row([slot for slot in target.slots if slot.name not in fixed]),
        )
    unknown = sorted(set(fixed) - set(names))
    if unknown:
        raise SmsconfError(
            _("{address} has no variable '{name}'").format(address=target.address, name=unknown[0]),
            fix=_("leave out --var {name}").format(name=unknown[0]),
        )


def _first_row(slots: Sequence[Slot]) -> str:
    names = ",".join([phone_headings(slots)[0], *(slot.name for slot in slots)])
    described = descriptions(slots)
    if not described:
        return _("write a first row such as: {names}; or give --var NAME=VALUE for all").format(names=names)
    return _(
        "write a first row such as: {names} (the descriptions will do too: {described}); or give "
        "--var NAME=VALUE for all"
    ).format(names=names, described=", ".join(described))
