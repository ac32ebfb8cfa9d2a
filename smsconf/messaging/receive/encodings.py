"""Bytes → text, for what others push: UTF-8, else what a Chinese phone or gateway may have used instead.

Pure, and never fails: a byte that fits nowhere becomes U+FFFD, so that the rest is not lost with it. Nobody
is told which encoding it was; among those that fit, the one with the most common Chinese characters wins.

Written from https://support.huaweicloud.com/msgsms_faq/ (garbled replies: read the text again as UTF-8), read
2026-11; that replies arrive as GBK or UCS-2 is what gateways do whose short messages are so coded.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_LONE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_EDGES = " \t\r\n\v\f\0\ufeff\u200b\u3000\xa0"  # what may hang on a value and is no part of it
_MARKED = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CANDIDATES = ("gb18030", "utf-16-be", "utf-16-le")


def decode(raw: bytes) -> str:
    """Read bytes as the text that they most likely are."""
    for mark, name in _MARKED:
        if raw.startswith(mark):
            return raw[len(mark) :].decode(name, errors="replace")
    bare = raw.rstrip(b"\0")
    if b"\0" not in bare and (text := _try(bare, "utf-8")) is not None:
        return text
    read = [text for name in _CANDIDATES if (text := _try(raw, name)) is not None]
    best = max(read, key=_commonness, default="")
    # two bytes are a common character by chance, four are not; a NUL is nowhere but in UTF-16
    if b"\0" in raw or _try(raw, "gb18030") == best or (len(raw) > 3 and _commonness(best) == 1):
        return best or raw.decode(errors="replace")
    return raw.decode(errors="replace")


def mended(text: str) -> str:
    """Undo what was done to a text on its way: encoded twice, or read as ISO 8859-1."""
    if _ESCAPED.fullmatch(text):
        return decode(unquote_to_bytes(text))
    try:
        raw = text.encode("latin-1")
    except UnicodeEncodeError:
        return text
    if raw.isascii():
        return text
    for name in ("utf-8", "gb2312"):  # not all of GB18030: it would take "Ça" for a character
        read = _try(raw, name)
        if read is not None:
            return read
    return text


def trimmed(text: str) -> str:
    """Take off the blanks, line ends and marks around a value, and what no file can hold."""
    return _LONE.sub("\ufffd", text).strip(_EDGES)


def _try(raw: bytes, name: str) -> str | None:
    try:
        return raw.decode(name)
    except UnicodeDecodeError:
        return None


def _commonness(text: str) -> float:
    """Return the share of characters that are ASCII or in everyday Chinese use."""
    common = sum(1 for one in text if (one.isprintable() and one.isascii()) or _is_gb2312(one))
    return common / (len(text) or 1)


def _is_gb2312(one: str) -> bool:
    try:
        return not one.isascii() and bool(one.encode("gb2312"))
    except UnicodeEncodeError:
        return False
