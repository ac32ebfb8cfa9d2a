"""What a sheet shows of a number: a cell's number and its number format → the text, where that is certain.

Pure. Whatever hangs on the system's language, on the width of the column or on a rule that is not told here
has no text: the caller refuses such a cell. Amounts are rounded as a spreadsheet does, half up on 15 digits.

Written from ECMA-376 part 1, 18.8.30 and 18.8.31 (number formats), 18.17.4.1 (dates).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Final, NamedTuple

Show = Callable[[float], str | None]

GENERAL: Final = "General"
BUILTIN: Final[dict[int, str]] = {
    0: GENERAL, 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%",
    20: "h:mm", 21: "h:mm:ss", 37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)", 45: "mm:ss", 46: "[h]:mm:ss", 49: "@",
}  # fmt: skip
"""The formats with a number of their own; those not here hang on the system's language."""
SYSTEM: Final = frozenset({*range(5, 9), *range(14, 20), 22, *range(27, 37), 41, 42, 43, 44, *range(50, 59)})
"""Formats that a program shows in its own way, whatever the workbook says of them."""

_DIGITS = 15
_COLOURS = "black|blue|cyan|green|magenta|red|white|yellow|color ?[0-9]+|黑色|蓝色|绿色|红色|白色|黄色"
_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<blank>.)|\*(?P<fill>.)'
    rf"|\[(?P<colour>{_COLOURS})\]|\[\$(?P<currency>[^\]-]*)(?:-(?P<locale>[0-9A-Fa-f]+))?\]"
    r"|\[(?P<elapsed>h+|m+|s+)\]"
    r"|(?P<ampm>上午/下午)|(?P<general>general)|(?P<date>y+|m+|d+|h+|s+)|(?P<number>[0#?.,%]|e[+-])|(?P<text>@)"
    r"|(?P<plain>[-+/()!^&'~{}<>=:$ ]|[^\x00-\x7f])",
    re.IGNORECASE | re.DOTALL,
)
_LANGUAGES_WITHOUT_DIGITS_OF_THEIR_OWN = frozenset({0x404, 0x409, 0x804, 0x809, 0x1004, 0xC04, 0x411, 0x412})
_EPOCH, _EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a sheet knows no zone
_LAST_DAY = 2_958_465


class _Token(NamedTuple):
    kind: str
    text: str


def compile_format(code: str, *, date1904: bool = False) -> tuple[Show, Callable[[str], str | None]]:
    """Return what shows a number and what shows a text in a format; ``None`` from them: it cannot be told."""
    if code.lower() in {GENERAL.lower(), "@", ""}:
        return show_general, str
    sections = [_tokens(part) for part in _sections(code)]
    if len(sections) > 4 or any(section is None for section in sections):
        return _unknown, _unknown
    known: list[list[_Token]] = [section for section in sections if section is not None]
    textual = known[3] if len(known) == 4 else known[-1] if _has(known[-1], "text") else None
    numeric = known[:3] if textual is None or len(known) == 4 else known[:-1]
    if not numeric:
        return _general_in(textual or []), partial(_show_text, textual)
    shows = [_show_of(section, date1904=date1904) for section in numeric]
    return partial(_show_by_sign, shows), partial(_show_text, textual)


def show_general(value: float) -> str | None:
    """Show a number of which nothing is said: as it was typed, up to 15 digits.

    Very small ones are shown in a way that hangs on the column; of long ones the last digits are lost.
    """
    if value and not 1e-4 <= abs(value) < 10**_DIGITS:
        return None
    return _plain(_exact(value))


def _exact(value: float) -> Decimal:
    return Decimal(f"{value:.{_DIGITS}g}")


