"""What a sheet shows of a number, where that is certain."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.messaging.lists.number_formats import BUILTIN, SYSTEM, compile_format

DAY = 46_053.395833333336  # 2026-01-31 09:30


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("General", 0.30000000000000004, "0.3"),
        ("General", 12.5, "12.5"),
        ("General", 13812345678.0, "13812345678"),
        ("General", -7.0, "-7"),
        ("General", 1 / 3, "0.333333333333333"),
        ("General", 1e15, None),
        ("General", 0.00000012, None),
        ("0", 12.5, "13"),
        ("0.00", 12.5, "12.50"),
        ("0.00", 2.675, "2.68"),
        ("0.00", 1.005, "1.01"),
        ("000000", 42, "000042"),
        ("0%", 0.15, "15%"),
        ("0.00%", 0.1556, "15.56%"),
        ("#,##0", 1234567, "1,234,567"),
        ("#,##0.00", 0.5, "0.50"),
        ("#,##0.00", 1234567.891, "1,234,567.89"),
        ("#", 0, ""),
        ("0.0#", 1.5, "1.5"),
        ("0.00", -5.125, "-5.13"),
        ("0.00;[Red]-0.00", -5.125, "-5.13"),
        ("0.00;(0.00);zero", 0, None),
        ('0.00;(0.00);"zero"', 0, "zero"),
        ("0.00_);(0.00)", -3, "(3.00)"),
        ("0", -0.3, None),
        (";;;", 5, ""),
        ("000-0000-0000", 13812345678, "138-1234-5678"),
        ('"+65"0', 91234567, "+6591234567"),
        ("0元", 12, "12元"),
        ('General"元"', 12.5, "12.5元"),
        ("¥#,##0.00", 1234.5, "¥1,234.50"),
        ("[$¥-804]#,##0.00", 1234.5, "¥1,234.50"),
        ('_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ ', 1234.5, "1,234.50"),
        ("@", 12.0, "12"),
        ("yyyy-mm-dd", DAY, "2026-01-31"),
        ("yyyy/m/d", DAY, "2026/1/31"),
        ("yyyy.mm.dd", DAY, "2026.01.31"),
        ('yyyy"年"m"月"d"日"', DAY, "2026年1月31日"),
        ("yyyy年m月d日;@", DAY, "2026年1月31日"),
        ('[$-804]yyyy"年"m"月"d"日";@', DAY, "2026年1月31日"),
        ("h:mm", DAY, "9:30"),
        ("hh:mm:ss", DAY, "09:30:00"),
        ("yyyy-mm-dd hh:mm", DAY, "2026-01-31 09:30"),
        ("mm:ss", 0.5 / 24, "30:00"),
        ("[h]:mm", 1.5, "36:00"),
        ("上午/下午h:mm", 0.75, "下午6:00"),
        ("h:mm AM/PM", 0.75, None),
        ("mmm-yy", DAY, None),
        ("dddd", DAY, None),
        ("[$-F800]dddd", DAY, None),
        ("[DBNum1]0", 5, None),
        ("[>100]0;0.0", 5, None),
        ("0.00E+00", 13812345678, None),
        ("# ?/?", 0.5, None),
        ("0,", 5000, None),
        ("ss.00", 0.5, None),
        ("yyyy-mm-dd", 60, None),
        ("yyyy-mm-dd", 59, "1900-02-28"),
        ("yyyy-mm-dd", -1, None),
        ("yyyy-mm-dd", 13812345678, None),
        ('0"', 1, None),
        ("", 1.5, "1.5"),
    ],
)
def test_number_is_shown_as_its_format_says_or_not_told(code: str, value: float, shown: str | None) -> None:
    """Rounded half up, grouped, in parts of a date; nothing that hangs on the system or the column."""
    assert compile_format(code)[0](value) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [("0.00", "x"), ("@", "x"), ('"No. "@', "No. x"), (";;;", ""), ('0;0;0;"<"@">"', "<x>")],
)
def test_text_is_shown_as_its_format_says(code: str, shown: str) -> None:
    """A format for numbers leaves texts as they are; some formats are for texts."""
    assert compile_format(code)[1]("x") == shown


def test_dates_of_a_workbook_from_1904_are_four_years_later() -> None:
    """An old Macintosh counts from another day."""
    assert compile_format("yyyy-mm-dd", date1904=True)[0](44_591) == "2026-01-31"


def test_formats_that_hang_on_the_system_are_not_told() -> None:
    """The short date of a system is not known from the workbook."""
    assert not SYSTEM & BUILTIN.keys()
    assert {14, 22, 42, 44} <= SYSTEM


@given(st.integers(0, 10**14), st.integers(0, 6))
def test_whole_numbers_keep_their_digits(number: int, places: int) -> None:
    """In every form that adds nothing but groups and noughts."""
    assert compile_format("0")[0](float(number)) == str(number)
    assert compile_format("#,##0")[0](float(number)) == f"{number:,}"
    assert compile_format("0" * (places + 1))[0](float(number)) == str(number).rjust(places + 1, "0")


@given(
    st.text('0#?,.%;@[]$-_*\\"yMdhsE+年元 Gg/()', max_size=14),
    st.floats(allow_nan=False, allow_infinity=False),
)
def test_any_format_shows_a_text_or_says_that_it_does_not_know(code: str, value: float) -> None:
    """However odd it is, nothing else happens."""
    show, show_text = compile_format(code)
    assert isinstance(show(value), str | None)
    assert isinstance(show_text("x"), str | None)
