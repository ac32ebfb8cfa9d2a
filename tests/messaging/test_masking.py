"""Numbers hidden in texts from outside, whatever stands between their digits."""

from __future__ import annotations

import string
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.messaging.masking import mask, mask_all

HIDDEN = {
    "bad +8613812345678, 13812345678; code 4008": "bad +86138****5678, 138****5678; code 4008",
    "138 1234 5603": "138 **** 5603",
    "138-1234-5603": "138-****-5603",
    "(138)12345603": "(138)****5603",
    "+86 138 1234 5603": "+86 138 **** 5603",
    "+86-138-1234-5603": "+86-138-****-5603",
    "0086 138 1234 5603": "0086 138 **** 5603",
    "008613812345603": "0086138****5603",
    "138.1234.5603": "138.****.5603",
    "138\u20111234\u20115603": "138\u2011****\u20115603",
    "1381\u200b2345603": "138*\u200b***5603",
    "１３８１２３４５６０３": "１３８****５６０３",
    "٠٠٨٦١٣٨١٢٣٤٥٦٠٣": "٠٠٨٦١٣٨****٥٦٠٣",
    "1️⃣3️⃣8️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣0️⃣3️⃣": "1️⃣3️⃣8️⃣*️⃣*️⃣*️⃣*️⃣5️⃣6️⃣0️⃣3️⃣",
    "已退订138 1234 5603。": "已退订138 **** 5603。",
    "13812345601，13812345602": "138****5601，138****5602",
    "138 1234 5601, 139 1234 5602": "138 **** 5601, 139 **** 5602",
    "1381234560113912345602": "138***************5602",
    "13812345678x801": "138****5678x801",
    "tel13812345678": "tel138****5678",
    "13812345678@139.example": "138****5678@139.example",
    "+65 9123 4567": "+65 **** 4567",
    "+6591234567 Tan": "+65****4567 Tan",
    "91234567": "****4567",
    "+1 (415) 555-2671": "+1 (41*) ***-2671",
    "010-12345678": "010-****5678",
    "06 12 34 56 78": "06 ** ** 56 78",
}
SHOWN = [
    *(
        "",
        "code 4008",
        "E000623",
        "1234567",
        "12 345",
        "rows 1 to 5000",
        "12.50",
        "1234567.89",
        "1,234,567.89元",
    ),
    *("2026-01-31", "2026-01-31 09:30:00", "2026-11-30T15:43:42.123456+00:00", "2026/01/31", "31.01.2026"),
    *("2026年1月31日 9点30分", "20260131", "20260131093000", "2026-01-31 - 2026-02-01", "09:30:00"),
    *("https://127.0.0.1:45321/sms", "http://192.168.1.1:443/", "10.0.0.1", "192.168.100.200", "v1.22.333"),
    "template 8ff55eac1d0b478ab3c06c3c6a492300",
    "4b4b34e7-1a9e-42ac-b309-d10997148905_85496076",
    "4b4b34e7-1a9e-42ac-b309-d10997148905",
    "request 6fde34b2f77c2ce47f1f59378dd4e3741e984fecf6c4305fc456171b363780e8",
    "A1024-20260131",
]
SEPARATORS = "".join(
    char
    for char in map(chr, range(0x3100))
    if not char.isalpha()
    and not char.isdigit()
    and unicodedata.category(char) not in ("Cn", "Co", "No", "Nl")
)


@pytest.mark.parametrize(("text", "hidden"), HIDDEN.items())
def test_number_in_a_foreign_text_is_hidden_in_place(text: str, hidden: str) -> None:
    """Four digits go; separators, scripts and the words around stay."""
    assert mask_all(text) == hidden


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_no_number_stays_readable(text: str) -> None:
    """Dates, times, hosts, amounts, ids in hexadecimal: people look for them."""
    assert mask_all(text) == text


@pytest.mark.parametrize(
    ("number", "shown"),
    [("138 1234 5603", "138 **** 5603"), ("+86-138-1234-5603", "+86-138-****-5603"), ("1 2", "****")],
)
def test_middle_of_a_number_with_separators_is_hidden(number: str, shown: str) -> None:
    """The digits count, not the characters."""
    assert mask(number) == shown


@given(
    digits=st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True),
    between=st.lists(st.text(SEPARATORS, max_size=3), min_size=10, max_size=10),
    before=st.sampled_from(["", "+86 ", "0086-", "86", "号码：", "tel:", "a "]),
    after=st.sampled_from(["", "。", " x801", ", please", "\n"]),
)
def test_no_mainland_number_survives_whatever_stands_between_its_digits(
    digits, between, before, after
) -> None:
    """Any blank, mark, dash, bracket or invisible character, three of them at most each time."""
    written = "".join(map("".join, zip(digits, [*between, ""], strict=True)))
    shown = mask_all(before + written + after)
    left = "".join(char for char in shown if char.isdigit())
    assert digits not in left
    assert len(left) <= len(digits) - 4 + len("0086") + len("801")
    assert shown.replace("*", "") != before + written + after


@given(st.text(st.characters(exclude_characters=string.digits, exclude_categories=("Nd", "No", "Nl"))))
def test_text_without_digits_is_unchanged(text: str) -> None:
    """Nothing else is ever touched."""
    assert mask_all(text) == text


@given(st.text(st.sampled_from("0123456789 -.()+年abc五:/"), max_size=40))
def test_text_with_few_digits_is_unchanged_and_length_never_changes(text: str) -> None:
    """Fewer than eight digits are no number, and hiding is in place."""
    shown = mask_all(text)
    assert len(shown) == len(text)
    assert all(one in ("*", other) for one, other in zip(shown, text, strict=True))
    if sum(char.isdigit() for char in text) < 8:
        assert shown == text


@pytest.mark.parametrize(
    "text",
    ["1-", "+1", "2026-01-05 ", "10.0.0.1 ", "01234567-89ab-cdef-0123-456789abcdef ", "0123456789abcdef0 "],
)
def test_long_text_is_masked_in_time_that_grows_with_its_length(text: str) -> None:
    """A hundred thousand characters from outside took up to a minute."""
    begun = time.monotonic()
    mask_all(text * (100_000 // len(text)))
    assert time.monotonic() - begun < 10
