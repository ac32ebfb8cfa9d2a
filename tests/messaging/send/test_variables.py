"""Values of variables against the table of attributes."""

from __future__ import annotations

import pytest

from smsconf.messaging.send.variables import RULES, Slot
from smsconf.model.resources import VariableType

RIGHT = {
    "phone": ["95588", "400-123-4567", "+8613812345678", "1234", "+86-10-12345678"],
    "alphanumeric": ["12345", "A_1", "x" * 20],
    "datetime": [
        *(
            "20260131",
            "2026-01-31",
            "2026/01/31",
            "2026年1月31日",
            "2026年01月31日",
            "2028-02-29",
            "20240229",
        ),
        *("2000年2月29日", "09:30", "9:30:00", "23:59:59", "00:00", "9点30分", "09点30"),
    ],
    "money": ["12.50", "0", "0.5", "壹佰贰拾", "192.168.0.1", "3.5万", "1亿2000万", "十二", "两千"],
    "text": ["张三", "A座 3层", "A座\u30003层", "Müller", "❤️", "👍🏽"],
    "newtext": ["a.b", "👩‍💻 ok", "❤️‍🔥", "1️⃣ 号", "👍"],
    "longtext": ["x" * 100],
    "URL": ["https://x.example/a.b"],
}
WRONG = {
    "phone": [
        "123",
        "1" * 16,
        "138 1234",
        "400-",
        "４００1",
        "1--2345",
        "-4001",
        "++8613",
        "86+138",
        "----1",
        "+-1-2",
    ],
    "alphanumeric": ["1a2b.3c", "x" * 21, "", "编号", "a\n"],
    "datetime": [
        *(
            "2026-13-01",
            "2026-01-31 09:30",
            "24:00",
            "明天",
            "2026-1-1",
            "2026-02-30",
            "20260230",
            "2026/02/30",
        ),
        *("2026年2月30日", "2026-02-29", "2100-02-29", "20250229", "2026-04-31", "0000-01-01", "2026-00-10"),
        *(
            "2026-01-00",
            "2026-01/31",
            "9:60",
            "9:30:60",
            "12点60分",
            "25点00",
            "2026年13月1日",
            "２０２６-01-31",
        ),
    ],
    "money": [
        *(
            "¥12",
            "12,50",
            "12元",
            "1,234.50",
            "1..2",
            ".",
            "--",
            ".5",
            "5.",
            "1.2.3",
            "300.1.1.1",
            "-5",
            "1e5",
        ),
        *("１２", "1 000"),
    ],
    "text": ["a.b", "。", "a'b", "<b>", "{x}", "a\nb", "字" * 21],
    "newtext": ["a'b", "{", ""],
    "longtext": ["x" * 101],
    "URL": ["a\r\nb"],
}
UNSEEN = {
    "a zero-width blank": "张\u200b三",
    "alone": "\u200b",
    "a tab": "a\tb",
    "a direction": "\u202e123",
    "a soft hyphen": "a\u00adb",
    "a line separator": "a\u2028b",
    "a paragraph separator": "a\u2029b",
    "a byte order mark": "\ufeffa",
    "a Hangul filler": "\u3164",
    "an empty Braille pattern": "\u2800",
    "a lone surrogate": "a\ud800",
    "a private character": "a\ue000",
    "an unassigned one": "a\u0378",
    "null": "a\x00",
    "a joiner between letters": "退\u200d订",
    "a joiner at the end": "👍\u200d",
    "a selector after a letter": "a\ufe0f",
    "a grapheme joiner": "a\u034fb",
}


@pytest.mark.parametrize(("kind", "value"), [(kind, one) for kind, all_ in RIGHT.items() for one in all_])
def test_value_that_the_rules_allow_passes(kind: str, value: str) -> None:
    """Every documented form of every attribute."""
    assert Slot(1, "x", kind).problem(value) is None


@pytest.mark.parametrize(("kind", "value"), [(kind, one) for kind, all_ in WRONG.items() for one in all_])
def test_value_that_the_rules_refuse_is_named(kind: str, value: str) -> None:
    """Content, length, emptiness; the variable's name is in the words."""
    said = Slot(1, "order", kind).problem(value)
    assert said
    assert said.startswith("order ")


@pytest.mark.parametrize("kind", [*RULES, VariableType.NEWTEXT, VariableType.LONGTEXT, "URL"])
@pytest.mark.parametrize("value", UNSEEN.values(), ids=UNSEEN)
def test_character_that_nobody_sees_is_refused_in_every_type(kind: str, value: str) -> None:
    """Named by its code, since it cannot be shown; an emoji's own joiners are no such characters."""
    assert "nobody sees, U+" in (Slot(1, "order", kind).problem(value) or "")


@pytest.mark.parametrize("kind", [*RULES, VariableType.NEWTEXT, VariableType.LONGTEXT, "URL"])
@pytest.mark.parametrize(
    ("value", "said"),
    [
        *((value, "nothing but blanks") for value in (" ", "\u3000", "\t", "\u00a0\u2003", "\r\n")),
        *((value, "begins or ends") for value in (" a", "a ", "\u3000张三", "1\u00a0")),
    ],
)
def test_blank_value_or_edge_is_refused_in_every_type(kind: str, value: str, said: str) -> None:
    """The message would have a hole where a word should be."""
    assert said in (Slot(1, "order", kind).problem(value) or "")


def test_declared_length_goes_before_the_types_cap() -> None:
    """A longer one was agreed on with the reviewer, a shorter one is the project's word."""
    assert Slot(1, "x", "alphanumeric", 32).problem("x" * 32) is None
    assert "expected 1 to 5" in (Slot(1, "x", "alphanumeric", 5).problem("123456") or "")


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("datetime", "31.01.2026", "type datetime: '31.01.2026'; expected a date"),
        (
            "money",
            "1,234.50",
            "type money: '1,234.50'; expected a number such as 12 or 12.50 without separators",
        ),
        ("text", "x" * 30, "has 30 characters, expected 1 to 20: 'xxxxxxxxxxxxxxxxxxxx…'"),
        ("datetime", "13812345678", "'138****5678'"),
        ("alphanumeric", "Tel. +86 138 1234 5678, bitte", "'Tel. +86 138 **** 56…'"),
    ],
)
def test_value_that_is_refused_is_shown(kind: str, value: str, shown: str) -> None:
    """As much as tells which it is, and no phone number."""
    assert shown in (Slot(1, "x", kind).problem(value) or "")


def test_table_knows_every_attribute_with_published_rules() -> None:
    """The two without are the two that no page describes."""
    assert set(VariableType) - set(RULES) == {VariableType.NEWTEXT, VariableType.LONGTEXT}
