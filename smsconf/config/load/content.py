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

    def __init__(self, declared: Collection[str]) -> None:
        self.declared = declared
        self.names: dict[str, int] = {}
        self.numbers: set[int] = set()
        self.mistakes: list[Mistake] = []

    def ordered(self) -> tuple[str, ...]:
        return tuple(self.names) or tuple(str(number) for number in sorted(self.numbers))

    def spell(self, token: re.Match[str]) -> str:
        """Return the service's form of a token; what is wrong with it stays as it is."""
        text, start = token.group(), token.start()
        if text in ("{{", "}}"):
            if text == "{{" and token.string[start - 1 : start] == "$" and start > 0:
                message = _("a literal '${' cannot be sent: the service takes it for a variable")
                fix = _("put a blank between $ and {{")
                self.mistakes.append(Mistake("SMS040", start - 1, token.end(), message, fix))
            return text[0]
        mistake = self._mistake(text)
        if mistake:
            self.mistakes.append(Mistake(mistake[0], start, token.end(), *mistake[1:]))
            if mistake[0] != "SMS042":
                return text
        if text.startswith("$"):
            self.numbers.add(int(text[2:-1]))
            return text
        return f"${{{self.names.setdefault(text[1:-1], len(self.names) + 1)}}}"

    def _mistake(self, text: str) -> tuple[str, str, str] | None:
        """Return code, message and fix of a token that is none, or that nobody declared."""
        if len(text) == 1:
            fix = _("write {text}{text} for a brace of the text itself, or {{name}} for a variable")
            return "SMS040", _("a lone '{text}'").format(text=text), fix.format(text=text)
        numbered = text.startswith("$")
        name = text[2:-1] if numbered else text[1:-1]
        broken = _broken_name(name, numbered=numbered)
        if broken:
            return "SMS040", _("'{text}' is not a variable").format(text=shown(text)), broken
        if self.names if numbered else self.numbers:
            fix = _("write every variable as {name}, or every one as ${1}, ${2} …")
            return "SMS041", _("'{text}' mixes numbers with named variables").format(text=text), fix
        if name in self.declared:
            return None
        near = nearest(name, self.declared) if not numbered else None
        fix = _("declare it: variables: {{{name}: {{type: text}}}}").format(name=name)
        if near:
            fix = _("write {form}").format(form=f"{{{near}}}")
        return "SMS042", _("the variable '{name}' is not declared").format(name=shown(name)), fix


def number_content(written: str, declared: Collection[str]) -> Content:
    """Number the variables of a content; ``declared`` are the names that have a type."""
    numbering = _Numbering(declared)
    pieces: list[Piece] = []
    out: list[str] = []
    end = length = 0
    for token in _TOKEN.finditer(written):
        literal, spelt = written[end : token.start()], numbering.spell(token)
        pieces.append(Piece(length + len(literal), len(spelt), token.start(), len(token.group())))
        out += [literal, spelt]
        length += len(literal) + len(spelt)
        end = token.end()
    out.append(written[end:])
    return Content("".join(out), numbering.ordered(), tuple(numbering.mistakes), tuple(pieces))


def _broken_name(name: str, *, numbered: bool) -> str | None:
    """What to write instead of a name that is none; None for a good one."""
    if numbered:
        if _NUMBER.fullmatch(name):
            return None
        named = _("write {words}").format(words=f"{{{name}}}")
        return named if name.isidentifier() else _("write ${1}, ${2} … or {name}")
    if name.isidentifier():
        return None
    if _NUMBER.fullmatch(name):
        return _("write {words}").format(words=f"${{{name}}}")
    if not name.strip():
        return _("write {name} for a variable, or {{}} for two braces")
    joined = re.sub(r"\W+", "_", name.strip()).strip("_")
    fix = _("write {words}").format(words=f"{{{joined}}}")
    return fix if joined.isidentifier() else _("write {name}: letters, digits and _")
