r"""Every form in which a secret may come back from the other side, as patterns. ``redact`` applies them.

A peer that echoes a secret does so in its own syntax: as JSON (``\"``, ``\u00e9``, ``\/``), percent-encoded
(once or more, ``+`` for a space), with HTML's entities, as Python's or C's ``\xc3\xa9``, quoted-printable, in
another encoding, wrapped over lines, or packed whole into Base64 or hexadecimal. Each character is matched in
all its forms, whatever its neighbours are written in. Pure; what is not known is a secret that was cut,
reversed, encrypted or hashed.

Written from RFC 8259 (JSON), 3986 (percent), 2045 (quoted-printable), 4648 (Base64) and HTML's §13.5.
"""

from __future__ import annotations

import base64
import itertools
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from html.entities import html5
from urllib.parse import quote

_SHORTEST = 4
_WHOLE = (
    200  # characters; of a longer secret (a token) the beginning is matched, and the rest goes along with it
)
_HEAD = 64
# Every choice is bounded, or possessive where what follows cannot begin alike: a hostile text costs no time.
# The signs that open an escape may be escaped themselves, by the next layer of syntax.
_PERCENT = r"%(?:25){0,4}"
_BACKSLASH = rf"(?:\\|{_PERCENT}5c)"
_AMPERSAND = rf"(?:&|\\{{1,8}}u0026|{_PERCENT}26)(?:amp(?:;|{_PERCENT}3b)|#38;){{0,4}}"
_HASH = rf"(?:#|{_PERCENT}23)"
_END = rf"(?:;|{_PERCENT}3b)?"
_BREAK = r"\s|\\{1,8}[nr]|%0[ad]|&#(?:1[03]|x[ad]);|=(?=\s)"
_QUOTES = "\"'"
_RUNS = re.compile(r"\\+| +|\"+|'+|.", re.DOTALL)  # each as one
# what may wrap a line before a character that begins like an escape
_BREAK_BEFORE = {
    "\\": r"\s|%0[ad]",
    "%": r"\s|\\{1,8}[nr]",
    "&": r"\s|\\{1,8}[nr]|%0[ad]",
    "=": r"\s|\\{1,8}[nr]|%0[ad]",
}
_SPACE = (
    rf"(?:{_BREAK}|[+_]|\\{{1,8}}(?:[tvfb]|u[0-9a-f]{{4}}|U[0-9a-f]{{8}}|u\{{\w+\}}|x[0-9a-f]{{2}}|[0-7]{{3}})"
    rf"|{_PERCENT}[0-9a-f]{{2}}|%u[0-9a-f]{{4}}|=[0-9a-f]{{2}}|{_AMPERSAND}(?:nbsp|Tab|NewLine|{_HASH}\w{{1,8}}){_END})"
)
_REST = (
    rf"(?:[\w+/=.~-]|{_BREAK}|\\{{1,8}}(?:/|u[0-9a-f]{{4}}|U[0-9a-f]{{8}}|u\{{\w+\}}|x[0-9a-f]{{2}}|[0-7]{{3}})"
    rf"|{_PERCENT}[0-9a-f]{{2}}|%u[0-9a-f]{{4}}|{_AMPERSAND}{_HASH}\w{{1,8}}{_END})*+"
)
_WRAP = r"(?:\s|\\{1,8}[nr])*+"
_RUN = r"[A-Za-z0-9+/_=-]"
_ENCODINGS = ("utf-8", "latin-1", "gb18030")


