"""YAML text → plain data that knows its places (:class:`~smsconf.config.yaml.source.Block` and ``Items``).

It knows YAML and nothing of smsconf: no section, no model. Scalars follow the core schema of YAML 1.2
(``on``, ``no``, dates and ``22:22`` are text), keys are always text. It reads libyaml's events and builds by
itself, without recursion, because the ready-made builders lose places, let duplicate keys pass and crash on
deep nesting; depth, aliases and size are bounded while reading.

Written from https://yaml.org/spec/1.2.2/ (10.3 core schema) and https://yaml.org/type/merge.html.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NoReturn

import yaml

from smsconf.config.problems import problem, shown
from smsconf.config.yaml.source import Block, Items, Source, Span
from smsconf.language import _, listed
from smsconf.model.diagnostics import Diagnostic
from smsconf.model.nearest import nearest

MAX_DEPTH: Final = 64
MAX_NODES: Final = 500_000
ALIAS_FACTOR: Final = 10  # what aliases stand for may be this many times what is written …
ALIAS_FLOOR: Final = 100_000  # … and this much in any case
MAX_PROBLEMS: Final = 100  # in one file, before reading stops

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # without libyaml the slower one gives the same events

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Mapping[str, bool] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL_HEX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_FIRST = frozenset("0123456789+-.~tTfFnN")  # what a scalar that is not text begins with
_LONGEST_NUMBER = 100  # longer ones stay text: Python refuses to print huge numbers

_SPAN = tuple.__new__  # the named constructor takes twice as long, a hundred thousand times
_TAG = "tag:yaml.org,2002:"
_TYPES: Mapping[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


def read_yaml(source: Source) -> tuple[Block | None, tuple[Diagnostic, ...]]:
    """Read one file. Without a block there is at least one error."""
    builder = _Builder(source)
    try:
        root = builder.build()
    except _Stopped:
        return None, tuple(builder.problems)
    if not isinstance(root, Block):
        builder.problems.append(_no_mapping(source, root))
        return None, tuple(builder.problems)
    return root, tuple(builder.problems)


def _no_mapping(source: Source, root: object) -> Diagnostic:
    what = (
        _("nothing") if root is None else _("a list") if isinstance(root, Items) else f"'{shown(str(root))}'"
    )
    start = re.search(r"(?m)^(?!---)[^#\s].*", source.text)
    place = source.place(start.start() if start and root is not None else 0)
    return problem("SMS012", _("expected a mapping of sections, got {what}").format(what=what), place)


class _Stopped(Exception):
    """Reading cannot go on."""


@dataclass(slots=True)
class _Frame:
    """A mapping or a list that is being filled."""

    value: Block | Items
    start: int
    nodes: int  # how many nodes there were before it
    anchor: str | None = None
    key: str | None = None
    key_start: int = 0
    key_end: int = 0
    merging: bool = False  # the key is <<
    merges: list[tuple[object, Span]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Anchor:
    """What an alias stands for; ``nodes`` of it. Without nodes it is still open."""

    value: object
    nodes: int
    text: str | None = None


class _Builder:
    """Data and places from events. All state of reading one file."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Diagnostic] = []
        self.root: object = None
        self.stack: list[_Frame] = []
        self.anchors: dict[str, _Anchor] = {}
        self.written = 0
        self.repeated = 0
        self.documents = 0

    def build(self) -> object:
        loader = LOADER(self.source.text)
        try:
            while True:
                event = loader.get_event()
                kind = type(event)
                if kind is yaml.ScalarEvent:
                    self._scalar(event)
                elif kind is yaml.MappingStartEvent:
                    self._open(event, Block(), "map")
                elif kind is yaml.SequenceStartEvent:
                    self._open(event, Items(), "seq")
                elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                    self._close(extent(event)[1])
                elif kind is yaml.AliasEvent:
                    self._alias(event)
                elif kind is yaml.DocumentStartEvent:
                    self._document(event)
                elif kind is yaml.StreamEndEvent:
                    return self.root
        except yaml.YAMLError as error:
            self._syntax(error)
        finally:
            loader.dispose()

    def _problem(
        self, code: str, message: str, start: int, end: int | None = None, fix: str | None = None
    ) -> None:
        self._take(problem(code, message, self.source.place(start, end), fix=fix))

    def _take(self, found: Diagnostic) -> None:
        self.problems.append(found)
        if len(self.problems) >= MAX_PROBLEMS:
            raise _Stopped

    def _stop(
        self, code: str, message: str, start: int, end: int | None = None, fix: str | None = None
    ) -> NoReturn:
        self._problem(code, message, start, end, fix)
        raise _Stopped

    # -- events

    def _document(self, event: yaml.DocumentStartEvent) -> None:
        self.documents += 1
        if self.documents > 1:
            self._stop("SMS011", _("a second document begins here"), *extent(event))

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        # Nearly all events are scalars: this path is written for speed.
        start: int = event.start_mark.index  # type: ignore[union-attr]  # events have marks
        end: int = event.end_mark.index  # type: ignore[union-attr]
        self._count(start)
        text: str = event.value
        frame = self.stack[-1] if self.stack else None
        value: object = text
        if frame is not None and frame.key is None and isinstance(frame.value, Block):
            frame.key, frame.key_start, frame.key_end = text, start, end
            frame.merging = text == "<<" and event.implicit[0]
        else:
            if not event.implicit[0]:
                value = self._tagged(event, text, start, end)
            elif not text or text[0] in _FIRST:
                value = resolve_plain(text)
            self._put(value, start, end)
        if event.anchor:
            self.anchors[event.anchor] = _Anchor(value, 1, text)

    def _tagged(self, event: yaml.ScalarEvent, text: str, start: int, end: int) -> object:
        """The value of a scalar that is quoted, a block, or has a tag."""
        tag = event.tag
        if tag is None or event.implicit[1] or tag in ("!", f"{_TAG}str"):
            return text
        wanted = _TYPES.get(tag.removeprefix(_TAG)) if tag.startswith(_TAG) else None
        value = resolve_plain(text)
        if wanted is None:
            self._unknown_tag(tag, start, end)
        elif type(value) not in wanted:
            message = _("'{text}' is not of the type {type}")
            message = message.format(text=shown(text), type=shown(tag.removeprefix(_TAG)))
            self._problem("SMS010", message, start, end)
        return value

    def _unknown_tag(self, tag: str, start: int, end: int) -> None:
        written = tag.replace(_TAG, "!!", 1)
        self._problem("SMS010", _("unknown tag {written}").format(written=shown(written)), start, end)

    def _open(
        self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent, value: Block | Items, kind: str
    ) -> None:
        start, end = extent(event)
        self._count(start)
        if len(self.stack) >= MAX_DEPTH:
            self._too_deep(start)
        if self.stack and self.stack[-1].key is None and isinstance(self.stack[-1].value, Block):
            brace = self.source.text[start : start + 1] == "{"
            fix = _("put text that begins with { in quotes") if brace else None
            self._stop("SMS014", _("a list or a mapping cannot be a key"), start, end, fix)
        if event.tag not in (None, "!", f"{_TAG}{kind}"):
            self._unknown_tag(event.tag, start, end)
        if event.anchor:
            self.anchors[event.anchor] = _Anchor(value, 0)
        self.stack.append(_Frame(value, start, self.written + self.repeated, event.anchor))

    def _close(self, end: int) -> None:
        frame = self.stack.pop()
        if isinstance(frame.value, Block):
            for merged, span in frame.merges:
                self._merge(frame.value, merged, span)
        if frame.anchor:
            nodes = self.written + self.repeated - frame.nodes + 1
            self.anchors[frame.anchor] = _Anchor(frame.value, nodes)
        self._put(frame.value, frame.start, end)

    def _alias(self, event: yaml.AliasEvent) -> None:
        (start, end), name = extent(event), event.anchor or ""
        anchor = self.anchors.get(name)
        if anchor is None:
            near = nearest(name, self.anchors)
            fix = _("write {near}") if near else _("define it above: KEY: &{name} VALUE")
            message = _("no anchor &{name} above this alias").format(name=shown(name))
            self._stop("SMS008", message, start, end, fix.format(near=f"*{near}", name=shown(name)))
        if not anchor.nodes:
            fix = _("write the value out")
            self._stop("SMS008", _("alias *{name} contains itself").format(name=shown(name)), start, end, fix)
        self._count(start)
        self.repeated += anchor.nodes
        if self.repeated > max(ALIAS_FLOOR, ALIAS_FACTOR * self.written):
            message = _("aliases stand for {repeated:,} values by now").format(repeated=self.repeated)
            self._stop("SMS009", message, start, end)
        frame = self.stack[-1] if self.stack else None
        if frame is not None and frame.key is None and isinstance(frame.value, Block):
            if anchor.text is None:
                self._stop("SMS014", _("a list or a mapping cannot be a key"), start, end)
            frame.key, frame.key_start, frame.key_end, frame.merging = anchor.text, start, end, False
        else:
            self._put(anchor.value, start, end)

    # -- building

    def _count(self, start: int) -> None:
        self.written += 1
        if self.written > MAX_NODES:
            message = _("the file has more than {max_nodes:,} values").format(max_nodes=MAX_NODES)
            self._stop("SMS004", message, start)

    def _too_deep(self, start: int) -> NoReturn:
        self._stop("SMS007", _("nested deeper than {max_depth} levels").format(max_depth=MAX_DEPTH), start)

    def _put(self, value: object, start: int, end: int) -> None:
        if not self.stack:
            self.root = value
            return
        frame = self.stack[-1]
        target = frame.value
        if isinstance(target, Items):
            target.add(value, Span(self.source, start, end, start, end))
            return
        key, frame.key = frame.key, None
        assert key is not None  # noqa: S101 - libyaml gives a key before every value
        span = _SPAN(Span, (self.source, frame.key_start, frame.key_end, start, end))
        if frame.merging:
            frame.merges.append((value, span))
        elif key in target:
            first = target.spans[key].key
            here = self.source.place(frame.key_start, frame.key_end)
            message = _("the key '{key}' is here twice, first in line {line}")
            message = message.format(key=shown(key), line=first.line)
            self._take(problem("SMS006", message, here, related=((first, _("first here")),)))
        else:
            target[key] = value
            target.spans[key] = span

    def _merge(self, block: Block, merged: object, span: Span) -> None:
        for one in merged if isinstance(merged, Items) else [merged]:
            if not isinstance(one, Block):
                self._problem("SMS013", _("<< needs a mapping or a list of mappings"), span.start, span.end)
                return
            for key, value in one.items():
                if key not in block:
                    block.put(key, value, one.spans[key])

    def _syntax(self, error: yaml.YAMLError) -> NoReturn:
        text = self.source.text
        said = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML")
        marks = [getattr(error, "problem_mark", None), getattr(error, "context_mark", None)]
        if "end of stream" in said:  # what was never closed matters more than where the file ends
            marks.reverse()
        position = next((min(mark.index, len(text)) for mark in marks if mark is not None), 0)
        if text[position : position + 1] == "\t":
            self._stop("SMS015", _("a tab is used as indentation"), position)
        if "nesting depth" in said:  # newer parsers have a limit of their own, and look ahead
            self._too_deep(position)
        context = getattr(error, "context", None)
        message = f"{said} {context}" if context else said
        self._stop("SMS005", message, position, None, _syntax_fix(text, position, said))


