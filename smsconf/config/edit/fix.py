"""Findings that carry an edit → the files with those edits made, each in the spelling the text has there.

It returns :class:`~smsconf.config.edit.splice.Rewrite` values and writes none. Only the characters that
an edit is about change; quotes, escapes, folding and comments stay. A result is read again,
and given back only if exactly the edited values differ; what cannot be edited like that is left as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from smsconf.config.edit.splice import Rewrite
from smsconf.config.load.content import number_content
from smsconf.config.load.project import Project
from smsconf.config.yaml.reader import read_yaml
from smsconf.config.yaml.source import PROPERTIES, Source, Span, span_at
from smsconf.model.address import Address
from smsconf.model.diagnostics import Diagnostic, Edit

Path = tuple[str | int, ...]

_BREAK: Final = r"[ \t]*(?:\r\n|\r|\n)[ \t]*"  # a line end inside a text, read as one blank
_UNITS: Final = {  # how one character of a text is spelt, by the first character of the scalar
    '"': re.compile(rf"\\x..|\\u.{{4}}|\\U.{{8}}|\\[^\r\n]|{_BREAK}|."),
    "'": re.compile(rf"''|{_BREAK}|."),
    "": re.compile(rf"{_BREAK}|."),
}
_HEADER: Final = re.compile(
    r"([|>][1-9]?)([-+]?)([1-9]?[^\r\n]*(?:\r\n|\r|\n))((?:[ \t]*(?:\r\n|\r|\n))*)( *)"
)


def repaired(project: Project, found: Iterable[Diagnostic]) -> tuple[Rewrite, ...]:
    """Make the edits of some findings, file by file; files without any are not among them."""
    sources: dict[str, Source] = {}
    edits: dict[str, dict[Path, list[Edit]]] = {}
    for one in found:
        if one.edit is None or one.address is None:
            continue
        address = Address.parse(one.address)
        path = (address.kind.section, address.key, *one.edit.path)
        span = span_at(project.data, path)
        if span is not None:
            sources[span.source.name] = span.source
            edits.setdefault(span.source.name, {}).setdefault(path, []).append(one.edit)
    made = [
        Rewrite(project.folder / name, source, amended(source, edits[name]))
        for name, source in sources.items()
    ]
    return tuple(one for one in made if one.text != one.source.text)


def amended(source: Source, edits: Mapping[Path, Sequence[Edit]]) -> str:
    """Make all edits of a file; where that is not possible, as many as can be made one by one."""
    whole = _checked(source, edits)
    if whole is not None:
        return whole
    for path, own in edits.items():
        text = _checked(source, {path: own}) if len(edits) > 1 else None
        source = Source(source.name, text) if text is not None else source
    return source.text


def _checked(source: Source, edits: Mapping[Path, Sequence[Edit]]) -> str | None:
    """Make edits, read the result again, and return it if it differs in nothing else."""
    block, problems = read_yaml(source)
    if block is None or problems:
        return None
    expected = json.loads(json.dumps(block))
    changes: dict[tuple[int, int], str] = {}
    for path, own in edits.items():
        span, holder = span_at(block, path), _holder(expected, path)
        if span is None or holder is None or not isinstance(value := holder[path[-1]], str):
            return None
        apart = _apart(own, value, content=path[-1] == "content")
        holder[path[-1]] = new = _applied(list(value), apart)
        spelt = _respelt(span, value, new, apart)
        if spelt is None:
            return None
        changes[span.start, span.end] = spelt
    text = source.text
    for (start, end), spelt in sorted(changes.items(), reverse=True):
        text = text[:start] + spelt + text[end:]
    again, problems = read_yaml(Source(source.name, text))
    same = json.dumps(again, sort_keys=True) == json.dumps(expected, sort_keys=True)
    return text if same and not problems else None


def _holder(data: Any, path: Path) -> Any:  # noqa: ANN401 - plain JSON
    for part in path[:-1]:
        data = data.get(part) if isinstance(data, dict) else None
    return data if isinstance(data, dict) and path[-1] in data else None


def _apart(edits: Sequence[Edit], value: str, *, content: bool) -> list[Edit]:
    """Order edits by place, in offsets of the text as written; of two that overlap the longer is made."""
    if content:
        numbered = number_content(value, ())
        edits = [
            one._replace(start=start, end=end)
            for one in edits
            for start, end in [numbered.written(one.start, one.end)]
        ]
    kept: list[Edit] = []
    for one in sorted(edits, key=lambda one: one.start - one.end):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _applied(units: Sequence[str], edits: Sequence[Edit]) -> str:
    """Put together a text of which each unit spells one character, with the edits made."""
    made, position = [], 0
    for one in edits:
        made += [*units[position : one.start], one.text]
        position = max(position, one.end)
    return "".join([*made, *units[position:]])


def _respelt(span: Span, value: str, new: str, edits: Sequence[Edit]) -> str | None:
    """Spell the new text like the old one; None where that cannot be done character by character."""
    raw = span.source.text[span.start : span.end]
    skip = PROPERTIES.match(raw)
    head, raw = raw[: skip.end() if skip else 0], raw[skip.end() if skip else 0 :]
    if raw[:1] in ("|", ">"):
        spelt = _respelt_block(raw, value, new, edits)
        return None if spelt is None else head + spelt
    quote = raw[:1] if raw[:1] in ('"', "'") else ""
    units = _UNITS[quote].findall(raw[1:-1] if quote else raw)
    if raw.startswith("*") or len(units) != len(value):
        return None
    spelt = quote + _applied(units, edits) + quote
    if not quote and _plain(spelt) != new:
        spelt = json.dumps(new, ensure_ascii=False)
    return head + spelt


def _plain(text: str) -> object:
    """What an unquoted text would be read as."""
    block, problems = read_yaml(Source("", f"text: {text}\n"))
    return None if block is None or problems else block["text"]


def _respelt_block(raw: str, value: str, new: str, edits: Sequence[Edit]) -> str | None:
    header = _HEADER.match(raw)
    if header is None:
        return None
    style, chomp, comment, blank, indent = header.groups()
    body = raw[header.end() :]
    core = body.rstrip("\r\n")
    said = value.rstrip("\n")
    units = re.findall(rf"(?:\r\n|\r|\n) {{0,{len(indent)}}}|.", core)
    if len(units) != len(said):
        return None
    inside = [one._replace(start=min(one.start, len(said)), end=min(one.end, len(said))) for one in edits]
    if value.endswith("\n") and not new.endswith("\n"):
        chomp = "-"
    return "".join([style, chomp, comment, blank, indent, _applied(units, inside), body[len(core) :]])
