"""Foreign text inside Markdown, so that it is read and never obeyed; and pages that must fit a limit.

Escaping with backslashes or entities is not enough: GitHub and GitLab look for mentions, references and
addresses in the finished page, where an escaped ``@`` is an ``@`` again. They leave code alone, so a word
that is not made of ordinary letters becomes code, whatever it would have meant.

Written from https://github.github.com/gfm/ (code spans, tables, HTML blocks), read 2026-11.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable

from smsconf.language import _
from smsconf.render.lines import clean

# Blanks and Chinese punctuation mean nothing in Markdown; they stand between words.
_BETWEEN = re.compile(r"([\s，。；：、？！（）“”‘’《》【】…→]+)")
_QUOTED = re.compile(r"`([^`]+)`")  # as our own sentences quote a command
_WORD = re.compile(r"(?P<before>\(?)(?P<core>.*?)(?P<after>[,.;:!?)]*)", re.DOTALL)
_ORDINARY = re.compile(r"[^\W\d_]*(?:[-'][^\W\d_]+)*|\d{1,6}%?|%")
_NUMBERED = re.compile(r"^\d+(?=[.)]|$)")
# what services link by itself: the name of a commit, the beginning of an address
_LINKED = re.compile(r"[0-9a-f]{7,40}|www", re.IGNORECASE)


def clip(text: str, most: int) -> str:
    """Cut a text to a number of characters and say how many are missing."""
    if len(text) <= most:
        return text
    return _("{text}… ({count} more characters)").format(text=text[:most], count=len(text) - most)


def short(name: str, most: int) -> str:
    """Cut a name as :func:`clip` does; those that differ only in what is cut off still differ."""
    if len(name) <= most:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{clip(name, most)} sha256:{digest}"


def code(text: object) -> str:
    """Return a foreign text as a code span."""
    shown = clean(text) or " "
    fence = "`" * (_longest_run(shown) + 1)
    gap = " " if shown[0] == "`" or shown[-1] == "`" else ""
    return f"{fence}{gap}{shown}{gap}{fence}"


def prose(text: object) -> str:
    """Return a foreign sentence: ordinary words as they are, all others, and what is quoted so, as code."""
    out = ""
    for position, part in enumerate(_QUOTED.split(clean(text))):
        written = code(part) if position % 2 else _words(part)
        if not out:  # a number there would begin a list
            written = _NUMBERED.sub(r"`\g<0>`", written)
        apart = " " if out.endswith("`") and written.startswith("`") else ""  # else they would be one span
        out += apart + written
    return out


def _words(text: str) -> str:
    return "".join(
        part if position % 2 else _word(part) for position, part in enumerate(_BETWEEN.split(text))
    )


def _word(text: str) -> str:
    found = _WORD.fullmatch(text)
    if not text or found is None:
        return text
    core = found["core"]
    if _ORDINARY.fullmatch(core) and not _LINKED.fullmatch(core):
        return text
    return f"{found['before']}{code(core)}{found['after']}"


def row(*cells: str) -> str:
    """Return a row of a table; a pipe inside a cell is escaped, inside code too."""
    inside = " | ".join(cell.replace("|", "\\|") for cell in cells)
    return f"| {inside} |\n"


def fenced(lines: Iterable[str], language: str = "") -> str:
    """Return a block of code, fenced by more backticks than any line holds."""
    body = "\n".join(lines)
    fence = "`" * max(3, _longest_run(body) + 1)
    return f"{fence}{language}\n{body}\n{fence}\n"


def folded(title: str, label: object, body: str) -> str:
    """Return a body that opens on a click; its summary is a title of ours and a foreign label."""
    shown = html.escape(clean(label))
    return f"<details>\n<summary>{title} <code>{shown}</code></summary>\n\n{body}\n</details>\n\n"


def _longest_run(text: str) -> int:
    return max(map(len, re.findall(r"`+", text)), default=0)


def units(*texts: str) -> int:
    """Return the length of texts in UTF-16 units."""
    return sum(len(text.encode("utf-16-le", "surrogatepass")) // 2 for text in texts)


class Page:
    """A text that never outgrows a limit.

    The length is counted in UTF-16 units: no service counts a text as longer than that, and in UTF-8 it is at
    most three times as many bytes. ``room`` is what is left.
    """

    def __init__(self, most: int) -> None:
        self._parts: list[str] = []
        self.room = most

    def add(self, text: str, *, keep: int = 0) -> bool:
        """Add a text if it fits and leaves ``keep`` units for what follows; tell whether it did."""
        length = units(text)
        if length > self.room - keep:
            return False
        self._parts.append(text)
        self.room -= length
        return True

    @property
    def text(self) -> str:
        """All that was added."""
        return "".join(self._parts)
