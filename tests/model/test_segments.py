"""Lengths and parts: the vendor's examples, then two independent implementations, then bounds."""

from __future__ import annotations

import gsm0338
import pytest
import smsutil
from hypothesis import given, settings
from hypothesis import strategies as st

from smsconf.model.segments import (
    GSM7_BASIC,
    GSM7_EXTENSION,
    Allowed,
    Alphabet,
    Count,
    count_international,
    count_mainland,
    estimate,
    outside_gsm7,
)

GSM7 = st.text(st.sampled_from(sorted(GSM7_BASIC | GSM7_EXTENSION)), max_size=400)
# Known errors of the judges: both take a raw ESC for GSM-7, and smsutil calls an empty text one part.
ANY = st.text(st.characters(exclude_characters="\x1b", exclude_categories=["Cs"]), min_size=1, max_size=400)
NEAR = st.builds(lambda size, tail: "a" * size + tail, st.integers(50, 170), st.text("a€[é😀字", max_size=12))
TEXTS = st.one_of(GSM7.filter(bool), ANY, NEAR)
MANY = settings(max_examples=300, deadline=None)


@pytest.mark.parametrize(("length", "parts"), [(1, 1), (68, 1), (70, 1), (71, 2), (134, 2), (135, 3)])
def test_mainland_count_is_the_vendors(length: int, parts: int) -> None:
    """The examples of the vendor's page on lengths, signature included."""
    text = "字" * (length - len("【云】"))
    if length > 3:
        assert count_mainland(text, "【云】") == Count(Alphabet.MAINLAND, length, parts)
    assert count_mainland("字" * length, "") == Count(Alphabet.MAINLAND, length, parts)


@pytest.mark.parametrize(("signature", "length"), [("【华为云】", 5), ("[HUAWEI]", 8)])
def test_mainland_signature_counts_with_its_brackets(signature: str, length: int) -> None:
    """The vendor's own two examples."""
    assert count_mainland("", signature).length == length


@pytest.mark.parametrize(("length", "parts"), [(0, 0), (158, 1), (160, 1), (161, 2), (164, 2), (320, 3)])
def test_international_count_is_the_vendors(length: int, parts: int) -> None:
    """The examples of the vendor's page on lengths."""
    assert count_international("a" * length) == Count(Alphabet.GSM7, length, parts)


def test_blanks_and_every_width_count_one_on_the_mainland() -> None:
    """Half width, full width, blanks and line ends alike."""
    assert count_mainland("aＡ字 \n，€", "").length == 7


def test_extension_character_takes_two_units_and_is_not_split() -> None:
    """A pair that would straddle the boundary goes whole into the next part."""
    assert count_international("€" * 80) == Count(Alphabet.GSM7, 160, 1)
    assert count_international("a" * 152 + "€" + "a" * 152) == Count(Alphabet.GSM7, 306, 3)
    assert count_international("a" * 151 + "€" + "a" * 153) == Count(Alphabet.GSM7, 306, 2)


def test_surrogate_pair_takes_two_units_and_is_not_split() -> None:
    """Sixty-six characters, an emoji and sixty-six more are 134 units, but three parts."""
    assert count_international("😀" * 35) == Count(Alphabet.UCS2, 70, 1)
    assert count_international("字" * 66 + "😀" + "字" * 66) == Count(Alphabet.UCS2, 134, 3)
    assert count_international("字" * 65 + "😀" + "字" * 67) == Count(Alphabet.UCS2, 134, 2)


def test_characters_outside_gsm7_are_named_with_their_place() -> None:
    """The curly quote and the small cedilla, not the capital one."""
    assert [tuple(one) for one in outside_gsm7("It’s Ça ç")] == [(2, "’"), (8, "ç")]
    assert [tuple(one) for one in outside_gsm7("a\x1bb`\t")] == [(1, "\x1b"), (3, "`"), (4, "\t")]


@MANY
@given(TEXTS)
def test_parts_are_those_of_smsutil(text: str) -> None:
    """An independent splitter makes as many parts."""
    assert count_international(text).segments == len(smsutil.split(text).parts)


@MANY
@given(TEXTS)
def test_gsm7_is_what_gsm0338_can_encode(text: str) -> None:
    """An independent codec encodes exactly the texts we count as GSM-7, in as many units."""
    count = count_international(text)
    try:
        encoded = gsm0338.Codec().encode(text)[0]
    except UnicodeEncodeError:
        assert count.alphabet is Alphabet.UCS2
    else:
        assert (count.alphabet, count.length) == (Alphabet.GSM7, len(encoded))


@MANY
@given(ANY)
def test_ucs2_length_is_that_of_utf16(text: str) -> None:
    """UCS-2 units are UTF-16 code units."""
    count = count_international(f"{text}字")
    assert count.length == len(f"{text}字".encode("utf-16-le")) // 2


@MANY
@given(st.data(), st.booleans())
def test_estimate_bounds_every_message(data: st.DataObject, mainland: bool) -> None:
    """Whatever values are sent, the message lies between least and most."""
    allowed, values = {}, {}
    for number in range(1, data.draw(st.integers(0, 4)) + 1):
        shortest = data.draw(st.integers(0, 5))
        allowed[number] = Allowed(
            shortest, shortest + data.draw(st.integers(0, 60)), data.draw(st.booleans())
        )
        characters = "a字€😀[" if allowed[number].free else "a1 "
        values[number] = data.draw(
            st.text(characters, min_size=shortest, max_size=allowed[number].longest), label="value"
        )
    fixed = data.draw(st.lists(st.text("ab €[字😀", max_size=60), min_size=1, max_size=5))
    content = text = fixed[0]
    for number, piece in enumerate(fixed[1:], 1):
        content += f"${{{number}}}{piece}"
        text += values.get(number, "x") + piece
    found = estimate(content, allowed, signature="【示例】" if mainland else None)
    sent = count_mainland(text, "【示例】") if mainland else count_international(text)
    assert found.least.segments <= sent.segments <= found.most.segments


def test_estimate_without_free_values_is_reached() -> None:
    """Least and most are not only bounds but lengths that a message can have."""
    found = estimate("字" * 60 + "${1}", {1: Allowed(1, 8)}, signature="【云】")
    assert (found.least.length, found.most.length, str(found)) == (64, 71, "1..2")
    found = estimate("a" * 150 + "${1}", {1: Allowed(4, 10)}, signature=None)
    assert (found.least.length, found.most.length, str(found)) == (154, 160, "1")


def test_estimate_of_a_free_value_reckons_with_ucs2() -> None:
    """A Chinese name makes an English text UCS-2, so 80 characters may become two parts."""
    found = estimate("a" * 80 + "${1}", {1: Allowed(1, 10, free=True)}, signature=None)
    assert (found.least.segments, found.most.segments, found.most.alphabet) == (1, 2, Alphabet.UCS2)
