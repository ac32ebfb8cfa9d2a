"""Status reports: which one, when, where to, in which form, and how often."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest

from smsconf import signing
from smsconf.emulator.gateway.pusher import push_all
from smsconf.emulator.sending.carrier import ENDINGS
from tests.emulator.conftest import Service
from tests.emulator.listener import Listener, listening
from tests.emulator.shop import Shop, open_shop


@pytest.fixture
def shop(service: Service) -> Shop:
    """Return a shop that may send."""
    return open_shop(service)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Return a server that takes pushes."""
    with listening() as running:
        yield running


def single(listener: Listener) -> list[dict[str, str]]:
    """Return the single reports that arrived."""
    return [{name: values[0] for name, values in parse_qs(body).items()} for body in listener.bodies]


def joined(listener: Listener) -> list[list[dict[str, str]]]:
    """Return the batches of reports that arrived."""
    return [json.loads(body)["statusReportList"] for body in listener.bodies]


def carrier(shop: Shop, **habits: Any) -> None:
    assert shop.service.control("PUT", "carrier", habits).status == 200


def pushes(shop: Shop) -> list[dict[str, Any]]:
    return list(shop.service.control("GET", "pushes").json)


def test_report_goes_to_the_status_callback(shop: Shop, listener: Listener) -> None:
    """Two seconds after sending it is pushed as a form, with a number only if there was an extend."""
    sent = shop.send(statusCallback=f"{listener.url}/report?a=1").json["result"][0]
    assert push_all(shop.service.engine) == []
    assert shop.outbox()[0]["status"] is None
    shop.service.advance("PT2S")
    (result,) = push_all(shop.service.engine)
    assert (result.status, result.error) == (200, None)
    ((path, headers, _),) = listener.received
    assert path == "/report?a=1"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert single(listener) == [
        {
            "smsMsgId": sent["smsMsgId"],
            "total": "1",
            "sequence": "1",
            "status": "DELIVRD",
            "source": "2",
            "statusDesc": "Message is delivered to destination.",
            "updateTime": "2026-01-05T01:00:02Z",
            "orgCode": "000",
        }
    ]
    assert shop.outbox()[0]["status"] == "DELIVRD"
    assert push_all(shop.service.engine) == []


def test_extend_brings_the_number_along(shop: Shop, listener: Listener) -> None:
    """What was sent as extend comes back, and the number with it."""
    shop.send(statusCallback=listener.url, extend="order 7")
    shop.service.advance("PT1M")
    push_all(shop.service.engine)
    (report,) = single(listener)
    assert (report["extend"], report["to"]) == ("order 7", "+8613800138000")


def test_every_part_is_reported(shop: Shop, listener: Listener) -> None:
    """The parts of a long message share its id and are numbered."""
    service = shop.service
    made = service.template(shop.app["id"], shop.signature["id"], template_content="长" * 130)
    service.decide("template", made, "approve")
    template = service.show("template", made)["template_id"]
    shop.send(templateId=template, templateParas=None, statusCallback=listener.url)
    service.advance("PT1M")
    push_all(service.engine)
    reports = single(listener)
    assert sorted((report["total"], report["sequence"]) for report in reports) == [
        ("3", "1"),
        ("3", "2"),
        ("3", "3"),
    ]
    assert len({report["smsMsgId"] for report in reports}) == 1


@pytest.mark.parametrize(("ending", "status"), [row for row in ENDINGS.items() if row[1]])
def test_last_digits_decide_the_outcome(shop: Shop, listener: Listener, ending: str, status: str) -> None:
    """The endings of the table are reported with their status, the platform's own as such."""
    shop.send(to=f"+86138001{ending}", statusCallback=listener.url)
    shop.service.advance("PT1M")
    push_all(shop.service.engine)
    (report,) = single(listener)
    assert report["status"] == status
    assert report["source"] == ("3" if status.startswith("SC:") else "2")


def test_silent_carrier_is_expired_after_72_hours(shop: Shop, listener: Listener) -> None:
    """The platform makes the report up, without a time; those beside it came at once, and only once."""
    shop.send(to="+8613800199909,+8613800138000", statusCallback=listener.url)
    shop.service.advance("PT71H59M59S")
    push_all(shop.service.engine)
    assert [report["status"] for report in single(listener)] == ["DELIVRD"]
    assert [message["status"] for message in shop.outbox()] == [None, "DELIVRD"]
    shop.service.advance("PT1S")
    push_all(shop.service.engine)
    late = single(listener)[1]
    assert (late["status"], late["source"]) == ("EXPIRED", "1")
    assert "updateTime" not in late
    shop.service.advance("P30D")
    assert push_all(shop.service.engine) == []
    assert [message["status"] for message in shop.outbox()] == ["EXPIRED", "DELIVRD"]


