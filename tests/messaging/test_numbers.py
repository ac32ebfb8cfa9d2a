"""Numbers as people write them, as the service wants them, and as they are shown."""

from __future__ import annotations

import pytest

from smsconf.messaging.numbers import Fault, mask, mask_all, read_number
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


def test_numbers_in_a_foreign_text_are_hidden() -> None:
    """Ids in hexadecimal and short numbers stay readable."""
    text = "bad +8613812345678, 13812345678; code 4008; template 8ff55eac1d0b478ab3c06c3c6a492300"
    hidden = "bad +86138****5678, 138****5678; code 4008; template 8ff55eac1d0b478ab3c06c3c6a492300"
    assert mask_all(text) == hidden
