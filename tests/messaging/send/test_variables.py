"""Values of variables against the table of attributes."""

from __future__ import annotations

import pytest

from smsconf.messaging.send.variables import RULES, Slot
from smsconf.resources import VariableType

RIGHT = {
    "phone": ["95588", "400-123-4567", "+8613812345678", "1234"],
    "alphanumeric": ["12345", "A_1", "x" * 20],
    "datetime": [
        "20260131",
        "2026-01-31",
        "2026/01/31",
        "2026年1月31日",
        "2026年01月31日",
        "09:30",
        "9:30:00",
        "9点30分",
    ],
    "money": ["12.50", "壹佰贰拾", "192.168.0.1"],
    "text": ["张三", "A座 3层"],
    "newtext": ["a.b"],
    "longtext": ["x" * 100],
    "URL": ["https://x.example/a.b"],
}
WRONG = {
    "phone": ["123", "1" * 16, "138 1234", "400-", "４００1"],
    "alphanumeric": ["1a2b.3c", "x" * 21, "", "编号", "a\n"],
    "datetime": ["2026-13-01", "2026-01-31 09:30", "24:00", "明天", "2026-1-1"],
    "money": ["¥12", "12,50", "12元"],
    "text": ["a.b", "。", "a'b", "<b>", "{x}", "a\nb", "字" * 21],
    "newtext": ["a'b", "{", ""],
    "longtext": ["x" * 101],
    "URL": ["a\r\nb"],
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


def test_declared_length_goes_before_the_types_cap() -> None:
    """A longer one was agreed on with the reviewer, a shorter one is the project's word."""
    assert Slot(1, "x", "alphanumeric", 32).problem("x" * 32) is None
    assert "expected 1 to 5" in (Slot(1, "x", "alphanumeric", 5).problem("123456") or "")


def test_table_knows_every_attribute_with_published_rules() -> None:
    """The two without are the two that no page describes."""
    assert set(VariableType) - set(RULES) == {VariableType.NEWTEXT, VariableType.LONGTEXT}
