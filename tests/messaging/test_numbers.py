"""Numbers as people write them, as the service wants them, and as they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.messaging.numbers import Fault, mask, normal_number, read_number
from smsconf.resources import Region


@pytest.mark.parametrize(
    ("text", "region", "found"),
    [
        ("13812345678", Region.CN, "+8613812345678"),
        ("8613812345678", Region.CN, "+8613812345678"),
        ("+86 138-1234-5678", Region.CN, "+8613812345678"),
        ("008613812345678", Region.CN, "+8613812345678"),
        ("１３８１２３４５６７８", Region.CN, "+8613812345678"),
        (" 14412345678\t", Region.CN, "+8614412345678"),
        ("+6591234567", Region.INTL, "+6591234567"),
        ("+44 7911 123456", Region.INTL, "+447911123456"),
        ("+852 5123 4567", Region.INTL, "+85251234567"),
        ("+6591234567", Region.CN, Fault.ABROAD),
        ("+8613812345678", Region.INTL, Fault.MAINLAND),
        ("91234567", Region.INTL, Fault.NO_COUNTRY),
        ("010-12345678", Region.CN, Fault.NOT_MOBILE),
        ("1381234567", Region.CN, Fault.NOT_MOBILE),
        ("138123456789", Region.CN, Fault.NOT_MOBILE),
        ("12812345678", Region.CN, Fault.NOT_MOBILE),
        ("", Region.CN, Fault.EMPTY),
        ("  ", Region.INTL, Fault.EMPTY),
        ("号码", Region.CN, Fault.NOT_A_NUMBER),
        ("+", Region.INTL, Fault.NOT_A_NUMBER),
        ("1" * 5000, Region.CN, Fault.NOT_A_NUMBER),
        ("+8613812345678,+8613812345679", Region.CN, Fault.NOT_A_NUMBER),
    ],
)
def test_number_is_read_or_the_fault_is_named(text: str, region: Region, found: str | Fault) -> None:
    """Separators, prefixes and full-width digits are no obstacle; what cannot be sent to says why."""
    assert read_number(text, region) is found or read_number(text, region) == found


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613812345678", "+86138****5678"),
        ("+6591234567", "+65****4567"),
        ("12345", "****2345"),
        ("1", "****"),
    ],
)
def test_middle_of_a_number_is_hidden(number: str, shown: str) -> None:
    """Enough is left to recognise one's own."""
    assert mask(number) == shown


@pytest.mark.parametrize(
    "text",
    [
        *(
            "13812345603",
            "8613812345603",
            "008613812345603",
            "+8613812345603",
            "+86 138-1234-5603",
            "86 13812345603",
        ),
        *(
            "%2B8613812345603",
            "%252B8613812345603",
            " 8613812345603",
            "１３８１２３４５６０３",
            "＋8613812345603",
        ),
        *("tel:+86-138-1234-5603", "TEL:13812345603", "\u202a+86 138 1234 5603\u202c", "138\u200b12345603"),
        *("(138)12345603", "(+86)13812345603", "+86 (138) 1234-5603", "013812345603", "+86013812345603"),
        *("13812345603.0", "138\u20131234\u20135603", "٠١٣٨١٢٣٤٥٦٠٣", "\ufeff13812345603\r\n"),
    ],
)
def test_mainland_number_has_one_normal_form(text: str) -> None:
    """Whoever wrote it, and however often it was encoded on its way."""
    assert normal_number(text) == "+8613812345603"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        *((text, "+6591234567") for text in ("+65 9123 4567", "6591234567", "006591234567", "%2B6591234567")),
        ("+44 (0)7911 123456", "+447911123456"),
        ("+13812345603", "+13812345603"),  # with its plus it is of North America
        ("010-12345678", "+01012345678"),  # a national number equals no international one
        ("10086", "+10086"),
        ("+86155****5172", None),
        *((text, None) for text in ("", " ", "+", "+86", "1234", "1" * 16, "1" * 5000, "+86+138", "5e10")),
        *((text, None) for text in ("138OOO12345", "1.38123E+10", "13812345601;13912345602", "无", "138,1")),
        *(
            (text, None)
            for text in ("13812345601 13912345602", "13812345603x801", "13812345603#801", "%00", "%")
        ),
    ],
)
def test_other_number_keeps_its_digits_or_is_none(text: str, normal: str | None) -> None:
    """What is unambiguous is understood; two numbers, an extension, letters and hidden digits are none."""
    assert normal_number(text) == normal


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    """Of anything that may arrive; and it is a plus and digits."""
    normal = normal_number(text)
    assert normal is None or (normal_number(normal) == normal and normal[1:].isdecimal() and normal[0] == "+")
