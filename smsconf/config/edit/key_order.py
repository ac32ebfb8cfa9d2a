"""The text of one YAML file → the same text with its keys in the order of the file format, comments kept.

Pure: text in, text out. Source text is moved whole and never written anew, so every scalar, comment and line
end stays as it is; :func:`in_order` reads its result again and gives it back only if the values are the same.
Keys that people choose (of entries, variables, environments) keep their order, lists keep theirs.

A comment belongs to the key below it; to the mapping it is indented like, if no key follows; to the key above
where a blank line cuts it off from the next. Blank lines between keys stay where they are.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import yaml

from smsconf.config.format.entry import Each, Shape, inner_shape
from smsconf.config.format.project_model import ProjectFile
from smsconf.config.yaml.reader import LOADER, extent, read_yaml
from smsconf.config.yaml.source import Source

_LINE: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)?")
_COMMA: Final = re.compile(r"\s*,\s*")
_MODELINE: Final = re.compile(r"#!|#\s*(?:yaml-language-server:|vim?:|-\*-)")  # for editors: stays on top
_MERGE: Final = "<<"


class LayoutError(Exception):
    """The text with its keys in order would not say the same."""


def in_order(source: Source) -> str:
    """Return the text of a file with its keys in the order of the file format.

    The file must be one that ``read_yaml`` reads without errors.

    Raises:
        LayoutError: the result would not say the same, so there is none.
    """
    text = source.text
    found = re.search(r"\r\n|\r|\n", text)
    added = found[0] if found and not text.endswith(("\n", "\r")) else ""
    root = _compose(text)
    writer = _Writer(text + added, len(text), ambiguous=len(set(root.anchors)) < len(root.anchors))
    made = writer.stretch(root, ProjectFile, 0, len(text + added)).removesuffix(added)
    if Counter(made) != Counter(text) or not same_values(source, Source(source.name, made)):
        raise LayoutError
    return made


def same_values(one: Source, other: Source) -> bool:
    """Tell whether two texts say the same, to the type of every value."""
    return one.text == other.text or _values(one) == _values(other) is not None


def _values(source: Source) -> str | None:
    block, problems = read_yaml(source)
    return None if block is None or problems else json.dumps(block, sort_keys=True)


# -- the order of keys


def _ranks(shape: Shape) -> Mapping[str, int]:
    """Return the place of every known key; merged values come before them, unknown keys after."""
    if shape is None or isinstance(shape, Each):
        return {}
    return {_MERGE: -1} | {name: rank for rank, name in enumerate(shape.model_fields)}


# -- where things are


@dataclass(slots=True)
class _Node:
    """A value in the text, from ``start`` to ``end`` without the comments and blank lines after it.

    ``last`` is what is written last of it; ``anchors`` and ``aliases`` are all that are inside.
    """

    start: int
    end: int
    text: str = ""
    flow: bool = False
    block_scalar: bool = False
    pairs: list[tuple[_Node, _Node]] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    aliases: set[str] = field(default_factory=set)
    last: _Node | None = None

    @property
    def leaf(self) -> _Node:
        """The scalar or flow collection with which it ends."""
        return self.last.leaf if self.last else self


def _compose(text: str) -> _Node:
    """Build the tree of a text that the reader has read, so that nothing in it is too deep or too large."""
    loader = LOADER(text)
    try:
        while not isinstance(event := loader.get_event(), yaml.StreamEndEvent):
            if isinstance(event, yaml.NodeEvent):
                return _node(loader, event)
        return _Node(0, 0)
    finally:
        loader.dispose()


def _node(loader: yaml.SafeLoader, event: yaml.NodeEvent) -> _Node:
    made = _Node(*extent(event))
    if isinstance(event, yaml.AliasEvent):
        made.aliases.add(event.anchor or "")
        return made
    if event.anchor:
        made.anchors.append(event.anchor)
    if isinstance(event, yaml.ScalarEvent):
        made.text, made.block_scalar = event.value, event.style in ("|", ">")
    elif isinstance(event, yaml.CollectionStartEvent):
        made.flow = bool(event.flow_style)
        children = []
        while isinstance(inside := loader.get_event(), yaml.NodeEvent):  # type: ignore[no-untyped-call]
            children.append(_node(loader, inside))
            made.anchors += children[-1].anchors
            made.aliases |= children[-1].aliases
        if isinstance(event, yaml.MappingStartEvent):
            made.pairs = list(zip(children[::2], children[1::2], strict=True))
        if made.flow:
            made.end = extent(inside)[1]
        elif children:
            made.last = children[-1]
            made.end = max(child.end for child in children[-2:])
    return made


# -- moving text


class _Writer:
    """Puts mappings in order. ``text`` has a line end after its last line, which is ``added`` beyond ``end``.

    ``ambiguous``: an anchor is defined twice, so that an alias means the last one above it.
    """

    def __init__(self, text: str, end: int, *, ambiguous: bool) -> None:
        self.text = text
        self.starts = [found.start() for found in _LINE.finditer(text)]
        self.end = end
        self.ambiguous = ambiguous

    def stretch(self, node: _Node, shape: Shape, start: int, end: int) -> str:
        """Return the text from ``start`` to ``end`` with the node in it put in order."""
        if not node.pairs or shape is None:
            return self.text[start:end]
        return (self._flow if node.flow else self._block)(node, shape, start, end)

    def _order(self, node: _Node, shape: Shape) -> Sequence[int]:
        """Number the pairs of a mapping in the order they shall have; as written, where aliases forbid it."""
        as_written = range(len(node.pairs))
        if self.ambiguous and (node.aliases or node.anchors):
            return as_written
        for key, value in node.pairs:  # one that refers to another of them
            if (key.aliases | value.aliases).difference(key.anchors, value.anchors) & set(node.anchors):
                return as_written
        ranks = _ranks(shape)
        return sorted(as_written, key=lambda number: ranks.get(node.pairs[number][0].text, len(ranks)))

    def _flow(self, node: _Node, shape: Shape, start: int, end: int) -> str:
        """Swap pairs between { and }; commas and blanks stay. With comments between them: as written."""
        places = [(key.start, max(key.end, value.end)) for key, value in node.pairs]
        parts = [
            self.stretch(value, inner_shape(shape, key.text), *place)
            for (key, value), place in zip(node.pairs, places, strict=True)
        ]
        between = [self.text[left[1] : right[0]] for left, right in pairwise(places)]
        order = self._order(node, shape)
        if "#" in self.text[places[-1][1] : node.end] or not all(map(_COMMA.fullmatch, between)):
            order = range(len(parts))
        body = "".join(parts[number] + gap for number, gap in zip(order, [*between, ""], strict=True))
        return self.text[start : places[0][0]] + body + self.text[places[-1][1] : end]

    def _block(self, node: _Node, shape: Shape, start: int, end: int) -> str:
        """Swap pairs with the comment lines that are theirs; what stands above and below them all stays."""
        lines = [self._line_start(key.start) for key, _ in node.pairs]
        if any(self.text[at : key.start].strip(" ") for at, (key, _) in zip(lines, node.pairs, strict=True)):
            return self.text[start:end]  # "? key"
        begin = head = self._lead_start(start, lines[0])
        parts, blanks = [], [""]
        for (key, value), limit in zip(node.pairs, [*lines[1:], end], strict=True):
            after = self._line_end(key, value)
            inner, blank = _split(self.text[after:limit], key.start - self._line_start(key.start))
            parts.append(self.stretch(value, inner_shape(shape, key.text), begin, after + inner))
            begin = after + inner + blank
            blanks.append(self.text[after + inner : begin])
        below = blanks.pop() + self.text[begin:end]
        order = self._order(node, shape)
        if any(self._is_open(value.leaf) for _, value in node.pairs):
            order = range(len(parts))
        body = "".join(blank + parts[number] for blank, number in zip(blanks, order, strict=True))
        return self.text[start:head] + body + below

    def _line_start(self, offset: int) -> int:
        return self.starts[bisect_right(self.starts, offset) - 1]

    def _line_end(self, key: _Node, value: _Node) -> int:
        """Return where the last line of a pair ends."""
        leaf = value.leaf
        last = self._visible_end(leaf) if leaf.block_scalar else max(key.end, value.end)
        found = _LINE.match(self.text, last)
        return found.end() if found else last

    def _visible_end(self, scalar: _Node) -> int:
        return scalar.start + len(self.text[scalar.start : scalar.end].rstrip())

    def _is_open(self, leaf: _Node) -> bool:
        """Tell whether a block scalar's value hangs on the blank lines after it, or on the file's end."""
        if not leaf.block_scalar:
            return False
        header = _LINE.match(self.text, leaf.start)
        blank = self.text[self._visible_end(leaf) : leaf.end].strip("\r\n")
        at_end = self.end < len(self.text) and leaf.end >= self.end
        return bool(blank) or at_end or (header is not None and "+" in header[0])

    def _lead_start(self, start: int, line: int) -> int:
        """Return where the comment lines right above a mapping's first key begin; no editor's line is one."""
        lead = begin = line
        while begin > start:
            begin = self._line_start(begin - 1)
            written = self.text[begin:lead].lstrip()
            if begin < start or not written.startswith("#") or _MODELINE.match(written):
                break
            lead = begin
        return lead


def _split(gap: str, column: int) -> tuple[int, int]:
    """Divide the lines between two keys; return the lengths of the first two of the three parts.

    Comments of the key above, blank lines, and comments of the key below. ``column`` is that of the keys.
    """
    lines = list(_gap_lines(gap))
    above = 0
    for number, line in enumerate(lines, 1):
        if line.strip() and len(line) - len(line.lstrip(" \t")) > column:
            above = number
    # what touches the key above, or its comments, and is cut off from the next key is the upper one's too
    above = next((number for number in range(above, len(lines)) if not lines[number].strip()), above)
    below = next((number for number in range(above, len(lines)) if lines[number].strip()), len(lines))
    return sum(map(len, lines[:above])), sum(map(len, lines[above:below]))


def _gap_lines(gap: str) -> Iterator[str]:
    """Yield the blank lines and comments with which a stretch begins."""
    for found in _LINE.finditer(gap):
        if found[0].strip() and not found[0].lstrip().startswith("#"):
            return
        if found[0]:
            yield found[0]
