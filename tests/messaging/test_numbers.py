"""Numbers as people write them, as the service wants them, and as they are shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.messaging.masking import mask
from smsconf.messaging.normal_number import normal_number
from smsconf.messaging.numbers import Fault, read_number
from smsconf.model.resources import Region


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
        ("+8613812345678,+8613812345679", Region.CN, Fault.NOT_ALONE),
        ("+6591234567-12", Region.INTL, Fault.LENGTH),
        ("+44 (0)7911 123456", Region.INTL, Fault.NOT_A_NUMBER),
        ("+999123456789", Region.INTL, Fault.NOT_A_NUMBER),
    ],
)
def test_number_is_read_or_the_fault_is_named(text: str, region: Region, found: str | Fault) -> None:
    """Separators, prefixes and full-width digits are no obstacle; what cannot be sent to says why."""
    assert read_number(text, region) is found or read_number(text, region) == found


@pytest.mark.parametrize(
    "text",
    [
        "138 1234 5678",
        "138\u00a01234\u00a05678",
        "138\u20071234\u20095678",
        "138\u30001234\u30005678",
        "138‐1234‑5678",
        "138–1234—5678",
        "138－1234－5678",
        "138.1234.5678",
        "(+86)138-1234-5678",
        "+(86) 138 1234 5678",
        "（86）13812345678",
        "＋８６１３８１２３４５６７８",
        "86-13812345678",
        "\u202d13812345678\u202c",
    ],
)
def test_number_with_the_separators_that_people_write_is_read(text: str) -> None:
    """Blanks, dashes, points and brackets in either width, and the unseen marks of a copied number."""
    assert read_number(text, Region.CN) == "+8613812345678"


@pytest.mark.parametrize(
    "text",
    [
        "138OOO12345",
        "1381234ABCD",
        "+6581234567 Tan",
        "+1202555XXXX",
        "1-800-FLOWERS1234",
        "tel:+8613812345601",
        "+8613812345601;ext=5",
        "13812345601;13912345602",
        "13812345601,801",
        "13812345601、13912345602",
        "13812345601x801",
        "13812345601#801",
        "13812345601 ext 801",
        "13812345601转801",
        "13812345601/13912345602",
        "13812345601\n13912345602",
        "#13812345601",
        "//13812345601",
        "*13812345601",
        "已退订13812345601",
        "勿发：13812345601",
        "空号13812345601",
        "-13812345601",
        "13812345601-",
        "+86+13812345601",
        "++8613812345601",
        "138\u200b12345601",
        "~13812345601",
    ],
)
@pytest.mark.parametrize("region", Region)
def test_what_stands_beside_a_number_makes_it_none(text: str, region: Region) -> None:
    """Letters are no keys of a phone, and no note, extension or second number is passed over."""
    assert read_number(text, region) is Fault.NOT_ALONE


@pytest.mark.parametrize("text", ["13812345651.0", "+6591234567.0", "1.38123E+10", "1.4e+10", "########"])
@pytest.mark.parametrize("region", Region)
def test_number_that_a_spreadsheet_changed_is_refused(text: str, region: Region) -> None:
    """The digits behind it are gone, or one is added."""
    assert read_number(text, region) is Fault.SHORTENED


@pytest.mark.parametrize(
    "text", ["13812345601 13912345602", "13812345601-801", "+86 0138 1234 5601", "0138-12345601"]
)
def test_digits_too_many_make_no_other_number(text: str) -> None:
    """An extension behind a dash, a second number behind a blank, a prefix of a trunk."""
    assert isinstance(read_number(text, Region.CN), Fault)


@pytest.mark.parametrize(
    "text",
    [
        *("+43 664 1234567-12", "+43 664 1234567 (12)", "+43 664 1234567.12", "+43 664 1234567 - 12"),
        *("+43 664 1234567 (0)12", "+43 664 1234567–1", "+43 664 1234567（12）", "+43 664 1234567/12"),
        *(
            "+62 812 3456 789-01",
            "+62 812-3456-789-01",
            "+49 151 1234567-8",
            "+43 664 1234567 12",
            "+49 30 123456-78",
        ),
    ],
)
def test_extension_makes_no_longer_number(text: str) -> None:
    """Where numbers of a country differ in length, with its extension one is somebody else's."""
    assert read_number(text, Region.INTL) is Fault.NOT_ALONE


@pytest.mark.parametrize(
    "text",
    [
        *("+1 202-555-0123", "+1 (202) 555-0123", "+1.202.555.0123", "+65 9123-4567", "+44 7911-123-456"),
        *(
            "+49 151 1234 5678",
            "+49 151-1234-5678",
            "+43-664-1234567",
            "+43 (664) 123-4567",
            "+43 664 123 45 67",
        ),
        *("+62 812-3456-7890", "+62 811-123-456", "+60 11-1234-5678", "+82 10-1234-5678", "+81 90-1234-5678"),
        *(
            "+27 71-123-4567",
            "+54 9 11 2345-6789",
            "+63 917-123-4567",
            "+375 29 491-19-11",
            "+234 802-123-4567",
        ),
        *("+66 81-234-5678", "+41 79-123-45-67", "+55 11 91234-5678", "+64 21-123-4567", "+971 50-123-4567"),
    ],
)
def test_last_group_of_a_usual_number_is_no_extension(text: str) -> None:
    """What stands before it is no number yet, or the country writes its numbers in these groups."""
    assert read_number(text, Region.INTL) == "+" + "".join(filter(str.isdigit, text))


_PARTS = "0123456789+ -.()０９＋－\u00a0\u2013\u3000\t"


@given(st.text(max_size=30), st.text(_PARTS, max_size=20), st.sampled_from(Region))
def test_number_is_digits_and_separators_or_refused(text: str, digits: str, region: Region) -> None:
    """Nothing else gets through, wherever it stands; what is read has the digits that stood there."""
    for one in (text, digits, digits + text, text + digits):
        found = read_number(one, region)
        if isinstance(found, str):
            plain = "".join(
                char for char in one.translate(str.maketrans("０９＋", "09+")) if char in "+0123456789"
            )
            assert found.removeprefix("+86") in plain
            assert (
                not set(one)
                - set("0123456789０１２３４５６７８９+＋ -.()（）．\t\u00a0\u3000\u202f－\u2212")
                - set(
                    map(
                        chr,
                        (
                            *range(0x2000, 0x2016),
                            0x205F,
                            0x200E,
                            0x202A,
                            0x202C,
                            0x202D,
                            0x2066,
                            0x2068,
                            0x2069,
                        ),
                    )
                )
            )


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
