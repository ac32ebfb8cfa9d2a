"""The parts of a workbook that are small: which sheets there are, which are shown, how cells are formatted.

Nothing of a workbook is trusted: no document type (entities, references to outside) is read, and whatever is
not as it should be is a ``Problem``. The cells themselves are ``sheet_rows``' work.

Written from ECMA-376 parts 1 and 2 (packages, workbooks, styles).
"""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Final, NamedTuple
from xml.parsers import expat

from smsconf.messaging.lists.number_formats import (
    BUILTIN,
    GENERAL,
    SYSTEM,
    Show,
    compile_format,
    show_general,
)

READ: Final = 256 * 1024
MOST_UNPACKED: Final = 1024**3  # bytes of all files in the workbook
_MOST_SMALL = 64 * 1024 * 1024  # bytes of a part that is read into memory
_LONGEST_NAME = 255  # characters; spreadsheets allow 31
_TRUE = {"1", "true", "on"}

Parser = expat.XMLParserType


class Problem(Exception):
    """Why a workbook cannot be read: a word, and what belongs to it."""

    def __init__(self, word: str, *details: str) -> None:
        super().__init__(word, *details)
        self.word = word
        self.details = details


class Sheet(NamedTuple):
    """A sheet: its name, whether it is shown, the part that holds it."""

    name: str
    shown: bool
    part: str


class Style(NamedTuple):
    """How a cell shows a number and a text; ``general`` as they are, ``plain`` at least whole numbers."""

    general: bool
    plain: bool
    show: Show
    show_text: Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Book:
    """What is known of a workbook before its cells are read."""

    package: Package
    sheets: tuple[Sheet, ...]
    styles: tuple[Style, ...]
    strings: str | None
    date1904: bool


class Package:
    """The parts of a workbook by their names, which are compared without regard to case."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._parts = {_normal(one.filename): one for one in archive.infolist()}
        if len(self._parts) < len(archive.infolist()):
            raise Problem("broken")  # two of one name: programs differ in which one they show

    def __contains__(self, name: str) -> bool:
        return _normal(name) in self._parts

    def open(self, name: str) -> IO[bytes]:
        """Open a part to read.

        Raises:
            Problem: it is not there.
        """
        part = self._parts.get(_normal(name))
        if part is None:
            raise Problem("broken")
        return self._archive.open(part)

    def visit(self, name: str, start: Callable[[str, dict[str, str]], None]) -> None:
        """Call ``start`` for every element of a small part, with names without their namespaces."""
        parser = expat.ParserCreate(namespace_separator=" ")

        def started(tag: str, attributes: dict[str, str]) -> None:
            start(tag.rpartition(" ")[2], {key.rpartition(" ")[2]: text for key, text in attributes.items()})

        parser.StartElementHandler = started
        with self.open(name) as file:
            if any(size > _MOST_SMALL for size in parse(parser, file)):
                raise Problem("large")


def parse(parser: Parser, file: IO[bytes]) -> Iterator[int]:
    """Feed a part to a parser, to its end so that its check sum is looked at; yield how far it is.

    No document type is read, hence no entities of its own.

    Raises:
        Problem: it has one.
        ExpatError: it is broken.
    """

    def refuse(*_arguments: object) -> None:
        raise Problem("broken")

    parser.StartDoctypeDeclHandler = refuse
    size = 0
    while piece := file.read(READ):
        parser.Parse(piece)
        size += len(piece)
        yield size
    parser.Parse(b"", True)  # noqa: FBT003 - a C function without keywords
    yield size


def open_book(archive: zipfile.ZipFile) -> Book:
    """Find out what a workbook consists of.

    Raises:
        Problem: it is none.
    """
    if sum(part.file_size for part in archive.infolist()) > MOST_UNPACKED:
        raise Problem("large")
    package = Package(archive)
    main = _main_part(package)
    related = _relations(package, main)
    sheets: list[Sheet] = []
    dates: list[bool] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "workbookPr":
            dates.append(attributes.get("date1904", "0").lower() in _TRUE)
        elif tag == "sheet" and "name" in attributes:
            kind, part = related.get(attributes.get("id", ""), ("", ""))
            if kind == "worksheet":
                shown = attributes.get("state", "visible") == "visible"
                sheets.append(Sheet(attributes["name"], shown, part))

    package.visit(main, start)
    if not sheets or any(len(sheet.name) > _LONGEST_NAME for sheet in sheets):
        raise Problem("broken")
    by_kind = dict(related.values())
    styles = by_kind.get("styles")
    strings = by_kind.get("sharedStrings")
    date1904 = any(dates)
    return Book(
        package,
        tuple(sheets),
        _styles(package, styles, date1904=date1904) if styles and styles in package else (_GENERAL,),
        strings if strings and strings in package else None,
        date1904,
    )


_GENERAL = Style(general=True, plain=True, show=show_general, show_text=str)


def _normal(name: str) -> str:
    return posixpath.normpath("/" + name.replace("\\", "/").lstrip("/")).lower()


def _main_part(package: Package) -> str:
    if "_rels/.rels" in package:
        for kind, part in _relations(package, "").values():
            if kind == "officeDocument":
                return part
    return "xl/workbook.xml"


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """Return what a part refers to: for each id the last word of the kind, and the part's name."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            target = posixpath.join("/", folder, attributes.get("Target", ""))
            found[attributes.get("Id", "")] = (kind, target)

    package.visit(posixpath.join("/", folder, "_rels", f"{name}.rels"), start)
    return found


def _styles(package: Package, part: str, *, date1904: bool) -> tuple[Style, ...]:
    """Read the formats of numbers; a cell refers to one by its place."""
    codes: dict[int, str] = {}
    used: list[int] = []
    section = ""

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal section
        if tag in {"cellXfs", "cellStyleXfs", "dxfs"}:
            section = tag
        elif tag == "numFmt" and section != "dxfs":
            codes[int(attributes["numFmtId"])] = attributes["formatCode"]
        elif tag == "xf" and section == "cellXfs":
            used.append(int(attributes.get("numFmtId", "0")))

    package.visit(part, start)
    made: dict[int, Style] = {}
    for number in used:
        if number not in made:
            made[number] = _style(number, codes, date1904=date1904)
    return tuple(made[number] for number in used) or (_GENERAL,)


def _style(number: int, codes: dict[int, str], *, date1904: bool) -> Style:
    code = None if number in SYSTEM else BUILTIN.get(number) or codes.get(number)
    if code is None:
        return Style(general=False, plain=False, show=lambda _value: None, show_text=str)
    show, show_text = compile_format(code, date1904=date1904)
    general = code.lower() in {GENERAL.lower(), "@", ""}
    return Style(general, general or code == "0", show, show_text)
