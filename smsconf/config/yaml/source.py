"""A file's text and the places in it; data that remembers where each of its words was written.

``reader`` makes these from YAML, the later stages carry them along, so that any value can be pointed at.
Places are kept as character offsets and become lines and columns only when somebody asks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import NamedTuple

from smsconf.model.diagnostics import Place

_LINE_END = re.compile(r"\r\n|\r|\n")
PROPERTIES = re.compile(r"(?:[&!]\S*\s+)*")  # an anchor or a tag in front of a value
_BLOCK_HEADER = re.compile(r"[|>][^\r\n]*")


class Source:
    """One file. ``name`` is its path relative to the project, with ``/``; ``size`` is in bytes."""

    __slots__ = ("_lines", "_starts", "name", "size", "text")

    def __init__(self, name: str, text: str, size: int = 0) -> None:
        self.name = name.encode(errors="replace").decode()  # file names may hold bytes that are no text
        self.size = size
        self.text = text
        self._starts: list[int] | None = None
        self._lines: dict[int, str] = {}

    def place(self, start: int, end: int | None = None) -> Place:
        """Turn character offsets into a place; what goes on over several lines is cut at the first."""
        start = min(max(start, 0), len(self.text))
        if self._starts is None:
            self._starts = [0, *(found.end() for found in _LINE_END.finditer(self.text))]
        line = bisect_right(self._starts, start)
        begin = self._starts[line - 1]
        text = self._lines.get(line)
        if text is None:  # kept: a thousand problems on one long line share its text
            after = self._starts[line] if line < len(self._starts) else len(self.text)
            text = self._lines[line] = self.text[begin:after].rstrip("\r\n")
        last = min(start + 1 if end is None else end, begin + len(text))
        return Place(self.name, line, start - begin + 1, max(last - start, 1), text)


class Span(NamedTuple):
    """Where a value was written, and the key it was written under (an item of a list: again the value)."""

    source: Source
    key_start: int
    key_end: int
    start: int
    end: int

    @property
    def key(self) -> Place:
        """The place of the key."""
        return self.source.place(self.key_start, self.key_end)

    @property
    def value(self) -> Place:
        """The place of the value; of the key where the value is empty or begins on a later line."""
        if self.start == self.end or self.raw[:1] in "\r\n":
            return self.key
        return self.source.place(self.start, self.end)

    @property
    def raw(self) -> str:
        """The value as it stands in the file, quotes and all."""
        return self.source.text[self.start : self.end].rstrip()

    def inside(self, value: str, start: int, end: int) -> Place:
        """Point into a text: ``start`` and ``end`` count in ``value``, the text without quotes and folding.

        The n-th occurrence of a character in the value is the n-th in the file, in every style of scalar,
        unless an escape or a quote adds or hides one; then the place is the whole value's. Blanks, which
        folding may hide, are looked up beside their neighbours.
        """
        first, last = self._offset(value, start), self._offset(value, end - 1)
        if first is not None and last is not None and first <= last:
            return self.source.place(first, last + 1)
        before, after = self._offset(value, start - 1), self._offset(value, end)
        beside = [before + 1] if before is not None else []
        for begin in (*beside, *([after - (end - start)] if after is not None else [])):
            blanks = self.source.text[begin : begin + end - start]
            if blanks.isspace() and not {"\r", "\n"} & set(blanks) and len(blanks) == end - start:
                return self.source.place(begin, begin + len(blanks))
        return self.value

    def _offset(self, value: str, offset: int) -> int | None:
        raw = self.source.text[self.start : self.end]
        found = PROPERTIES.match(raw)
        skip = found.end() if found else 0
        header = _BLOCK_HEADER.match(raw, skip)
        if header:
            skip = header.end()
        if not 0 <= offset < len(value):
            return None
        character = value[offset]
        if character.isspace() or raw.count(character, skip) != value.count(character):
            return None
        position = skip - 1
        for _ in range(value.count(character, 0, offset) + 1):
            position = raw.index(character, position + 1)
        return self.start + position


class Located(NamedTuple):
    """A value and where it was written."""

    value: object
    span: Span


class Block(dict[str, object]):
    """A mapping that knows the span of each of its keys.

    ``removed`` are keys that an environment's overlay took out, with the span of the ``null`` that did it.
    """

    __slots__ = ("removed", "spans")

    def __init__(self) -> None:
        super().__init__()
        self.spans: dict[str, Span] = {}
        self.removed: dict[str, Span] = {}

    def at(self, key: str) -> Located | None:
        """Look up a key; None where there is none."""
        return Located(self[key], self.spans[key]) if key in self else None

    def located(self) -> Iterator[tuple[str, Located]]:
        """Yield each key with its value's place."""
        for key, value in self.items():
            yield key, Located(value, self.spans[key])

    def put(self, key: str, value: object, span: Span) -> None:
        """Set a key and remember where it was written."""
        self[key] = value
        self.spans[key] = span


class Items(list[object]):
    """A list that knows the span of each of its items."""

    __slots__ = ("spans",)

    def __init__(self) -> None:
        super().__init__()
        self.spans: list[Span] = []

    def add(self, value: object, span: Span) -> None:
        """Append an item and remember where it was written."""
        self.append(value)
        self.spans.append(span)

    def located(self) -> Iterator[Located]:
        """Yield each item with its place."""
        return map(Located, self, self.spans)


def step_into(value: object, part: str | int) -> Located | None:
    """Look up one part of a path; None where there is nothing of that name."""
    if isinstance(value, Block):
        return value.at(str(part))
    if isinstance(value, Items) and isinstance(part, int) and 0 <= part < len(value):
        return Located(value[part], value.spans[part])
    return None


def located_at(value: object, path: tuple[str | int, ...]) -> Located | None:
    """Find what a path leads to; None for an empty path and for one that leads nowhere."""
    found: Located | None = None
    for part in path:
        found = step_into(value, part)
        if found is None:
            return None
        value = found.value
    return found


def span_at(value: object, path: tuple[str | int, ...]) -> Span | None:
    """Find where something was written that a path leads to."""
    found = located_at(value, path)
    return found.span if found else None
