"""What a reply wishes: to get no more, or to get messages again.

Pure; whose wish it is, and which one holds, is not asked here (``opt_outs``). The words are data, with
their sources (``opt_out_words``).

The rule of a sentence: *whoever speaks of leaving is out, unless they say that they stay.* In doubt
somebody is left out: 怎么退订？ and 不能退订 leave. 我没有退订 does not, and a letter in another sentence
(T恤, R2) says nothing. The same doubt keeps people out: only a reply that says nothing else (START,
恢复订阅, 我没有退订，请继续发) takes an opt-out back. YES and N answer many questions and are neither; a lone
NO or 不要 may, and is out. A mobile number beside the words is that of the writer, and says nothing.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from smsconf.messaging.receive.opt_out_words import HINTS, LOOKALIKES, SIMPLIFIED, WORDS, Sense, Word

_HAN = "\u3400-\u9fff"
_BLANKS = re.compile(rf"(?<=[{_HAN}]) +(?=[{_HAN}])")
_BETWEEN = re.compile(rf"(?<=[{_HAN}])(?=[{_HAN}])")
_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2}|[0-9A-Za-z+._~-])+")
_CLAUSES = re.compile(r"[,.;:!~，。；：！～、…]| -|--|—")
_MOBILE = re.compile(r"(?<![0-9])(?:86 ?)?1[3-9][0-9](?: ?[0-9]{4}){2}(?![0-9])")
_QUOTED = (">", "＞")
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"})
_UNSEEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u17b4\u17b5")
_APOSTROPHES = frozenset("'\u2019\u2018`\u00b4")
_LEAVING = frozenset({Sense.LEAVE, Sense.LEAVE_FIRST, Sense.LEAVE_ALONE})


class Wish(NamedTuple):
    """What a reply wants, and the word that says so."""

    leaves: bool
    word: str


def read_wish(body: str) -> Wish | None:
    """Return whether somebody leaves or comes back; ``None``: neither. The module says by which rule."""
    return _read(body) if HINTS.search(body) else None


@lru_cache(maxsize=4_096)
def _read(body: str) -> Wish | None:
    text = _decoded(body)
    lines = [one for one in text.splitlines() if one.strip() and not one.lstrip().startswith(_QUOTED)]
    whole = _Said(" ".join(lines))
    if word := whole.says(Sense.LEAVE):
        return Wish(leaves=True, word=word)
    if not whole.words:
        return None
    for part in (whole, *(_Said(one) for one in lines[:10] if len(lines) > 1)):
        if part.complete and (word := part.says(*_LEAVING)):
            return Wish(leaves=True, word=word)
    first = _Said(lines[0])
    opening = _Said(_CLAUSES.split(lines[0].strip(), maxsplit=1)[0])
    if opening.complete and (word := opening.says(Sense.LEAVE, Sense.LEAVE_FIRST)):
        return Wish(leaves=True, word=word)
    for part in (whole, first) if not any(map(str.isdecimal, lines[0])) else ():  # a number may be another's
        if part.complete and (word := part.says(Sense.RETURN)):
            return Wish(leaves=False, word=word)
    return None


class _Said:
    """A text as the words that are known of it; ``complete`` if it holds nothing else."""

    def __init__(self, text: str) -> None:
        folded = _fold(text)
        self.words: list[tuple[Sense, str]] = []
        self.complete = True
        end = 0
        for found in _PATTERN.finditer(folded):
            self.complete = self.complete and not folded[end : found.start()].strip()
            end = found.end()
            sense = _SENSES[found.lastindex or 0]
            if sense is not Sense.POLITE:
                self.words.append((sense, found[0].upper()))
        self.complete = self.complete and not folded[end:].strip()

    def says(self, *senses: Sense) -> str | None:
        """Return the first word of one of the senses."""
        return next((word for sense, word in self.words if sense in senses), None)


def _fold(text: str) -> str:
    """Bring a text to the form in which the words are written; punctuation and symbols become a blank."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_FOLDED)
    return _MOBILE.sub(" ", " ".join(_BLANKS.sub("", plain).split()))


class _Folded(dict[int, str]):
    """What becomes of a character, worked out once.

    Itself or its simplified form, a blank for a blank, a line feed for punctuation; nothing if unseen.
    """

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if char.isalnum():
            folded = "" if char in _UNSEEN_LETTERS else char
        elif char.isspace():
            folded = " "
        else:
            unseen = char in _APOSTROPHES or unicodedata.category(char) in _UNSEEN
            folded = "" if unseen else "\n"
        self[code] = folded
        return folded


_FOLDED = _Folded({**LOOKALIKES, **{code: chr(to) for code, to in SIMPLIFIED.items()}})


def _decoded(body: str) -> str:
    """Undo the encoding of a page or of a form that was left over, once or twice."""
    body = html.unescape(html.unescape(body))
    for _time in range(2):
        if "%" not in body or not _ENCODED.fullmatch(body.strip()):
            break
        raw = unquote_to_bytes(body.strip())
        try:
            body = raw.decode()
        except UnicodeDecodeError:
            body = raw.decode("gb18030", "replace")
    return body


def _pattern(rows: Sequence[Word]) -> str:
    """Return rows as one pattern; whatever stands between two Chinese characters is no obstacle."""
    return "|".join(f"({_BETWEEN.sub(' ?', row.text)})" for row in rows)


_LATIN = [word for word in WORDS if word.text.isascii()]
_CHINESE = [word for word in WORDS if not word.text.isascii()]
_PATTERN = re.compile(
    rf"(?<![a-z0-9])(?=[a-z0-9])(?:{_pattern(_LATIN)})(?![a-z0-9])|(?=[{_HAN}])(?:{_pattern(_CHINESE)})"
)
_SENSES = (Sense.POLITE, *(word.sense for word in (*_LATIN, *_CHINESE)))
