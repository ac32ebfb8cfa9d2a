"""The help of the commands in the user's language, folded by cells: a Chinese character takes two.

Used for other languages than English only; in English click's own help is shown as it is.
"""

from __future__ import annotations

import copy
import inspect
import re
from collections.abc import Iterable, Iterator

import click

from smsconf.language import _
from smsconf.render.lines import cells

_EXAMPLE = "Example:"
_RAW = "\b\n"  # click folds no paragraph that begins with it
_PIECES = re.compile(r"[（《「“【]*(?:[!-~]+|\S)[，。；：、？！）》」”】…]*\s*")


def paragraphs(text: str) -> Iterator[str]:
    """Yield what of a command's help is translated: every paragraph; of an example its heading."""
    for part in filter(None, text.split("\n\n")):
        if not part.startswith(_RAW):
            yield " ".join(part.split())
            continue
        _mark, heading, *rest = part.split("\n")
        yield heading
        if heading != _EXAMPLE:
            yield from (line.strip() for line in rest)


def spoken(command: click.Command) -> click.Command:
    """Return a copy of a command whose help is in the user's language."""
    found = copy.copy(command)
    found.context_class = _Context
    found._help_option = None  # noqa: SLF001 - click keeps it once made, in the language of that moment
    if command.help:
        text = inspect.cleandoc(command.help)
        found.help = "\n\n".join(_paragraph(part) for part in text.split("\n\n"))
        first = next(paragraphs(text))
        found.short_help = _(first).partition("。")[0]
    found.params = [_parameter(one) for one in command.params]
    if isinstance(found, click.Group):
        found.commands = {name: spoken(one) for name, one in found.commands.items()}
    return found


def _paragraph(text: str) -> str:
    if text.startswith(_RAW):
        mark, heading, *rest = text.split("\n")
        if heading != _EXAMPLE:
            rest = [line.replace(said, _(said)) if (said := line.strip()) else line for line in rest]
        return "\n".join((mark, _(heading), *rest))
    whole = " ".join(text.split())
    return _(whole)


def _parameter(parameter: click.Parameter) -> click.Parameter:
    if not isinstance(parameter, click.Option) or not parameter.help:
        return parameter
    found = copy.copy(parameter)
    found.help = _(parameter.help)
    return found


def fold(text: str, width: int) -> str:
    """Break a text into lines of at most so many cells: at blanks, and between wide characters."""
    lines = [""]
    for piece in _PIECES.findall(text):
        if lines[-1] and cells(lines[-1]) + cells(piece.rstrip()) > width:
            lines.append("")
        lines[-1] += piece
    return "\n".join(line.rstrip() for line in lines)


class _Formatter(click.HelpFormatter):
    """Folds before click does, which counts characters, and points as Chinese does."""

    def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
        """Write the line on how to call a command."""
        super().write_usage(prog, args, _("Usage:") if prefix is None else prefix)

    def write_heading(self, heading: str) -> None:
        """Write a heading."""
        self.write(f"{'':>{self.current_indent}}{heading}{_(':')}\n")

    def write_text(self, text: str) -> None:
        """Write paragraphs."""
        width = self.width - self.current_indent
        super().write_text("\n\n".join(_folded(part, width) for part in text.split("\n\n")))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write a list of terms and what they mean."""
        rows = list(rows)
        first = min(max((len(term) for term, _text in rows), default=0), col_max) + col_spacing
        width = max(self.width - first - 2, 10)
        super().write_dl([(term, _folded(text, width)) for term, text in rows], col_max, col_spacing)


def _folded(text: str, width: int) -> str:
    return text if text.startswith(_RAW) or not text else f"{_RAW}{fold(text, width)}"


class _Context(click.Context):
    formatter_class = _Formatter
