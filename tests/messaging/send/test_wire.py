"""Answers of the sending API as other readings of the vendor's pages, and accidents, have them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from smsconf.cloud.http.operations import SEND_SAME
from smsconf.messaging.send.wire import Answer, Content, read_answer
from smsconf.model.errors import CloudBroken
from tests.messaging.worlds import DIFFERENT, ONE, SAME, TWO, fate, success

garbage = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**31, 2**63, -1, 10**4000, float("inf"), 1e308])
    | st.floats()
    | st.text(st.characters(exclude_categories=[]), max_size=20)
    | st.sampled_from(["000000", "E000510", "\ud800", "1" * 5000, ONE, ONE[1:]]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
results = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("originTo", "smsMsgId", "status", "total", "from"), garbage)
)
answers = garbage | st.fixed_dictionaries(
    {}, optional={"code": garbage, "description": garbage, "result": garbage | st.lists(results, max_size=4)}
)


def storable(answer: Answer) -> None:
    texts = [answer.code, answer.description]
    for one in answer.fates:
        texts += [text for text in (one.message_id, one.status) if text is not None]
        assert one.parts is None or 0 < one.parts <= 100
    for text in texts:
        text.encode()
        assert isinstance(text, str)
        assert len(text) <= 500
        assert not text or text.isprintable()
    json.dumps(answer)


@given(answers)
@example({"code": "000000", "result": [{"originTo": ONE, "status": "000000", "total": 2**63, "smsMsgId": 7}]})
@example({"code": 10**4000, "result": []})
def test_answer_is_broken_or_can_be_kept(said: Any) -> None:
    """Whatever the JSON is: numbers that fit a column, texts that can be written, every number once."""
    for request in (SAME, DIFFERENT):
        try:
            answer = read_answer(request, said)
        except CloudBroken:
            continue
        assert tuple(one.to for one in answer.fates) == request.numbers
        storable(answer)


def fates(*told: Any, code: str = "000000") -> list[tuple[str | None, str | None, int | None]]:
    answer = read_answer(SAME, {"code": code, "description": "Success", "result": list(told)})
    return [(one.message_id, one.status, one.parts) for one in answer.fates]


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        (2, 2),
        ("2", 2),
        (100, 100),
        (101, None),
        (0, None),
        (-1, None),
        (2**63, None),
        (1e400, None),
        (2.5, None),
        (True, None),
        ("two", None),
        ("٢", None),
        ("9" * 5000, None),
        ([2], None),
        (None, None),
        ("", None),
    ],
)
def test_parts_are_a_number_that_a_message_can_have(total: Any, parts: int | None) -> None:
    """A total of 2**63 was an exception in the ledger after the messages had been sent."""
    assert fates(fate(ONE, total=total), fate(TWO))[0] == ("id_5678", "000000", parts)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a" * 201, "a" * 200),
        ("a\nb\x1b[31m", "a?b?[31m"),
        ("a\ud800", "a?"),
        (" 4b4b_1 ", "4b4b_1"),
        (12345, "12345"),
        ("", None),
        ("   ", None),
        (None, None),
        (True, None),
        (["id"], None),
        (10**4000, None),
    ],
)
def test_message_id_is_kept_safe(written: Any, kept: str | None) -> None:
    """Bounded, in one line, half characters replaced; the number is accepted all the same."""
    assert fates({**fate(ONE), "smsMsgId": written}, fate(TWO))[0] == (kept, "000000", None)


@pytest.mark.parametrize(
    ("written", "status"),
    [
        ("000000 ", "000000"),
        ("\t000000\r\n", "000000"),
        ("E200048", "E200048"),
        ("000000\x00", "000000?"),
        ("0" * 100, "0" * 64),
        (0, None),
        (200048, None),
        (True, None),
        (None, None),
        ("", None),
        ({}, None),
    ],
)
def test_status_that_is_no_text_is_not_known(written: Any, status: str | None) -> None:
    """000000 as a number is 0, and so is anything else of zeros: uncertain, neither accepted nor failed."""
    assert fates({**fate(ONE), "status": written}, fate(TWO))[0][1] == status


@pytest.mark.parametrize(
    "written",
    [
        ONE,
        ONE[1:],
        ONE[3:],
        f"00{ONE[1:]}",
        "+86 138-1234-5678",
        " 8613812345678 ",
        8613812345678,
        13812345678,
    ],
)
def test_number_is_known_in_every_form(written: Any) -> None:
    """With plus and country or without, with separators, or as a number."""
    assert [status for _id, status, _parts in fates(fate(TWO), {**fate(ONE), "originTo": written})] == [
        "000000",
        "000000",
    ]


@pytest.mark.parametrize("written", ["+86138****5678", "138123456789", "x13812345678", "", None, True, [ONE]])
def test_number_that_is_another_or_none_tells_nothing(written: Any) -> None:
    """What stands there is not matched by what it resembles."""
    assert fates(fate(TWO), {**fate(ONE), "originTo": written})[0] == (None, None, None)


@pytest.mark.parametrize("item", [None, 5, "x", [], {}])
def test_entry_that_is_none_spoils_no_other(item: Any) -> None:
    """The others have their fates."""
    assert [status for _id, status, _parts in fates(item, fate(ONE), fate(TWO))] == ["000000", "000000"]


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        ("000000", "E200041", "000000"),
        ("E200041", "000000", "000000"),
        ("E200041", None, None),
        (None, "E200041", None),
        (None, "000000", "000000"),
        ("E200041", "E200048", "E200041"),
    ],
)
@pytest.mark.parametrize("again", [ONE, ONE[1:], ONE[3:]])
def test_number_told_of_twice_is_taken_for_accepted_if_it_may_be(
    first: str | None, second: str | None, status: str | None, again: str
) -> None:
    """A duplicate of an accepted message is refused, and the message is on its way nevertheless."""
    told = ({**fate(ONE), "status": first}, fate(TWO), {**fate(again), "status": second})
    assert fates(*told)[0][1] == status


def test_international_number_is_not_taken_for_a_mainland_one() -> None:
    """+1 381… without its plus looks like a mainland number; each request knows its own."""
    request = replace(SAME, contents=(Content(("+13812345678",), "t"),))
    assert read_answer(request, success(fate("13812345678"))).fates[0].accepted
    assert not read_answer(request, success(fate("8613812345678"))).fates[0].accepted


@pytest.mark.parametrize(
    "said", [None, [], "x", {}, {"code": None}, {"code": ""}, {"code": True}, {"code": []}]
)
def test_answer_without_a_code_is_broken(said: Any) -> None:
    """Nobody knows then whether anything was sent."""
    with pytest.raises(CloudBroken) as caught:
        read_answer(SAME, said)
    assert caught.value.operation == SEND_SAME


@pytest.mark.parametrize("description", [None, 5, [], {}, "x" * 100_000, "\ud800"])
def test_description_spoils_no_fate(description: Any) -> None:
    """It is for people."""
    answer = read_answer(SAME, {**success(fate(ONE), fate(TWO)), "description": description})
    assert all(one.accepted for one in answer.fates)
    storable(answer)