def extent(event: yaml.Event) -> tuple[int, int]:
    """Where an event begins and ends, in characters."""
    return event.start_mark.index, event.end_mark.index  # type: ignore[union-attr]  # events have marks


def resolve_plain(text: str) -> object:
    """What an unquoted scalar means in the core schema of YAML 1.2."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if len(text) <= _LONGEST_NUMBER:
        if _INT.fullmatch(text):
            return int(text)
        if _OCTAL_HEX.fullmatch(text):
            return int(text, 0)
        if _FLOAT.fullmatch(text) or _SPECIAL.fullmatch(text):
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    return text


def _syntax_fix(text: str, position: int, said: str) -> str:
    """Guess which of the usual mistakes it was."""
    begin = max(text.rfind("\n", 0, position), text.rfind("\r", 0, position)) + 1
    line = re.split(r"[\r\n]", text[begin:], maxsplit=1)[0]
    value = re.match(r"\s*(?:- +)?[^\s:#]+: +([{\[@`%*&!|>].*)", line)
    if value and not value.group(1).startswith(("|", ">")):
        return _("put the text in quotes if it is meant as text: '{group}'").format(
            group=shown(value.group(1).rstrip())
        )
    if "mapping values are not allowed" in said:
        return _("put the text in quotes if it contains ': ', or indent the line like its neighbours")
    if "could not find expected ':'" in said or "did not find expected key" in said:
        return _("write KEY: VALUE, indented by {numbers} spaces like its neighbours").format(
            numbers=listed(("2", "4", "6"))
        )
    return _("correct the line, or the one above it")