def test_rule_decides_before_the_ending(shop: Shop, listener: Listener) -> None:
    """The first rule that fits a number gives status and delay, or refuses it at once."""
    rules = [
        {"to": "001$", "status": "UT:0023", "delay": "PT1H"},
        {"to": "002$", "status": None},
        {"to": "003$", "answer": "E200048"},
    ]
    carrier(shop, default="UNDELIV", delay="PT0S", rules=rules)
    numbers = [f"+861380013800{last}" for last in range(4)]
    reply = shop.send(to=",".join(numbers), statusCallback=listener.url)
    assert [row["status"] for row in reply.json["result"]] == ["000000", "000000", "000000", "E200048"]
    push_all(shop.service.engine)
    assert [report["status"] for report in single(listener)] == ["UNDELIV"]
    shop.service.advance("PT1H")
    push_all(shop.service.engine)
    assert [report["status"] for report in single(listener)] == ["UNDELIV", "UT:0023"]
    shop.service.advance("PT72H")
    push_all(shop.service.engine)
    assert [report["status"] for report in single(listener)] == ["UNDELIV", "UT:0023", "EXPIRED"]


def test_events_play_in_order_of_time(shop: Shop, listener: Listener) -> None:
    """One advance over several dates queues the reports as time would have."""
    carrier(shop, delay="PT3H", rules=[{"to": "0$", "delay": "PT1H"}, {"to": "1$", "delay": "PT5H"}])
    shop.send(to="+8613800138001,+8613800138002,+8613800138000", statusCallback=listener.url)
    shop.service.advance("P1D")
    times = [row["due"] for row in pushes(shop)]
    assert times == ["2026-01-05T02:00:00Z", "2026-01-05T04:00:00Z", "2026-01-05T06:00:00Z"]


def test_without_callback_reports_go_in_batches_of_fifty(shop: Shop, listener: Listener) -> None:
    """The app's batch address gets JSON; values are strings, and fields are the bean's."""
    console = {"name": "shop", "batch_address": f"{listener.url}/batchReport"}
    assert shop.service.control("PUT", "console", console).status == 200
    numbers = [f"+86138001{number:05}" for number in range(120)]
    shop.send(to=",".join(numbers), extend="x")
    shop.service.advance("PT1M")
    push_all(shop.service.engine)
    assert sorted(len(batch) for batch in joined(listener)) == [20, 50, 50]
    assert {headers["Content-Type"] for _, headers, _ in listener.received} == {"application/json"}
    reports = [report for batch in joined(listener) for report in batch]
    assert sorted(report["to"] for report in reports) == numbers
    assert set(reports[0]) == {
        *("smsMsgId", "total", "sequence", "status", "source", "updateTime", "extend", "to"),
    }


def test_callback_of_the_request_comes_first(shop: Shop, listener: Listener) -> None:
    """With both addresses the request's own gets the report, in its own form."""
    console = {"name": "shop", "batch_address": f"{listener.url}/batch"}
    shop.service.control("PUT", "console", console)
    shop.send(statusCallback=f"{listener.url}/own")
    shop.service.advance("PT1M")
    push_all(shop.service.engine)
    assert [path for path, _, _ in listener.received] == ["/own"]


def test_without_any_address_nothing_is_pushed(shop: Shop) -> None:
    """The outcome is known to the emulator alone."""
    shop.send()
    shop.service.advance("P4D")
    assert pushes(shop) == []
    assert shop.outbox()[0]["status"] == "DELIVRD"


def test_duplicates_and_disorder_on_demand(shop: Shop, listener: Listener) -> None:
    """Every report comes three times, the last number's first."""
    carrier(shop, duplicates=2, disorder=True)
    sent = shop.send(to="+8613800138000,+8613800138001", statusCallback=listener.url).json["result"]
    shop.service.advance("PT1M")
    ids = [parse_qs(row["body"])["smsMsgId"][0] for row in pushes(shop)]
    assert ids == [sent[1]["smsMsgId"]] * 3 + [sent[0]["smsMsgId"]] * 3
    assert len(push_all(shop.service.engine)) == 6
    assert sorted(listener.bodies) == sorted(row["body"] for row in pushes(shop))


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/report",
        "http://10.0.0.1/report",
        "http://127.0.0.1.example.com/report",
        "http://user@example.com:80@127.0.0.1.evil/",
        "ftp://127.0.0.1/report",
        "http://127.0.0.1:99999/",
        "report",
    ],
)
def test_other_machines_are_never_pushed_to(shop: Shop, url: str) -> None:
    """The report is written down with the reason, and nothing is sent."""
    shop.send(statusCallback=url)
    shop.service.advance("PT1M")
    (row,) = pushes(shop)
    assert (row["url"], row["state"], row["status"]) == (url, "done", None)
    assert "this machine only" in row["error"]
    assert push_all(shop.service.engine) == []


