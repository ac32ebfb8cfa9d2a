"""The texts that the cells of a workbook share, in a temporary file: any number of them, in little memory.

Texts are written in blocks of some dozen; cells mostly ask for neighbours, so a block is taken apart once.
"""

from __future__ import annotations

import os
import re
import tempfile
from array import array
from collections.abc import Sequence
from typing import IO, Final
from xml.parsers import expat

from smsconf.messaging.lists.table import LONGEST_CELL, NO_TEXT
from smsconf.messaging.lists.workbook_parts import parse

UNREADABLE: Final = "\x01"  # begins a text that stands for a problem; no cell has it, see ``cell_text``
_XML_BLANKS = " \t\r\n"
_BLOCK = 64
_MOST_BLOCKS = 1024  # kept in memory
_END = "\0"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


def cell_text(text: str) -> str:
    """Return a text as the sheet shows it, or ``UNREADABLE`` and why that cannot be told.

    A spreadsheet writes characters that XML does not allow as ``_x000D_``.
    """
    if len(text) > LONGEST_CELL:
        return f"{UNREADABLE}long"
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        try:
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            return f"{UNREADABLE}characters"
    return f"{UNREADABLE}characters" if NO_TEXT.search(text) else text


class SharedStrings:
    """Texts by their numbers; ``close`` gives the file back."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by ``close``
        self._starts = array("Q")
        self._new: list[str] = []
        self._size = 0
        self._count = 0
        self._blocks: dict[int, list[str]] = {}

    def add(self, text: str) -> None:
        """Add the next text."""
        self._new.append(text)
        if len(self._new) == _BLOCK:
            self.flush()

    def flush(self) -> None:
        """Write what was added, before it is asked for."""
        data = _END.join(self._new).encode()
        self._starts.append(self._size)
        os.pwrite(self._file.fileno(), data, self._size)
        self._size += len(data)
        self._count += len(self._new)
        self._new = []

    def __getitem__(self, number: int) -> str:
        """Return a text.

        Raises:
            IndexError: there is none of this number.
        """
        place, rest = divmod(number, _BLOCK)
        block = self._blocks.get(place)
        if block is None:
            block = self._load(place) if 0 <= number < self._count else []
        return block[rest]

    def close(self) -> None:
        """Give the temporary file back."""
        self._file.close()

    def _load(self, place: int) -> list[str]:
        if len(self._blocks) >= _MOST_BLOCKS:
            self._blocks.clear()
        start = self._starts[place]
        end = self._starts[place + 1] if place + 1 < len(self._starts) else self._size
        block = os.pread(self._file.fileno(), end - start, start).decode().split(_END)
        self._blocks[place] = block
        return block


def read_strings(file: IO[bytes]) -> SharedStrings:
    """Read the part that holds the shared texts."""
    strings = SharedStrings()
    parser = expat.ParserCreate()
    parser.buffer_text = parser.ordered_attributes = True
    pieces = TextPieces()
    prefix = ""

    def start(tag: str, attributes: list[str]) -> None:
        nonlocal prefix
        if tag.endswith("sst"):
            prefix = tag.removesuffix("sst")
        name = tag.removeprefix(prefix)
        if name == "si":
            pieces.begin()
        else:
            pieces.start(name, attributes)

    def end(tag: str) -> None:
        name = tag.removeprefix(prefix)
        if name == "si":
            strings.add(cell_text(pieces.text()))
        else:
            pieces.end(name)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = pieces.take
    for _size in parse(parser, file):
        pass
    strings.flush()
    return strings


class TextPieces:
    """The pieces of a text: all that stands in ``t``, but not how it is to be pronounced (``rPh``)."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._size = 0
        self._in_text = self._preserved = False
        self._begun = self._aside = 0

    def begin(self) -> None:
        """Begin another text."""
        self._pieces, self._size = [], 0

    def start(self, tag: str, attributes: Sequence[str]) -> None:
        """Take note of an element that begins; blanks round a text count only where it says so."""
        if tag == "t":
            self._in_text, self._begun = True, len(self._pieces)
            self._preserved = "preserve" in attributes
        elif tag == "rPh":
            self._aside += 1

    def end(self, tag: str) -> None:
        """Take note of an element that ends."""
        if tag == "t":
            self._in_text = False
            if not self._preserved:
                self._pieces[self._begun :] = ["".join(self._pieces[self._begun :]).strip(_XML_BLANKS)]
        elif tag == "rPh":
            self._aside -= 1

    def take(self, piece: str) -> None:
        """Take characters, up to one more than a cell may hold."""
        if self._in_text and not self._aside and self._size <= LONGEST_CELL:
            self._pieces.append(piece)
            self._size += len(piece)

    def text(self) -> str:
        """Return all of it."""
        return self._pieces[0] if len(self._pieces) == 1 else "".join(self._pieces)