@lru_cache(maxsize=256)
def disguises(secret: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns that find a secret, in any of its forms, in a line of printable characters.

    There are none for one that is too short: it hides nothing, and would garble every text.
    """
    forms = dict.fromkeys(unicodedata.normalize(form, secret) for form in ("NFC", "NFD"))
    if sum(char.isprintable() and char != " " for char in secret) < _SHORTEST:
        return ()
    written = [_written(form) for form in (secret, *forms)]
    packed = "|".join(dict.fromkeys(_packed(secret)))
    return re.compile("|".join(dict.fromkeys(written)), re.IGNORECASE), re.compile(packed)


@lru_cache(maxsize=256)
def proof_disguises(proof: str) -> tuple[re.Pattern[str], ...]:
    """Return the same for a signature or a digest: there are many, of letters and digits mostly."""
    text = "".join(char if char.isalnum() else _unit(char) for char in proof)
    return (re.compile(text),)


def _written(secret: str) -> str:
    """Match a text character by character; long ones by their beginning."""
    shown = "".join(char if char.isprintable() else " " for char in secret).strip()
    runs = [(run[0], len(run)) for run in _RUNS.findall(shown)]
    start = runs[:_HEAD] if len(runs) > _WHOLE else runs
    units = [_unit(char) + (f"{{1,{length + 2}}}" if char == " " else "") for char, length in start]
    gaps = [_gap(one, after) for (one, _), (after, _) in itertools.pairwise(start)]
    text = "".join(itertools.chain.from_iterable(itertools.zip_longest(units, gaps, fillvalue="")))
    return text + (_REST if len(runs) > len(start) else "")


def _gap(before: str, after: str) -> str:
    """Match what wraps a line between two characters, unless it may be the second one."""
    if " " in {before, after}:
        return ""
    wraps = _BREAK_BEFORE.get(after, _BREAK)
    # the backslash of the break is taken for one more of the secret's
    return rf"(?:[nr]|{wraps}){{0,4}}?" if before == "\\" else rf"(?:{wraps})*+"


@cache
def _unit(char: str) -> str:
    """Match one character in every form."""
    if char == " ":
        return _SPACE
    if char == "\\":
        entity = rf"{_AMPERSAND}(?:{_HASH}(?:0*92|x0*5c)|bsol){_END}"
        return rf"(?:[\\%]u005c|\\(?:U0000005c|x5c|134|u\{{5c\}})|{_BACKSLASH}|=5c|{entity})++"
    code = ord(char)
    if char.isascii() and char.isalnum():  # no syntax needs to escape it; some do all the same
        entity = rf"{_AMPERSAND}{_HASH}(?:0*{code}|x0*{code:x}){_END}"
        escape = (
            rf"(?:{_BACKSLASH}{{0,8}}|%)"
            rf"(?:u00{code:02x}|U{code:08x}|x{code:02x}|u\{{0*{code:x}\}}|{code:03o})"
        )
        return rf"(?:{char}|{escape}|{_PERCENT}{code:02x}|={code:02x}|{entity})"
    names = dict.fromkeys(name.rstrip(";") for name, value in html5.items() if value == char)
    entity = "|".join([rf"{_HASH}0*{code}", rf"{_HASH}x0*{code:x}", *map(re.escape, names)])
    forms = [
        re.escape(char),
        rf"(?:{_BACKSLASH}{{0,8}}|%)".join(["", *(f"u{half}" for half in _utf16(char))]),
        rf"U{code:08x}",
        rf"u\{{0*{code:x}\}}",
        rf"{_AMPERSAND}(?:{entity}){_END}",
    ]
    for data in dict.fromkeys(_bytes(char)):
        forms += [
            "".join(map(_percent, data)),
            "".join(rf"={byte:02x}" for byte in data),
            r"\\{0,8}".join(rf"x{byte:02x}" for byte in data),
            r"\\{0,8}".join(rf"{byte:03o}" for byte in data),
        ]
        if not char.isascii():  # read in the wrong encoding
            forms.append("".join(_literal(chr(byte)) for byte in data))
    one = rf"{_BACKSLASH}{{0,16}}+(?:{'|'.join(dict.fromkeys(forms))})"
    return rf"(?:{one})++" if char in _QUOTES else one  # doubled in CSV and SQL


def _utf16(char: str) -> list[str]:
    data = char.encode("utf-16-be", "surrogatepass").hex()
    return [data[at : at + 4] for at in range(0, len(data), 4)]


def _percent(byte: int) -> str:
    plain = f"|{byte:c}" if byte < 128 and chr(byte).isalnum() else ""
    return rf"(?:{_PERCENT}{byte:02x}{plain})"


def _literal(char: str) -> str:
    return re.escape(char) if char.isprintable() else r"\s?"


def _bytes(char: str) -> Iterator[bytes]:
    for encoding in _ENCODINGS:
        try:
            yield char.encode(encoding)
        except UnicodeEncodeError:
            continue


def _packed(secret: str) -> Iterator[str]:
    """Match a text that was packed whole, alone or amid others; as it is, in JSON, or packed twice."""
    forms = [
        *_bytes(secret),
        secret.encode("utf-16-le", "surrogatepass"),
        json.dumps(secret)[1:-1].encode(),
        quote(secret).encode(),
    ]
    forms += [base64.b64encode(forms[0])]
    for data in dict.fromkeys(forms):
        cut = len(data) > _WHOLE
        start = data[:_HEAD] if cut else data
        for before in range(3):
            yield rf"{_RUN}?" + _WRAP.join(_base64(start, before)) + (_REST if cut else _RUN + "{0,3}")
        digits = r"(?:[\s:,-]|0x){0,4}".join(f"{byte:02x}" for byte in start)
        yield f"(?i:{digits})" + (r"(?:[\s:,-]|0x|[0-9a-fA-F])*+" if cut else "")


def _base64(data: bytes, before: int) -> Iterable[str]:
    """Match the characters of Base64 that these bytes alone decide, after ``before`` others."""
    text = base64.b64encode(bytes(before) + data).decode()
    first, last = -(-before * 8 // 6), (before + len(data)) * 8 // 6
    special = {"+": rf"(?:-|(?i:{_unit('+')}))", "/": rf"(?:_|(?i:{_unit('/')}))"}  # whatever wrote them
    return (special.get(char, char) for char in text[first:last])
