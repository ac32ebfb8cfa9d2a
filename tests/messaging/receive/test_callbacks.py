"""What the service pushes: the documented bodies, and everything that is nearly one."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.messaging.receive.callbacks import Garbage, Reply, Report, read_reply, read_reports

SINGLE = (
    b"sequence=1&total=1&orgCode=000&updateTime=2018-04-13T06%3A31%3A46Z&source=2"
    b"&smsMsgId=b9d9b4fe-ad0e-4a2a-a2c7-445505b674ac_6&status=DELIVRD"
)


def test_single_report_is_read_as_documented() -> None:
    """The vendor's own example: a form with a percent-encoded time."""
    (report,) = read_reports(SINGLE)
    assert report == Report(
        message_id="b9d9b4fe-ad0e-4a2a-a2c7-445505b674ac_6",
        status="DELIVRD",
        source="2",
        updated="2018-04-13T06:31:46Z",
        original_code="000",
    )
    assert report.delivered


def test_batch_of_reports_is_read_as_documented() -> None:
    """Numbers may be texts or numbers, `to` stands only beside `extend`, unknown fields are passed over."""
    listed = [
        {"smsMsgId": "a_1", "total": 2, "sequence": "2", "status": "undeliv", "extend": "x", "to": "+8613"},
        {"smsMsgId": "b_1", "status": "E200018", "colour": ["blue"], "updateTime": None},
    ]
    first, second = read_reports(json.dumps({"statusReportList": listed, "more": 1}).encode())
    assert (first.sequence, first.total, first.status, first.extend, first.to) == (
        2,
        2,
        "UNDELIV",
        "x",
        "+8613",
    )
    assert (second.status, second.updated, second.to) == ("E200018", None, None)


def test_batch_keeps_what_can_be_used() -> None:
    """One report without an id, or one that is no object, does not lose the others."""
    body = json.dumps({"statusReportList": [{"status": "DELIVRD"}, 7, {"smsMsgId": "c"}]}).encode()
    assert [(one.message_id, one.status) for one in read_reports(body)] == [("c", "UNKNOWN")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"{}",
        b'{"statusReportList": {}}',
        b"\xff\xfe",
        b"status=DELIVRD",
        b"[" * 100_000,
        b"[1]",
    ],
)
def test_garbage_is_said_to_be_garbage(body) -> None:
    """A body without any report is refused, whatever it is."""
    with pytest.raises(Garbage):
        read_reports(body)


def test_reply_is_read_as_documented() -> None:
    """The vendor's example, its masked number included."""
    body = b"from=%2B86155****5172&to=201804131431201234&body=********&smsMsgId=9692b5be-c427"
    assert read_reply(body) == Reply("9692b5be-c427", "+86155****5172", "201804131431201234", "********")


@pytest.mark.parametrize(
    ("sent", "read"),
    [("你好", "你好"), ("你好".encode().decode("latin-1"), "你好"), ("café", "café"), ("R", "R"), ("", "")],
)
def test_reply_text_is_mended_if_it_was_garbled(sent, read) -> None:
    """UTF-8 that was read as ISO 8859-1 on its way is put right; any other text stays as it is."""
    body = urlencode({"from": "+8613812345678", "to": "10690", "smsMsgId": "m", "body": sent}).encode()
    assert read_reply(body).body == read


def test_reply_without_a_sender_is_garbage() -> None:
    """Who wrote, to which channel, and an id are what makes a reply."""
    with pytest.raises(Garbage, match="no from"):
        read_reply(b"smsMsgId=1&to=2&body=R")


def test_plus_sign_that_became_a_blank_is_put_back() -> None:
    """A form that was not encoded turns the plus of a number into a blank."""
    assert read_reply(b"smsMsgId=1&to=2&body=R&from=+8613812345678").sender == "+8613812345678"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body) -> None:
    """Nothing that anybody posts breaks the reader."""
    for read in (read_reports, read_reply):
        try:
            read(body)
        except Garbage:
            continue


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_json_is_read_or_refused(value) -> None:
    """Nor does any JSON where a list of reports should be."""
    for whole in (value, {"statusReportList": value}, {"statusReportList": [value]}):
        try:
            read_reports(json.dumps(whole).encode())
        except Garbage:
            continue
