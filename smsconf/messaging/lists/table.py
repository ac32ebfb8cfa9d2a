"""What a list looks like, whatever file it came from: rows of cells, and how they were got.

Values only; ``texts`` and ``workbook`` make them from files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Self

from smsconf.language import N_, _
from smsconf.model.errors import SmsconfError

HEAD = 20  # rows that are looked at to find out what the columns are
LONGEST_CELL = 32_767  # characters: more fit into no cell of a spreadsheet

BAD_CELLS: Mapping[str, str] = {
    "error": N_("the cell holds an error of the spreadsheet"),
    "formula": N_("the cell holds a formula without its result: open the workbook and save it"),
    "format": N_(
        "what the sheet shows there depends on its format and the computer: give the column of a date the "
        "format yyyy-mm-dd, that of a time hh:mm, and make any other text"
    ),
    "digits": N_("the number has more than 15 digits, and a spreadsheet loses the rest: make it text"),
    "characters": N_("the cell holds characters that cannot be shown"),
    "long": N_("the cell is longer than a spreadsheet allows"),
}
"""Why a cell could not be told exactly: a word for files, a text for people."""

NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ue000-\uf8ff\ufffd]")
"""Characters that no phone shows: control, halves, private use, and the mark of what was lost before."""


class HiddenRows(StrEnum):
    """What is to become of rows that the sheet does not show."""

    SEND = "send"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a person says about a file: ``None`` where nothing was said.

    ``firm`` is false where the same words may be about another file: then they count only if this one leaves
    the question open. ``shared`` is true where they may be about others too: then a word that does not fit
    this kind of file is no error.
    """

    sheet: str | None = None
    hidden_rows: HiddenRows | None = None
    encoding: str | None = None
    firm: bool = True
    shared: bool = False

    def of_opt_outs(self) -> Self:
        """Return how to read a list of people to leave out: hidden rows count, which is the safe side."""
        return replace(self, hidden_rows=HiddenRows.SEND, firm=False)


class Row(NamedTuple):
    """A row: its number in the file, its cells as the sheet shows them, and what is odd about them.

    ``unread`` names the cells that could not be told exactly (their text is empty), each with a word of
    ``BAD_CELLS``; ``raw`` holds the whole number behind a cell that shows it in another form.
    """

    number: int
    cells: list[str]
    unread: Mapping[int, str] | None = None
    raw: Mapping[int, str] | None = None


class Source(NamedTuple):
    """Where the recipients came from: the sheet or the encoding, and which column was taken for what."""

    sheet: str | None
    encoding: str | None
    guessed: bool
    columns: Mapping[str, str]

    def view(self) -> dict[str, object]:
        """Return it as a plain mapping."""
        return {**self._asdict(), "columns": dict(self.columns)}


@dataclass(slots=True)
class Table:
    """A list that is open: its first rows, and all of them once it is known which columns are needed.

    ``rows`` takes the places of those columns, or ``None`` for all; other cells may then be empty.
    """

    path: Path
    head: list[Row]
    rows: Callable[[Collection[int] | None], Iterator[Row]]
    sheet: str | None = None
    encoding: str | None = None
    guessed: bool = False


def column_name(place: int) -> str:
    """Return the letters of a column, the first one being A."""
    letters = ""
    while place >= 0:
        place, rest = divmod(place, 26)
        letters, place = chr(65 + rest) + letters, place - 1
    return letters


def unreadable(path: Path, reason: str, *, fix: str | None = None) -> SmsconfError:
    """Return the error of a list that cannot be read."""
    return SmsconfError(
        _("the list {file} cannot be read: {reason}").format(file=path, reason=reason),
        fix=fix or _("save it as CSV (UTF-8), one recipient in each row"),
    )
