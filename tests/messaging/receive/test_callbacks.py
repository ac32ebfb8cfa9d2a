"""What the service pushes: the documented bodies, and everything that is nearly one."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import astuple
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smsconf.messaging.receive.callbacks import Garbage, read_push
from smsconf.store.messages import Reply, Report


def read_reports(body: bytes) -> list[Report]:
    """Read what must be nothing but reports."""
    return [one for one in read_push(body) if isinstance(one, Report) or pytest.fail("a reply")]


def read_reply(body: bytes) -> Reply:
    """Read what must be one reply."""
    (one,) = read_push(body)
    assert isinstance(one, Reply)
    return one


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
    body = json.dumps(
        {"statusReportList": [{"status": "DELIVRD"}, 7, {"smsMsgId": "c", "status": ""}]}
    ).encode()
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
        b"smsMsgId=m1",
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


@pytest.mark.parametrize(
    "body", [b"smsMsgId=1&to=2&body=R", b"smsMsgId=1&to=2&from=13812345678", b"from=13812345678&to=2"]
)
def test_reply_without_a_sender_or_a_text_is_garbage(body: bytes) -> None:
    """Who wrote and what are what makes a reply; half of it is no report either."""
    with pytest.raises(Garbage):
        read_push(body)


@pytest.mark.parametrize("status", ["", "&status="])
def test_reply_without_an_id_is_kept_and_counts_once(status: str) -> None:
    """An opt-out is not lost for want of an id: its content is one, its time included."""
    said = f"from=%2B8613812345678&body=R{status}&createTime="
    first, again, later = (read_reply(f"{said}2026-03-01T09:00:0{at}Z".encode()) for at in (0, 0, 1))
    assert first == again
    assert (first.sender, first.to, first.body) == ("+8613812345678", "", "R")
    assert len({first.message_id, later.message_id}) == 2
    assert re.fullmatch("[0-9a-f]{64}", first.message_id)


def test_list_of_reports_and_replies_is_told_apart_by_content() -> None:
    """All of a list is read, each for what it is, whatever else stands in it."""
    reply = {"from": "+8613812345678", "to": "1069", "body": "R"}
    listed = [reply | {"smsMsgId": "r1"}, 7, {"smsMsgId": "m1", "status": "DELIVRD"}, reply, {"body": "R"}]
    first, report, second = read_push(json.dumps(listed).encode())
    assert isinstance(report, Report)
    assert all(isinstance(one, Reply) and one.body == "R" for one in (first, second))


def test_plus_sign_that_became_a_blank_is_put_back() -> None:
    """A form that was not encoded turns the plus of a number into a blank."""
    assert read_reply(b"smsMsgId=1&to=2&body=R&from=+8613812345678").sender == "+8613812345678"


@pytest.mark.parametrize(
    "value",
    [
        "DELIVRD\r\n",
        "DELIVRD ",
        "+DELIVRD",
        "%20DELIVRD%0D%0A",
        "delivrd%00",
        "%E3%80%80DELIVRD",
        "%EF%BB%BFDELIVRD",
        "DELIVRD&status=",
        "&status=DELIVRD",
        "DELIVRD&status=EXPIRED",
    ],
)
@pytest.mark.parametrize("around", [b"%b", b"\r\n%b", b"\xef\xbb\xbf%b\r\n", b" %b&", b"&&%b"])
def test_report_survives_what_hangs_on_it(value: str, around: bytes) -> None:
    """Line ends, blanks, marks and fields given twice, around a value or the whole body."""
    (report,) = read_reports(around % f"smsMsgId=m1&status={value}&sequence=2".encode())
    assert (report.message_id, report.delivered, report.sequence) == ("m1", True, 2)


@pytest.mark.parametrize("raw", [b"%BF%D5", b"\xbf\xd5", b"%FF", b"%C3%28", b"%00", b"%"])
def test_report_with_a_field_that_is_no_utf_8_keeps_id_and_status(raw: bytes) -> None:
    """What cannot be read costs itself alone."""
    (report,) = read_reports(b"statusDesc=" + raw + b"&smsMsgId=m1&status=DELIVRD&orgCode=" + raw)
    assert (report.message_id, report.status) == ("m1", "DELIVRD")
    (report.description or "").encode()


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\r\n", b"\r\n\xef\xbb\xbf \n"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_list_of_reports_is_read_in_every_encoding(mark: bytes, encoding: str) -> None:
    """A mark or blanks before it, and characters of any encoding in it."""
    if mark and encoding.startswith("utf-16"):
        return
    text = '{"statusReportList":[{"smsMsgId":"m1","status":"DELIVRD","statusDesc":"空号"}]}'
    (report,) = read_reports(mark + text.encode(encoding) + (b"" if "16" in encoding else b"\r\n\0"))
    assert (report.message_id, report.delivered, report.description) == ("m1", True, "空号")


@pytest.mark.parametrize(
    "one",
    [
        rb'{"smsMsgId":"m1","status":"DELIVRD","statusDesc":"\ud800"}',
        rb'{"smsMsgId":"m1","status":"DELIVRD","\udfff":{"\ud800":["\ud800"]}}',
        rb'{"smsMsgId":"m1","status":"DELIVRD","extend":"\ud83d\ude00\udc00"}',
        b'{"smsMsgId":"m1","status":"DELIVRD","statusDesc":"\xff\xfe"}',
        b'{"smsMsgId":"m1","status":"DELIVRD","statusDesc":"a\nb\x00"}',
        b'{"smsMsgId":"m1","status":"DELIVRD","total":' + b"9" * 5000 + b"}",
        b'{"smsMsgId":"m1","status":"DELIVRD","total":1e999,"sequence":NaN}',
        b'{"smsMsgId":"m1\\r\\n","status":" delivrd ","sequence":null,"source":2,"to":13}',
        b'[[{"smsMsgId":"m1","status":"DELIVRD"}]]',
        b'{"statusReportList":{"smsMsgId":"m1","status":"DELIVRD"}}',
    ],
)
def test_odd_report_of_a_list_is_kept_and_costs_the_others_nothing(one: bytes) -> None:
    """Lone surrogates in values and keys, raw control characters, huge numbers, nested lists."""
    reports = read_reports(b'{"statusReportList":[' + one + b',{"smsMsgId":"m2","status":"E200018"}]}')
    assert [(each.message_id, each.status) for each in reports] == [("m1", "DELIVRD"), ("m2", "E200018")]
    for each in reports:
        "".join(map(str, astuple(each))).encode()


def test_list_in_a_field_of_a_form_is_read() -> None:
    """The JSON under its own name, as a form."""
    listed = json.dumps([{"smsMsgId": "m1", "status": "DELIVRD"}])
    (report,) = read_reports(urlencode({"statusReportList": listed}).encode())
    assert (report.message_id, report.delivered) == ("m1", True)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("退订".encode("gbk"), "退订"),
        ("退訂".encode("gb18030"), "退訂"),
        ("退订".encode("utf-16"), "退订"),
        ("退订".encode("utf-16-be"), "退订"),
        ("退订".encode("utf-16-le"), "退订"),
        ("R".encode("utf-16-be"), "R"),
        ("回复TD".encode("utf-16-be"), "回复TD"),
        ("TD退订".encode("gbk"), "TD退订"),
        ("退订".encode(), "退订"),
        ("退订".encode().decode("latin-1").encode(), "退订"),
        ("退订".encode("gbk").decode("latin-1").encode(), "退订"),
        (quote("退订").encode(), "退订"),
        (quote("退订", encoding="gbk").encode(), "退订"),
        ("\ufeffR\r\n".encode(), "R"),
        (b"R\x00", "R"),
        ("Ça va".encode(), "Ça va"),
        ("100% 好".encode(), "100% 好"),
        (b"R\xff", "R\ufffd"),
    ],
)
@pytest.mark.parametrize("escaped", [True, False])
def test_reply_is_read_in_the_encoding_it_came_in(raw: bytes, read: str, *, escaped: bool) -> None:
    """GBK, UCS-2 with and without a mark, encoded twice, with things around it: the text as it was typed."""
    if not escaped and (b"+" in raw or b"%" in raw or b"&" in raw or b"=" in raw):
        return
    text = quote(raw).encode() if escaped else raw
    found = read_reply(b"body=" + text + b"&from=%2B8613812345678&to=10690&smsMsgId=m")
    assert (found.body, found.sender, found.message_id) == (read, "+8613812345678", "m")


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ("%2B8613812345678", "+8613812345678"),
        ("%252B8613812345678", "+8613812345678"),
        ("%25252B8613812345678", "+8613812345678"),
        ("+8613812345678", "+8613812345678"),
        ("%2B8613812345678%0D%0A", "+8613812345678"),
        ("+13812345678+", "13812345678"),
        ("8613812345678", "8613812345678"),
        ("%2B86155****5172", "+86155****5172"),
    ],
)
def test_number_that_was_encoded_more_than_once_is_read(sent: str, read: str) -> None:
    """However often its plus sign was escaped, or lost, it is the same number."""
    assert read_reply(f"smsMsgId=1&to=2&body=R&from={sent}".encode()).sender == read


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(body) -> None:
    """Nothing that anybody posts breaks the reader."""
    with suppress(Garbage):
        read_push(body)


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
        with suppress(Garbage):
            read_push(json.dumps(whole).encode())
