"""Foreign text (names, contents, reviewers' words, arguments, paths) → what may be shown, whatever it holds.

One classification for every target: what has no ink of its own is spelled out as its code. That is by
Unicode's properties (not printable, default ignorable, blank, a mark that nobody could tell from another
spelling), with no exception for joiners and selectors inside emoji: whether they show depends on the font,
and so would whether two names look alike. Commands of workflow logs are broken up, wherever a runner looks
for them. Two different names are never spelled alike; so it is done once, where a text is shown. Letters that
merely resemble others (Cyrillic ``а``) are letters, and stay.

What else a target reads into a text is undone at its home: ``lines`` (terminal), ``markup`` (comments),
``html``, ``sheets`` (CSV), ``outputs`` (shell, YAML), ``github``, ``sarif``, ``junit``, ``graph``.

Written from https://www.unicode.org/reports/tr44/ (Default_Ignorable_Code_Point, General_Category), and what
runners look for: https://github.com/actions/runner (``ActionCommand``: ``::`` first in a line, ``##[``
anywhere), https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands (``##vso[``),
https://www.jetbrains.com/help/teamcity/service-messages.html (``##teamcity[``); GitLab's sections need
control characters. Read 2026-11.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

_NOT_PRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Default ignorable or drawn blank, though letters, marks and symbols by their category (Unicode 16)
_WITHOUT_INK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc"
    "\U00013441\U00013442\U00016fe4\U0001d159\U000e0000-\U000e0fff]"
)
_BLANKS = " \u3000"
_MOST_MARKS = 3  # on one letter; more pile up over the lines above

# what is surely harmless, so that few texts are looked at character by character
_ORDINARY = re.compile(
    r"[ -\[\]-~\xa1-\xac\xae-\u02af\u2010-\u2027\u3001-\u3029\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff"
    r"\uff01-\uff5e\U0001f300-\U0001f64f]*"
)
_UNUSUAL = re.compile(r"[^\n -~\u3001-\u3029\u3041-\u3096\u4e00-\u9fff\uff01-\uff5e]")
_COMMAND = re.compile(r"^(?=\s*)(\s*):(?=:|$)|(?<=#)#(?=[A-Za-z]*\[)")
_ESCAPE_LIKE = re.compile(r"\\(?=x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")


def is_ordinary(text: str) -> bool:
    """Tell at once of most texts that they are shown as they are."""
    return not text or (
        _ORDINARY.fullmatch(text) is not None
        and text[0] not in " :"
        and text[-1] != " "
        and "  " not in text
        and "##" not in text
    )


def spell(text: str, *, source: bool = False) -> list[str]:
    """Return what to show for each character of a text.

    Args:
        text: foreign.
        source: it is no name but a line of a file or of ours: usual blanks stay at its edges and side by
            side, and so do escapes that somebody wrote.
    """
    if is_ordinary(text):
        return list(text)
    shown = list(_spelled(text, source=source))
    for found in (*_COMMAND.finditer(text), *(() if source else _ESCAPE_LIKE.finditer(text))):
        position = found.end() - 1
        shown[position] = _code(text[position])
    return shown


def _spelled(text: str, *, source: bool) -> Iterator[str]:
    letter = ""  # the one before, with its marks
    marks = 0
    for position, char in enumerate(text):
        kind, hidden = _kind(char)
        marks = marks + 1 if kind == "M" else 0
        if char in _BLANKS:
            alone = 0 < position < len(text) - 1 and text[position - 1] not in _BLANKS
            shown = char if alone or (source and char == " ") else hidden
        elif kind == "M" and (not letter or marks > _MOST_MARKS):
            shown = hidden or _code(char)
        elif (kind == "M" or "\u1160" < char < "\u1200") and not unicodedata.is_normalized(
            "NFC", letter + char
        ):
            shown = _code(char)  # what Unicode takes for another spelling of the same looks the same
        else:
            shown = hidden or char
        letter = "" if shown != char or kind not in "LMN" else letter + char if kind == "M" else char
        yield shown


@lru_cache(maxsize=4096)
def _kind(char: str) -> tuple[str, str]:
    """Return the class of a character, and its code if that is all that can be shown of it."""
    if char == "\n":
        return "C", "⏎"
    shown = (
        char != "⏎"
        and char not in _BLANKS
        and not _is_hidden(char)
        and unicodedata.is_normalized("NFC", char)
    )
    return unicodedata.category(char)[0], "" if shown else _code(char)


def _is_hidden(char: str) -> bool:
    category = unicodedata.category(char)
    return category in _NOT_PRINTABLE or category == "Zs" or bool(_WITHOUT_INK.match(char))


def _code(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def several_lines(text: str) -> str:
    """Show a text of several lines, such as a difference of files; its lines and blanks stay."""
    lines = text.split("\n")
    return "\n".join("".join(spell(one[:1], source=True) + spell(one[1:], source=True)) for one in lines)


def json_text(document: object, *, ascii_only: bool = False, indent: int | None = 2) -> str:
    """Return a document as JSON that shows what it holds; whoever parses it gets every character."""
    return shown_json(json.dumps(document, ensure_ascii=ascii_only, indent=indent))


def shown_json(text: str) -> str:
    """Return a piece of JSON so that it shows what it holds."""
    return in_quotes(text, astral=_pair)


def in_quotes(text: str, *, astral: Callable[[int], str] = "\\U{:08x}".format) -> str:
    """Escape what cannot be seen, and commands of runners, where they stand between double quotes only.

    Args:
        text: JSON, or YAML, which has the same escapes.
        astral: writes a character beyond the first plane; JSON has no single escape for it.
    """

    def escape(found: re.Match[str]) -> str:
        code = ord(found[0])
        if not _is_hidden(found[0]):
            return found[0]
        return f"\\u{code:04x}" if code < 0x10000 else astral(code)

    return _UNUSUAL.sub(escape, text.replace("##", "#\\u0023"))


def _pair(code: int) -> str:
    return json.dumps(chr(code))[1:-1]