def test_push_that_fails_is_written_down_and_not_repeated(shop: Shop, listener: Listener) -> None:
    """Nobody listening is an error, an answer of any kind is the end."""
    listener.status = 503
    shop.send(statusCallback=listener.url)
    shop.send(statusCallback="http://127.0.0.1:1/closed")
    shop.service.advance("PT1M")
    push_all(shop.service.engine)
    first, second = pushes(shop)
    assert (first["state"], first["status"], first["error"]) == ("done", 503, None)
    assert (second["state"], second["status"]) == ("done", None)
    assert "refused" in second["error"].lower()
    assert push_all(shop.service.engine) == []


def test_push_of_a_dead_process_is_handed_out_again(shop: Shop, listener: Listener) -> None:
    """Who takes a push and dies leaves it to the next one, after a while."""
    engine = shop.service.engine
    shop.send(statusCallback=listener.url)
    shop.service.advance("PT1M")
    (taken,) = engine.take_pushes(10)
    assert engine.take_pushes(10) == []
    shop.service.pass_real_time(timedelta(seconds=31))
    assert [push.seq for push in engine.take_pushes(10)] == [taken.seq]


@pytest.mark.parametrize("kind", ["report", "reply"])
def test_pushes_are_signed_if_the_app_has_keys(shop: Shop, listener: Listener, kind: str) -> None:
    """The signature covers the documented headers as they arrive, and is of real time."""
    keys = {"name": "shop", "push_ak": "PUSHAK", "push_sk": "PUSHSK"}
    reply = shop.service.control("PUT", "console", keys)
    assert reply.json["push_sk"] == "******"
    if kind == "report":
        shop.send(statusCallback=f"{listener.url}/r?x=1")
    else:
        body = {**shop.service.show("app", shop.app["id"]), "up_link_addr": f"{listener.url}/r?x=1"}
        shop.service.call("PUT", f"/apps/{shop.app['id']}", body)
        uplink = {"from": "+8613800138000", "to": shop.channel, "body": "hello"}
        shop.service.control("POST", "uplink", uplink)
    shop.service.advance("P2D")
    push_all(shop.service.engine)
    ((path, headers, content),) = listener.received
    given = headers["Authorization"]
    assert given.startswith(
        "SDK-HMAC-SHA256 Access=PUSHAK, "
        "SignedHeaders=connection;content-length;content-type;host;x-sdk-date, Signature="
    )
    assert headers["X-Sdk-Date"] == "20260105T010000Z"
    names = ["connection", "content-length", "content-type", "host", "x-sdk-date"]
    route, _, query = path.partition("?")
    canonical = signing.canonical_request(
        "POST", route, query, headers, names, signing.payload_hash(content, {})
    )
    assert given.endswith("=" + signing.signature("PUSHSK", headers["X-Sdk-Date"], canonical))


def test_promotion_at_night_is_not_delivered(shop: Shop, listener: Listener) -> None:
    """From 22:00 to 8:00 in Beijing the platform stops it: time window control."""
    service = shop.service
    kind = {"signature_type": "PROMOTION_TYPE"}
    sign = service.signature(shop.app["id"], approved=True, **kind)["id"]
    made = service.template(shop.app["id"], sign, template_content="Hi R", variable_attributes=[])
    service.decide("template", made, "approve")
    fields = {
        "from": service.show("signature", sign)["channel_num"],
        "templateId": service.show("template", made)["template_id"],
        "templateParas": None,
    }
    for moment, status in (
        ("2026-01-06T07:59:59+08:00", "SC:0011"),
        ("2026-01-06T08:00:00+08:00", "DELIVRD"),
        ("2026-01-06T21:59:59+08:00", "DELIVRD"),
        ("2026-01-06T22:00:00+08:00", "SC:0011"),
    ):
        service.control("POST", "clock", {"set": moment})
        shop.send(**fields)
        service.advance("PT2S")
        assert shop.outbox()[-1]["status"] == status, moment


BAD_HABITS: list[Any] = [
    {"default": ""},
    {"default": 7},
    {"delay": "soon"},
    {"delay": "-PT1S"},
    {"delay": "PT73H"},
    {"delay": "P999999999999999D"},
    {"duplicates": 11},
    {"duplicates": True},
    {"disorder": 1},
    {"rules": {}},
    {"rules": [{"to": "("}]},
    {"rules": [{"status": "X"}]},
    {"rules": [{"to": "1", "delay": 3}]},
    {"rules": [{"to": "1", "x": 3}]},
    {"x": 1},
    [],
]


@pytest.mark.parametrize("habits", BAD_HABITS, ids=str)
def test_bad_habit_of_a_carrier_is_400(shop: Shop, habits: Any) -> None:
    """What is wrong is said, and nothing is changed."""
    reply = shop.service.control("PUT", "carrier", habits)
    assert reply.status == 400
    assert reply.json["error"]
