"""The content of a template as people write it → as the service takes it (``{order}`` → ``${1}``).

Pure text work: it finds mistakes by offset and leaves turning them into places to the caller. It judges
braces and names, not the wording; that is lint.

The service's form is described at "Templates and variables" of the vendor's manual: ``${1}`` to ``${20}``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from smsconf.config.problems import shown
from smsconf.language import _
from smsconf.model.nearest import nearest

_TOKEN = re.compile(r"\$\{[^{}]*\}|\{\{|\}\}|\{[^{}]*\}|[{}]")
_NUMBER = re.compile(r"[1-9][0-9]{0,3}")


class Mistake(NamedTuple):
    """Something wrong in a content, from ``start`` to ``end`` in the text as written."""

    code: str
    start: int
    end: int
    message: str
    fix: str


class Piece(NamedTuple):
    """A stretch of the service's form that is spelt differently in the file."""

    wire: int
    wire_length: int
    written: int
    written_length: int


@dataclass(frozen=True, slots=True)
class Content:
    """``text`` in the service's form; ``names`` of the variables, each at its number minus 1."""

    text: str
    names: tuple[str, ...]
    mistakes: tuple[Mistake, ...]
    pieces: tuple[Piece, ...]

    def written(self, start: int, end: int) -> tuple[int, int]:
        """Translate a stretch of ``text`` to the text as written; placeholders are taken whole."""
        return self._offset(start, upwards=False), self._offset(end, upwards=True)

    def _offset(self, offset: int, *, upwards: bool) -> int:
        shift = 0
        for piece in self.pieces:
            if offset <= piece.wire:
                break
            if offset < piece.wire + piece.wire_length:
                return piece.written + (piece.written_length if upwards else 0)
            shift = piece.written + piece.written_length - piece.wire - piece.wire_length
        return offset + shift


class _Numbering:
    """Numbers names by first use; in the service's form numbers are their own names."""

    def __init__(self) -> None:
        self.names: dict[str, int] = {}
        self.numbers: set[int] = set()

    def spell(self, name: str, *, numbered: bool) -> str:
        if numbered:
            self.numbers.add(int(name))
            return f"${{{name}}}"
        return f"${{{self.names.setdefault(name, len(self.names) + 1)}}}"

    def ordered(self) -> tuple[str, ...]:
        return tuple(self.names) or tuple(str(number) for number in sorted(self.numbers))


def number_content(written: str, declared: Collection[str]) -> Content:
    """Number the variables of a content; ``declared`` are the names that have a type."""
    numbering = _Numbering()
    mistakes: list[Mistake] = []
    pieces: list[Piece] = []
    out: list[str] = []
    end = length = 0
    for token in _TOKEN.finditer(written):
        literal = written[end : token.start()]
        out.append(literal)
        length += len(literal)
        end = token.end()
        spelt = _spell(token, numbering, mistakes, declared)
        pieces.append(Piece(length, len(spelt), token.start(), len(token.group())))
        out.append(spelt)
        length += len(spelt)
    out.append(written[end:])
    return Content("".join(out), numbering.ordered(), tuple(mistakes), tuple(pieces))


def _spell(
    token: re.Match[str], numbering: _Numbering, mistakes: list[Mistake], declared: Collection[str]
) -> str:
    text, start, end = token.group(), token.start(), token.end()
    if text in ("{{", "}}"):
        if text == "{{" and token.string[start - 1 : start] == "$" and start > 0:
            message = _("a literal '${' cannot be sent: the service takes it for a variable")
            mistakes.append(Mistake("SMS040", start - 1, end, message, _("put a blank between $ and {{")))
        return text[0]
    if len(text) == 1:
        fix = _("write {text}{text} for a brace of the text itself, or {{name}} for a variable").format(
            text=text
        )
        mistakes.append(Mistake("SMS040", start, end, _("a lone '{text}'").format(text=text), fix))
        return text
    numbered = text.startswith("$")
    name = text[2:-1] if numbered else text[1:-1]
    broken = _broken_name(name, numbered=numbered)
    if broken:
        mistakes.append(
            Mistake("SMS040", start, end, _("'{text}' is not a variable").format(text=shown(text)), broken)
        )
        return text
    if numbering.names if numbered else numbering.numbers:
        fix = _("write every variable as {name}, or every one as ${1}, ${2} …")
        mistakes.append(
            Mistake(
                "SMS041", start, end, _("'{text}' mixes numbers with named variables").format(text=text), fix
            )
        )
        return text
    if name not in declared:
        form = "${%s}" if numbered else "{%s}"
        near = nearest(name, declared) if not numbered else None
        fix = (
            _("write {form}").format(form=form % near)
            if near
            else _("declare it: variables: {{{name}: {{type: text}}}}").format(name=name)
        )
        message = _("the variable '{name}' is not declared").format(name=shown(name))
        mistakes.append(Mistake("SMS042", start, end, message, fix))
    return numbering.spell(name, numbered=numbered)


def _broken_name(name: str, *, numbered: bool) -> str | None:
    """What to write instead of a name that is none; None for a good one."""
    if numbered:
        if _NUMBER.fullmatch(name):
            return None
        return (
            _("write {words}").format(words=f"{{{name}}}")
            if name.isidentifier()
            else _("write ${1}, ${2} … or {name}")
        )
    if name.isidentifier():
        return None
    if _NUMBER.fullmatch(name):
        return _("write {words}").format(words=f"${{{name}}}")
    if not name.strip():
        return _("write {name} for a variable, or {{}} for two braces")
    joined = re.sub(r"\W+", "_", name.strip()).strip("_")
    return (
        _("write {words}").format(words=f"{{{joined}}}")
        if joined.isidentifier()
        else _("write {name}: letters, digits and _")
    )
