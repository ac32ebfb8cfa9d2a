"""Messages as a phone shows them: values at their longest, cut where the network cuts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.model.resources import Brackets, Variable, VariableType
from smsconf.model.segments import Alphabet, count_international, count_mainland, parts
from smsconf.render.plan.phone import phone_view
from tests.reconcile.build import brand, hello, shipped


def shown(phone) -> list[str]:
    return ["".join(piece["text"] for piece in part) for part in phone["parts"]]


@given(st.text(max_size=400))
def test_parts_are_the_whole_text_and_as_many_as_are_billed(text) -> None:
    """Cutting loses nothing, and there are as many parts as the counting of segments says."""
    mainland = parts(text, Alphabet.MAINLAND)
    assert "".join(mainland) == text
    assert len(mainland) == count_mainland(text, "").segments
    count = count_international(text)
    cut = parts(text, count.alphabet)
    assert "".join(cut) == text
    assert len(cut) == count.segments
    assert all(sum(count.alphabet.units(one)) <= count.alphabet.single for one in cut)


def test_phone_shows_the_signature_and_the_longest_value() -> None:
    """The signature stands in its brackets and each value is as long as its variable allows."""
    phone = phone_view(shipped, brand)
    assert shown(phone) == ["【示例商城】您的订单A7K2M9X4A7K2已发货。"]
    assert [piece["variable"] for piece in phone["parts"][0]] == [None, None, "order", None]
    assert (phone["alphabet"], phone["length"]) == ("mainland", 26)


def test_phone_shows_the_brackets_of_the_template() -> None:
    """GB is [] and CN is 【】; a signature that is not known leaves them empty."""
    assert shown(phone_view(replace(shipped, brackets=Brackets.GB), None))[0].startswith("[]您的")


@pytest.mark.parametrize("kind", list(VariableType))
@pytest.mark.parametrize("length", [1, 20, 100])
def test_phone_gives_every_kind_of_variable_its_length(kind, length) -> None:
    """Whatever a variable holds, its sample has exactly the longest length."""
    template = replace(shipped, variables=(Variable("order", kind, length),))
    pieces = [piece for part in phone_view(template, brand)["parts"] for piece in part]
    assert sum(len(piece["text"]) for piece in pieces if piece["variable"]) == length


def test_phone_reads_numbered_variables() -> None:
    """Where the content uses the service's numbers, the names of the variables are those numbers."""
    two = (Variable("2", VariableType.PHONE, 3), Variable("1", VariableType.MONEY, 2))
    template = replace(hello, content="${2} and ${1}", variables=two)
    phone = phone_view(template, None)
    assert [(one["text"], one["variable"]) for one in phone["parts"][0]] == [
        ("138", "2"),
        (" and ", None),
        ("12", "1"),
    ]


def test_phone_marks_where_the_second_part_begins() -> None:
    """A message of 71 characters is cut after 67, through a value if it lies there."""
    long = replace(shipped, content="字" * 63 + "${1}", variables=(Variable("n", VariableType.PHONE, 2),))
    first, second = phone_view(long, brand)["parts"]
    assert "".join(one["text"] for one in first) == "【示例商城】" + "字" * 61
    assert [(one["text"], one["variable"]) for one in second] == [("字字", None), ("13", "n")]
