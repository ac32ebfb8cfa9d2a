"""Independent readers of what renderers write: they know no module of ours, and say what is wrong with it."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import regex
from markdown_it import MarkdownIt

_INVISIBLE = regex.compile(
    r"[\p{Default_Ignorable_Code_Point}\p{C}\p{Zl}\p{Zp}\u2800\ufffc\U0001d159--\n]|[\p{Zs}--[ \u3000]]",
    regex.VERSION1,
)
_FLOOD = regex.compile(r"\p{M}{4}|(?<![\p{L}\p{N}\p{S}\p{M}])\p{M}")
_ANYWHERE = regex.compile(r"##[A-Za-z]*\[")
_ACTIVE = regex.compile(
    r"@\w|#\d|\w#\d|://|\bwww\.|[<>|`\[\]]|\bGH-\d|\b[0-9a-f]{7,40}\b|[!$&~]\w|%\"|:\w+:|\$|^\s*/\w|\^",
    regex.MULTILINE,
)
_TASK = regex.compile(r"^\[[ x]\] ")  # how a box of ours begins
_MARKDOWN = MarkdownIt("gfm-like", {"html": True, "linkify": True})
_LISTS = ("tr", "td", "th", "table", "ul", "ol", "li", "h1", "h2", "h3", "h4", "details", "summary", "pre")


def unseen(text: str, *, data: bool = False) -> str | None:
    """Say what in a text has no ink, joins or moves others; marks may pile up in data, line ends anywhere."""
    found = _INVISIBLE.search(text) or (None if data else _FLOOD.search(text))
    return ascii(found[0]) if found else None


def commands(text: str) -> list[str]:
    """List the commands that a runner of GitHub, Azure or TeamCity would find in a log."""
    return [
        one for one in text.split("\n") if one.lstrip().startswith("::") or _ANYWHERE.search(one) is not None
    ]


class Page(HTMLParser):
    """The tags of a page with the names of their attributes, and the text outside of style and script."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, ...]] = []
        self.links: list[str] = []
        self.text: list[tuple[str, str]] = []
        self.inside: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, *(name for name, _value in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in ("meta", "br", "img", "input", "link", "hr"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_comment(self, data: str) -> None:
        self.tags.append(("comment",))

    def handle_data(self, data: str) -> None:
        if "script" not in self.inside and "style" not in self.inside:
            self.text.append((self.inside[-1] if self.inside else "", data))

    @property
    def shown(self) -> str:
        return "".join(data for _tag, data in self.text)


def markdown_page(text: str) -> Page:
    """Render a comment as GitHub would: tables, struck text, bare addresses, HTML."""
    return Page(_MARKDOWN.render(text))


def shape(page: Page) -> Counter[str]:
    """Count what gives a page its rows, lists and blocks."""
    return Counter(tag for tag, *_names in page.tags if tag in _LISTS)


def obeyed(page: Page) -> Iterator[str]:
    """Yield what a service would make of text outside of code: mentions, references, addresses."""
    for tag, data in page.text:
        code = tag in ("code", "pre")
        if not code and (found := _ACTIVE.search(_TASK.sub("", data))):
            yield f"{found[0]} in {data[:80]!r}"


def sheet(text: str) -> list[list[str]]:
    """Read CSV strictly."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def formulas(text: str) -> list[str]:
    """List the cells that a spreadsheet would compute."""
    wide = str.maketrans("＝＋－＠", "=+-@")
    found = []
    for row in sheet(text):
        for cell in row:
            start = regex.sub(r"^[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]+", "", cell).translate(wide)
            if start[:1] in tuple("=+-@") and not regex.fullmatch(r"[+-]?[0-9*]+(\.[0-9]+)?", cell):
                found.append(cell)
    return found


def xml(text: str) -> ET.Element:
    """Parse XML."""
    return ET.fromstring(text)
