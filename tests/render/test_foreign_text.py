"""The one classification of foreign text: judged by Unicode's own property, never the same for two texts."""

from __future__ import annotations

import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from smsconf.render.foreign_text import spell
from smsconf.render.lines import clean
from tests.render.hostile import ANY, CORPUS, INVISIBLE
from tests.render.judges import commands, unseen

_CODE = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")


def read(shown: str) -> str:
    """Take a spelled text back to what it stands for."""
    return _CODE.sub(lambda found: chr(int(found[1] or found[2] or found[3], 16)), shown.replace("⏎", "\n"))


def test_every_character_without_ink_is_spelled() -> None:
    """No character that Unicode calls ignorable, unprintable or a separator is shown, whatever its plane."""
    for code in (*range(0x30000), *range(0xE0000, 0xE1000), 0xF0000, 0x10FFFD):
        char = chr(code)
        shown = clean(f"a{char}b")
        if shown == f"a{char}b":
            assert unseen(shown) is None, hex(code)


def test_corpus_is_spelled_without_two_alike() -> None:
    """No two texts of the corpus are shown alike, nor after Unicode's normalization."""
    shown = {unicodedata.normalize("NFC", clean(text)) for text in CORPUS}
    assert len(shown) == len(CORPUS)


@given(ANY | st.text(max_size=12) | st.text(alphabet="\\xu0123⏎\n \u3000:#[vso", max_size=14))
def test_what_is_shown_tells_what_was_meant(text) -> None:
    """Spelling can be undone, so no two texts are shown alike; it is one line, with no command."""
    shown = clean(text)
    assert read(shown) == text
    assert unicodedata.is_normalized("NFC", shown)
    assert unseen(shown) is None
    assert commands(shown) == []
    assert "\n" not in shown
    assert unseen(clean(text, source=True)) is None


@given(ANY)
def test_spelling_goes_character_by_character(text) -> None:
    """There is one piece for each character, so that a place in a line can be underlined."""
    assert len(spell(text)) == len(text)


def test_a_name_with_an_invisible_character_is_no_look_alike() -> None:
    """Where it stands does not matter."""
    for one in INVISIBLE:
        shown = {
            clean(name) for name in (f"{one}shop", f"sh{one}op", f"shop{one}", f"shop{one}{one}", "shop")
        }
        assert len(shown) == 5