def _plain(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _unknown(_value: object) -> None:
    return None


def _show_text(tokens: Sequence[_Token] | None, text: str) -> str | None:
    if tokens is None:
        return text
    if any(token.kind not in {"literal", "text"} for token in tokens):
        return None
    return "".join(text if token.kind == "text" else token.text for token in tokens)


def _general_in(tokens: Sequence[_Token]) -> Show:
    """Show a number in a format for texts, such as ``"No. "@``."""

    def show(value: float) -> str | None:
        text = show_general(value)
        return None if text is None else _show_text(tokens, text)

    return show


def _show_by_sign(shows: Sequence[Show], value: float) -> str | None:
    """Choose the section of a number: above zero, below, zero."""
    if value < 0:
        if any(getattr(show, "func", None) is _show_date for show in shows[:2]):
            return None  # no date
        if len(shows) > 1:
            return shows[1](-value)
        text = shows[0](-value)
        # whether a small negative number is shown as -0 or 0 is not the same everywhere
        return f"-{text}" if text and any(char in "123456789" for char in text) else None
    return shows[2](value) if value == 0 and len(shows) > 2 else shows[0](value)


def _sections(code: str) -> list[str]:
    """Split a format at its semicolons, those in quotes and brackets apart."""
    parts = re.findall(r'"[^"]*"?|\\.?|\[[^\]]*\]?|[;]|[^;"\\\[]+', code, re.DOTALL)
    sections = [""]
    for part in parts:
        if part == ";":
            sections.append("")
        else:
            sections[-1] += part
    return sections


def _tokens(section: str) -> list[_Token] | None:
    """Take a section apart; ``None`` if there is anything that is not known for sure."""
    tokens: list[_Token] = []
    place = 0
    while place < len(section):
        found = _TOKEN.match(section, place)
        if found is None or found.lastgroup is None:
            return None
        place = found.end()
        kind = "currency" if found["currency"] is not None else found.lastgroup
        text = found[kind] or ""
        if kind == "currency":
            if found["locale"] and int(found["locale"], 16) not in _LANGUAGES_WITHOUT_DIGITS_OF_THEIR_OWN:
                return None
            tokens.append(_Token("literal", text))
        elif kind == "blank":
            tokens.append(_Token("literal", " "))
        elif kind in {"quoted", "escaped", "plain"}:
            tokens.append(_Token("literal", text))
        elif kind == "fill" and text != " ":
            return None
        elif kind not in {"fill", "colour"}:
            tokens.append(_Token(kind, text.lower()))
    return tokens


def _has(tokens: Sequence[_Token], *kinds: str) -> bool:
    return any(token.kind in kinds for token in tokens)


def _show_of(tokens: list[_Token], *, date1904: bool) -> Show:
    if _has(tokens, "date", "elapsed", "ampm"):
        if _has(tokens, "general", "text") or any(
            token.kind == "number" and token.text != "." for token in tokens
        ):
            return _unknown  # parts of a second, too
        return partial(_show_date, tokens, date1904)
    if _has(tokens, "general"):
        if _has(tokens, "number", "text"):
            return _unknown
        return _general_in([_Token("text", "") if token.kind == "general" else token for token in tokens])
    if _has(tokens, "text"):
        return _unknown
    return partial(_show_number, tokens)


def _show_number(tokens: Sequence[_Token], value: float) -> str | None:
    """Show a number by places for digits; what stands between them stays where it is."""
    places = [token.text for token in tokens if token.kind == "number"]
    if not places:
        return "".join(token.text for token in tokens).strip()
    form = "".join(place for place in places if place != "%")
    if not re.fullmatch(r"[#0,]*[#0](\.[0#]*)?|\.[0#]+", form) or re.search(
        r"0[,]*#", form.partition(".")[0]
    ):
        return None
    if abs(value) >= 10**_DIGITS:
        return None
    whole, _point, after = form.partition(".")
    number = _exact(value) * 100 ** places.count("%")
    number = number.quantize(Decimal(1).scaleb(-len(after)), ROUND_HALF_UP)
    digits, _point, decimals = f"{number:f}".partition(".")
    optional = len(after) - len(after.rstrip("#"))
    while optional and decimals.endswith("0"):
        decimals, optional = decimals[:-1], optional - 1
    needed = whole.count("0")
    digits = digits.lstrip("0").rjust(needed, "0")
    return _laid_out(tokens, digits, decimals, grouped="," in whole)


def _laid_out(tokens: Sequence[_Token], digits: str, decimals: str, *, grouped: bool) -> str:
    """Put digits into the places of a format, from the point outwards; surplus ones go to the front."""
    point = next((at for at, token in enumerate(tokens) if token == ("number", ".")), len(tokens))
    before: list[str] = []
    rest = digits
    laid = 0
    first = min((at for at in range(point) if _is_place(tokens[at])), default=None)
    for at in range(point - 1, -1, -1):
        token = tokens[at]
        if token.kind == "literal" or token.text == "%":
            before.append(token.text)
        elif token.text in "0#":
            take = len(rest) if at == first else min(1, len(rest))
            for char in reversed(rest[len(rest) - take :]):
                if grouped and laid and laid % 3 == 0:
                    before.append(",")
                before.append(char)
                laid += 1
            rest = rest[: len(rest) - take]
    text = "".join(part if len(part) == 1 else part[::-1] for part in before)[::-1]
    left = list(decimals)
    for token in tokens[point:]:
        if token.kind == "literal" or token.text in ".%":
            text += token.text
        elif token.text in "0#" and left:
            text += left.pop(0)
    return text.strip()


def _is_place(token: _Token) -> bool:
    return token.kind == "number" and token.text in "0#"


def _show_date(tokens: Sequence[_Token], date1904: bool, value: float) -> str | None:  # noqa: FBT001 - partial
    """Show a moment by the parts of a date; names of months and days hang on the language."""
    if not 0 <= value <= _LAST_DAY or (not date1904 and 60 <= value < 61):
        return None  # 1900-02-29, which there never was
    seconds = round(value * 86_400)
    elapsed = {"h": seconds // 3600, "m": seconds // 60, "s": seconds}
    if not date1904 and seconds < 60 * 86_400:
        seconds += 86_400  # before that day the count is one off
    moment = (_EPOCH_1904 if date1904 else _EPOCH) + timedelta(seconds=seconds)
    halves = _has(tokens, "ampm")
    minutes = _minutes(tokens)
    parts = []
    for at, (kind, text) in enumerate(tokens):
        if kind == "elapsed":
            parts.append(f"{elapsed[text[0]]:0{len(text)}d}")
        elif kind == "ampm":
            parts.append("上午" if moment.hour < 12 else "下午")
        elif kind == "date":
            shown = _part(moment, text, minute=at in minutes, halves=halves)
            if shown is None:
                return None
            parts.append(shown)
        else:
            parts.append(text)
    return "".join(parts).strip()


def _minutes(tokens: Sequence[_Token]) -> frozenset[int]:
    """Return the places where m means minutes: after hours or before seconds."""
    parts = [
        (at, token.text[0], len(token.text))
        for at, token in enumerate(tokens)
        if token.kind in {"date", "elapsed"}
    ]
    return frozenset(
        at
        for index, (at, letter, length) in enumerate(parts)
        if letter == "m"
        and length <= 2
        and (
            (index and parts[index - 1][1] == "h") or (index + 1 < len(parts) and parts[index + 1][1] == "s")
        )
    )


def _part(moment: datetime, text: str, *, minute: bool, halves: bool) -> str | None:
    letter, length = text[0], len(text)
    if letter == "y":
        return (
            f"{moment.year:04d}" if length in (3, 4) else f"{moment.year % 100:02d}" if length <= 2 else None
        )
    if length > 2:
        return None
    hour = (moment.hour % 12 or 12) if halves else moment.hour
    number = {"m": moment.minute if minute else moment.month, "d": moment.day, "h": hour, "s": moment.second}
    return f"{number[letter]:0{length}d}"
