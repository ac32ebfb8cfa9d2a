"""Rows → CSV that a spreadsheet can be trusted with: no cell is a formula, none breaks into two.

Whatever somebody wrote, or a service reports, may be opened in a spreadsheet by a person who did not write
it. Nothing is read back here; whoever reads such a file sees a text with an apostrophe before it.

Written from https://owasp.org/www-community/attacks/CSV_Injection, read 2026-11.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

# after these, and blanks of any kind before them, a spreadsheet reads a formula; full-width forms count too
_STARTS = frozenset("=+-@|%")
_HARMLESS = re.compile(r"[+-]?[0-9][0-9*]*(?:\.[0-9]+)?")  # a number, masked or not, computes nothing
_QUOTED = re.compile(r'[",;\t\r\n]|^\s|\s$')  # where commas are decimal, semicolons and tabs separate


def csv_rows(header: Sequence[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Yield one line a row, the header first; nothing is kept."""
    yield csv_row(header)
    for row in rows:
        yield csv_row(row)


def csv_row(values: Iterable[object]) -> str:
    """Return a row as a line, with its end."""
    return ",".join(_quoted(plain_cell(value)) for value in values) + "\n"


def plain_cell(value: object) -> str:
    """Return a value as a text that no spreadsheet takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text and not text[0].isalnum() and _is_formula(text) else text


def _is_formula(text: str) -> bool:
    if text[0] in "\t\r\n":
        return True
    first = next((one for one in text if not _is_blank(one)), "")
    return unicodedata.normalize("NFKC", first)[:1] in _STARTS and not _HARMLESS.fullmatch(text)


def _is_blank(one: str) -> bool:
    return one.isspace() or unicodedata.category(one) in ("Cf", "Cc")


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
