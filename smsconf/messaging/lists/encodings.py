"""In which encoding a text list is written: what it says itself, UTF-8, or GB18030 if that is beyond doubt.

Every byte sequence of a Chinese Windows is also one of a Korean, Czech or Russian one, and read wrongly it
greets somebody by another name. So GB18030 is taken only for text of common Chinese characters, and all else
has to be named. Nothing is decoded here but to find that out.
"""

from __future__ import annotations

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from smsconf.language import _
from smsconf.messaging.lists.columns import is_phone_heading
from smsconf.messaging.lists.common_characters import COMMON
from smsconf.messaging.lists.table import Reading, unreadable

_MARKS = (  # the longer ones first: the mark of UTF-32 begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_READ = 1024 * 1024
_ASCII = re.compile(r"[\x00-\x7f]+")
_NO_TEXT = re.compile(rb"[\x00\x0e\x1b]")  # UTF-16 without its mark, ISO-2022 and the like, pictures
_MARKS_OF_TEXT = frozenset(
    "，。、；：？！“”‘’（）《》〈〉【】〔〕「」『』—…·￥×℃％＋－～＝／＃＊＆＠｜　①②③④⑤⑥⑦⑧⑨⑩№★☆●■□→"
)
_FULL_WIDTH = frozenset(map(chr, range(0xFF10, 0xFF5B)))
_MOST_RARE = 0.02
NAMED_SEPARATOR = re.compile(r"sep=([^\w\s\"]|\t)\n", re.IGNORECASE)
"""The line above all others in which a spreadsheet says how the cells are parted."""
_NO_ENCODINGS = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape", "undefined", "utf-7"})


class Encoding(NamedTuple):
    """The name of an encoding for people and for Python, and whether it was guessed."""

    name: str
    codec: str
    guessed: bool = False


def encoding_named(name: str) -> str | None:
    """Return the usual name of an encoding of texts, or ``None`` if there is none of this name."""
    try:
        found = codecs.lookup(name)
        text = b"A1,\n".decode(name) if "16" not in name and "32" not in name else "A1,\n"
    except (LookupError, ValueError):
        return None
    usual = found.name.replace("_", "-")
    return usual if text == "A1,\n" and usual not in _NO_ENCODINGS else None


def choose_encoding(path: Path, reading: Reading) -> Encoding:
    """Return the encoding of a text list.

    Raises:
        SmsconfError: it says none, is not UTF-8, and nobody named one; or what was named is another one.
        OSError: it cannot be read.
    """
    asked = encoding_named(reading.encoding) if reading.encoding else None
    marked = _marked(path)
    if marked:
        if asked and reading.firm and not _agree(asked, marked):
            raise unreadable(
                path,
                _("it begins with the mark of {marked}, and --encoding says {asked}").format(
                    marked=marked, asked=asked
                ),
                fix=_("leave out --encoding"),
            )
        return Encoding(marked, "utf-8-sig" if marked == "utf-8" else marked)
    if asked and reading.firm:
        return Encoding(asked, asked)
    foreign = _first_foreign_line(path)
    if foreign is None:
        return Encoding("utf-8", "utf-8")
    if asked:
        return Encoding(asked, asked)
    doubtful = _characters_in_doubt(path)
    if not doubtful:
        return Encoding("gb18030", "gb18030", guessed=True)
    raise unreadable(
        path,
        _("row {row} is not UTF-8, and it is not clearly Chinese (GB18030) either").format(
            row=_first_line_with(path, doubtful) or foreign
        ),
        fix=_("save it as CSV UTF-8, or name what it is with --encoding, such as gb18030, big5, cp1252"),
    )


def row_of_fault(path: Path, codec: str) -> int:
    """Return the line of a file in which its encoding first fails."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(codec)(), translate=True)
    line = 1
    for piece in _pieces(path):
        before = decoder.getstate()
        try:
            line += decoder.decode(piece).count("\n")
        except UnicodeError:
            decoder.setstate(before)
            with suppress(UnicodeError):
                for byte in piece:  # one by one, to the one that fails
                    line += decoder.decode(bytes((byte,))).count("\n")
            return line
    return line


def _marked(path: Path) -> str | None:
    with path.open("rb") as file:
        head = file.read(4)
    return next((name for mark, name in _MARKS if head.startswith(mark)), None)


def _agree(asked: str, marked: str) -> bool:
    return asked.removesuffix("-sig").removesuffix("-le").removesuffix("-be") == marked


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_READ):
            yield piece


def _first_foreign_line(path: Path) -> int | None:
    """Return the line of the first byte that is no UTF-8, ``None`` if there is none.

    Raises:
        SmsconfError: it is no text at all.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    fine = True
    for piece in _pieces(path):
        if found := _NO_TEXT.search(piece):
            raise unreadable(
                path,
                _("it is no text: it holds a byte {byte}").format(byte=f"0x{found[0][0]:02x}"),
                fix=_("save it as CSV UTF-8, or name what it is with --encoding, such as utf-16-le"),
            )
        if fine:
            try:
                decoder.decode(piece)
            except UnicodeError:
                fine = False
    try:
        decoder.decode(b"", final=fine)
    except UnicodeError:
        fine = False
    return None if fine else row_of_fault(path, "utf-8")


def _characters_in_doubt(path: Path) -> frozenset[str]:
    """Return what speaks against GB18030: nothing under a Chinese heading of numbers, or in a Chinese text.

    In any other encoding such a heading is other bytes. Without one, rare characters may be one in fifty.
    """
    found: Counter[str] = Counter()
    head = ""
    for text in _decoded(path):
        head = head or text
        found.update(_ASCII.sub("", text))
    letters = {char: count for char, count in found.items() if char not in _MARKS_OF_TEXT | _FULL_WIDTH}
    usual = {char: count for char, count in letters.items() if _is_simplified(char)}
    rare = letters.keys() - usual.keys()
    if foreign := frozenset(char for char in rare if not _is_ideograph(char)):
        return foreign
    named = NAMED_SEPARATOR.match(head)
    headings = head[named.end() if named else 0 :].partition("\n")[0]
    if any(not cell.isascii() and is_phone_heading(cell) for cell in re.split(r"[,;|\t]", headings)):
        return frozenset()
    if sum(letters[char] for char in rare) > _MOST_RARE * sum(usual.values()):
        return frozenset(rare)
    return frozenset() if plausible(usual) else frozenset(found)


def _decoded(path: Path) -> Iterator[str]:
    """Yield a file as GB18030, with U+FFFD for what is none."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("gb18030")("replace"), translate=True)
    for piece in chain(_pieces(path), (b"",)):
        yield decoder.decode(piece, final=not piece)


def _first_line_with(path: Path, chars: frozenset[str]) -> int | None:
    line = 1
    for text in _decoded(path):
        place = next((place for place, char in enumerate(text) if char in chars), None)
        line += text.count("\n", 0, place)
        if place is not None:
            return line
    return None


def plausible(found: dict[str, int]) -> bool:
    """Whether characters, each with how often it stands there, are those of a list of the mainland.

    Of many, the share in running text decides; of few, how many are common: a name or two in another
    encoding give some by chance. (Where a heading says 手机号, nothing has to be weighed.)
    """
    if not all(_is_simplified(char) for char in found):
        return False
    common = [char for char in found if char in COMMON]
    if len(found) >= 30:
        return sum(found[char] for char in common) >= 0.6 * sum(found.values())
    return len(common) - 1.5 * (len(found) - len(common)) >= 3


def _is_ideograph(char: str) -> bool:
    """Whether a character is a Chinese one that GBK has: in names such as 王喆 they are not rare."""
    try:
        code = char.encode("gbk")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and "\u4e00" <= char <= "\u9fff"


def _is_simplified(char: str) -> bool:
    """Whether a character is one of the 6,763 of GB 2312: neither rare nor kana nor of private use."""
    try:
        code = char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return len(code) == 2 and code[0] >= 0xB0
