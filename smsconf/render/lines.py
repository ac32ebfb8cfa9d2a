"""Lines of styled text, and how a stream shows them: with rich on a terminal, plain everywhere else.

On a terminal lines are wrapped to its width with a hanging indent, wide characters counted as two cells; in a
pipe or a file every line stays whole, so that ``grep`` finds it. NO_COLOR and FORCE_COLOR are obeyed.

Foreign text (reviewers' words, contents, names) is made harmless by :func:`clean`, so that nothing a service
or a file says can move the cursor, hide a word or look like another one.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TextIO

from smsconf.render.foreign_text import is_ordinary, spell

_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class Span:
    """Some text in one style; the style is rich's word for it."""

    text: str
    style: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """Spans side by side; ``hang`` is how far a wrapped rest is indented, in cells."""

    spans: tuple[Span, ...] = ()
    hang: int = 0

    @property
    def text(self) -> str:
        """The line without its styles."""
        return "".join(span.text for span in self.spans).rstrip()


def line(*spans: Span | str, hang: int = 0) -> Line:
    """Make a line; plain strings have no style."""
    return Line(tuple(Span(one) if isinstance(one, str) else one for one in spans), hang)


def clean(text: object, *, source: bool = False) -> str:
    """Show a foreign text on one line, with what cannot be seen spelled out (``foreign.spell``)."""
    said = str(text)
    return said if is_ordinary(said) else "".join(spell(said, source=source))


# vowels and finals of Hangul that join the letter before, and shades of skin
_JOINING = re.compile(
    "[\u1160-\u11ff\ud7b0-\ud7ff]|(?<=[\u261d-\u270d\U0001f300-\U0001faff])[\U0001f3fb-\U0001f3ff]"
)


def cells(text: str) -> int:
    """Return how many terminal cells a text takes: two for wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.category(char)[0] == "M" else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in _JOINING.sub("", text)
    )


def pad(text: str, width: int) -> str:
    """Fill a text with blanks up to a number of cells."""
    return text + " " * max(0, width - cells(text))


def plain(lines: Iterable[Line]) -> str:
    """Return the lines as plain text, each with its end."""
    return "".join(f"{one.text}\n" for one in lines)


def show(lines: Iterable[Line], stream: TextIO) -> None:
    """Write lines to a stream."""
    forced = bool(os.environ.get("FORCE_COLOR"))
    if not (stream.isatty() or forced):
        stream.writelines(f"{one.text}\n" for one in lines)
        return
    from rich.console import Console
    from rich.text import Text

    console = Console(file=stream, highlight=False, markup=False, emoji=False)
    width = max(_NARROWEST, console.width)
    for one in lines:
        text = Text()
        for span in one.spans:
            text.append(span.text, style=span.style)
        text.rstrip()
        if text.cell_len <= width or not stream.isatty():
            console.print(text, soft_wrap=True)
            continue
        hang = min(one.hang, width // 3)
        for number, part in enumerate(text.wrap(console, width - hang)):
            part.rstrip()
            console.print(Text(" " * hang * bool(number)) + part, soft_wrap=True)


def redraw(lines: Iterable[Line], stream: TextIO) -> None:
    """Show lines on a terminal in place of what was there."""
    if os.environ.get("TERM", "dumb") != "dumb":
        stream.write("\x1b[H\x1b[2J")
    show(lines, stream)
    stream.flush()
