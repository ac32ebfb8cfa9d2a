"""Lines of styled text, before anyone knows whether a terminal, a pipe or a file will show them.

Foreign text (reviewers' words, contents, names) is made harmless here: control characters, escapes and
bidirectional overrides are shown as their code, so that nothing a service or a file says can move the
cursor or hide a word.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


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


def clean(text: object) -> str:
    """Show a foreign text on one line, with what cannot be seen spelled out."""
    said = str(text)
    return said if said.isprintable() else "".join(_visible(char) for char in said)


def _visible(char: str) -> str:
    if char == "\n":
        return "⏎"
    if unicodedata.category(char) in _HIDDEN:
        code = ord(char)
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return char


def cells(text: str) -> int:
    """Return how many terminal cells a text takes: two for wide characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1
        for char in text
    )


def pad(text: str, width: int) -> str:
    """Fill a text with blanks up to a number of cells."""
    return text + " " * max(0, width - cells(text))


def plain(lines: Iterable[Line]) -> str:
    """Return the lines as plain text, each with its end."""
    return "".join(f"{one.text}\n" for one in lines)
