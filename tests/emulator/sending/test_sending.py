"""The two operations of sending: what is accepted, what is refused whole, what by number."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.emulator.conftest import MONDAY, Service
from tests.emulator.shop import Shop, open_shop

MANY = ",".join(f"+86138001{number:05}" for number in range(501))


@pytest.fixture
def shop(service: Service) -> Shop:
    """Return a shop that may send."""
    return open_shop(service)


def statuses(reply: Any) -> list[str]:
    return [result["status"] for result in reply.json["result"]]


def test_ids_of_messages_are_of_one_database(make_service: Callable[..., Service], tmp_path: Path) -> None:
    """Reports are matched by them: the same steps in another file give other ones."""
    shops = [open_shop(make_service(tmp_path / f"{name}.db")) for name in "ab"]
    first, second = ([row["smsMsgId"] for row in shop.send().json["result"]] for shop in shops)
    assert set(first).isdisjoint(second)


def test_accepted_message_has_every_documented_field(shop: Shop) -> None:
    """Answer and outbox agree on the message, its text and its parts."""
    reply = shop.send(
        to="13800138000,+8613800138001", extend="order 7", statusCallback="http://127.0.0.1:9/r"
    )
    assert (reply.status, reply.json["code"], reply.json["description"]) == (200, "000000", "Success")
    first, second = reply.json["result"]
    assert first == {
        "smsMsgId": first["smsMsgId"],
        "originTo": "13800138000",
        "status": "000000",
        "countryId": "86",
        "total": 1,
        "from": shop.channel,
        "createTime": "2026-01-05T01:00:00Z",
    }
    assert first["smsMsgId"] != second["smsMsgId"]
    kept = shop.outbox()
    assert [message["smsMsgId"] for message in kept] == [first["smsMsgId"], second["smsMsgId"]]
    assert kept[0] == {
        "smsMsgId": first["smsMsgId"],
        "to": "+8613800138000",
        "status": None,
        "from": shop.channel,
        "templateId": shop.template["template_id"],
        "templateParas": ["A100"],
        "signature": "示例商城",
        "text": "【示例商城】您的订单A100已发货",
        "total": 1,
        "extend": "order 7",
        "statusCallback": "http://127.0.0.1:9/r",
        "createTime": "2026-01-05T01:00:00Z",
        "operation": "BatchSendSms",
        "app_key": shop.app["app_key"],
        "app_name": "shop",
    }


def test_international_message_has_no_signature(shop: Shop) -> None:
    """The app's own channel sends it, the country comes from the number."""
    reply = shop.send(shop.abroad, to="+6591234567,+12025550123")
    assert [result["countryId"] for result in reply.json["result"]] == ["65", "1"]
    assert {(message["signature"], message["text"]) for message in shop.outbox()} == {(None, "Hello A100")}


def test_different_texts_go_out_in_one_request(shop: Shop) -> None:
    """Every content has numbers and values of its own; the same text to the same number goes once."""
    reply = shop.send_different(
        {"to": ["+8613800138000", "13800138001"], "templateParas": ["A1"]},
        {"to": ["13800138000"], "templateParas": ["A2"]},
        {"to": ["13800138000"], "templateParas": ["A1"]},
    )
    assert statuses(reply) == ["000000", "000000", "000000", "E200041"]
    texts = [message["text"] for message in shop.outbox()]
    assert texts == [f"【示例商城】您的订单{order}已发货" for order in ("A1", "A1", "A2")]


def test_long_text_is_counted_in_parts(shop: Shop) -> None:
    """A text of 71 characters with its signature is two parts."""
    service = shop.service
    for size, parts in ((64, 1), (65, 2)):
        made = service.template(shop.app["id"], shop.signature["id"], template_content="长" * size)
        service.decide("template", made, "approve")
        reply = shop.send(templateId=service.show("template", made)["template_id"], templateParas=None)
        assert reply.json["result"][0]["total"] == parts


def test_number_given_twice_is_sent_once(shop: Shop) -> None:
    """Numbers are compared in full: with and without +86 is the same one."""
    reply = shop.send(to="13800138000,+8613800138000,13800138000")
    assert [result["originTo"] for result in reply.json["result"]] == ["13800138000"]


# What a request changes → code and status of the whole.
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"to": MANY}, "E000503"),
    ({"to": "+8613800138000, +8613800138001"}, "E000503"),
    ({"to": "+86138-0013"}, "E000503"),
    ({"to": "13800138000,"}, "E000503"),
    ({"to": "1" * 22}, "E000503"),
    ({"to": ""}, "E000503"),
    ({"to": None}, "E000503"),
    ({"from": None}, "E000503"),
    ({"templateId": None}, "E000503"),
    ({"extend": ""}, "E000503"),
    ({"extend": "x" * 129}, "E000503"),
    ({"extend": "{x}"}, "E000503"),
    ({"templateParas": "[369751"}, "E000000"),
    ({"templateParas": '"369751"'}, "E000000"),
    ({"templateParas": '[["x"]]'}, "E000000"),
    ({"templateParas": '["\\ud800"]'}, "E000000"),
]


@pytest.mark.parametrize(("changes", "code"), REFUSED, ids=str)
def test_request_is_refused_whole(shop: Shop, changes: dict[str, Any], code: str) -> None:
    """Nothing is sent to any number, and there is no result."""
    reply = shop.send(**changes)
    assert (reply.status, reply.json["code"]) == (400, code)
    assert set(reply.json) == {"code", "description"}
    assert shop.outbox() == []


def test_500_numbers_are_the_most(shop: Shop) -> None:
    """At 500 everything is accepted, also over several contents."""
    numbers = MANY.split(",")
    assert len(shop.send(to=",".join(numbers[:500])).json["result"]) == 500
    halves = [{"to": numbers[:250]}, {"to": numbers[250:500], "templateParas": ["B"]}]
    assert len(shop.send_different(*halves).json["result"]) == 500
    assert shop.send_different(*halves, {"to": numbers[500:]}).json["code"] == "E000503"


def test_content_over_64_kb_is_refused(shop: Shop) -> None:
    """Different texts may fill 64 KB in all."""
    spare = len(json.dumps({"from": shop.channel, "smsContent": [], "x": ""})) + 120
    assert shop.send_different({}, x="x" * (64 * 1024 - spare - 100)).json["code"] == "000000"
    reply = shop.send_different({}, x="x" * 64 * 1024)
    assert (reply.status, reply.json["code"]) == (400, "E000503")
    assert reply.json["description"].endswith("the content must not exceed 64 KB")


# What a message changes → the status of its number.
FAILING: list[tuple[dict[str, Any], str]] = [
    ({"to": "123"}, "E200031"),
    ({"to": "8613800138000"}, "E200031"),
    ({"to": "+99912345678"}, "E200031"),
    ({"to": "+6591234567"}, "E200024"),
    ({"from": "1"}, "E200019"),
    ({"templateId": "x"}, "E200030"),
    ({"templateParas": None}, "E200028"),
    ({"templateParas": ""}, "E200028"),
    ({"templateParas": '["1","2"]'}, "E200028"),
    ({"templateParas": '["123456789012345678901"]'}, "E200028"),
    ({"templateParas": '["1a2b.3c"]'}, "E200028"),
    ({"templateParas": '[""]'}, "E200028"),
]


@pytest.mark.parametrize(("changes", "status"), FAILING, ids=str)
def test_number_fails_with_its_status(shop: Shop, changes: dict[str, Any], status: str) -> None:
    """If every number fails, the code says so; each result has an id and a status."""
    reply = shop.send(**changes)
    assert (reply.status, reply.json["code"]) == (400, "E000510")
    assert statuses(reply) == [status]
    assert reply.json["result"][0]["smsMsgId"]
    assert shop.outbox() == []


def test_good_numbers_are_sent_beside_bad_ones(shop: Shop) -> None:
    """A malformed number has a failing status; the others are not held up by it."""
    reply = shop.send(to="123,13800138000,+6591234567")
    assert (reply.status, reply.json["code"]) == (200, "000000")
    assert statuses(reply) == ["E200031", "000000", "E200024"]
    assert [message["to"] for message in shop.outbox()] == ["+8613800138000"]


def test_international_app_sends_abroad_only(shop: Shop) -> None:
    """A mainland number, a foreign sender and an unknown dialling code fail."""
    assert statuses(shop.send(shop.abroad, to="+8613800138000")) == ["E200025"]
    assert statuses(shop.send(shop.abroad, **{"from": shop.channel})) == ["E200024"]
    assert statuses(shop.send(shop.abroad, to="+99912345678")) == ["E200031"]


def test_verification_abroad_is_a_code(shop: Shop) -> None:
    """An international verification code has 4 to 8 digits."""
    service = shop.service
    fields = {"region": "intl", "template_content": "Code ${1}", "template_type": "VERIFY_CODE_TYPE"}
    made = service.template(shop.abroad["id"], None, **fields)
    service.decide("template", made, "approve")
    template = service.show("template", made)["template_id"]
    for value, status in (("123", "E200051"), ("1234", "000000"), ("12a4", "E200051"), ("1" * 9, "E200028")):
        paras = json.dumps([value])
        assert statuses(shop.send(shop.abroad, templateId=template, templateParas=paras)) == [status]


def test_template_must_be_approved_and_the_apps(shop: Shop) -> None:
    """One in review, one that was deactivated and one of another app are not active."""
    service = shop.service
    assert statuses(shop.send(templateId=shop.hello["template_id"])) == ["E200030"]
    service.force("template", shop.template["id"], "Adopted_inactive")
    assert statuses(shop.send()) == ["E200030"]


def test_sender_must_be_the_templates(shop: Shop) -> None:
    """The channel of another signature, of another type, or of one that is no longer active fails."""
    service = shop.service
    for changes, status in (
        ({"signature_name": "别的"}, "E200029"),
        ({"signature_type": "PROMOTION_TYPE"}, "E200029"),
    ):
        other = service.signature(shop.app["id"], approved=True, **changes)["id"]
        channel = service.show("signature", other)["channel_num"]
        assert statuses(shop.send(**{"from": channel})) == [status]
    service.force("signature", shop.signature["id"], "TO_BE_ACTIVATED")
    assert statuses(shop.send()) == ["E200018"]


def test_universal_template_needs_the_senders_signature(shop: Shop) -> None:
    """Without a name or with another one it fails; other templates do not look at the name."""
    universal = shop.universal["template_id"]
    for name, status in ((None, "E200020"), ("", "E200020"), ("别的", "E200020"), ("示例商城", "000000")):
        assert statuses(shop.send(templateId=universal, signature=name)) == [status]
    assert statuses(shop.send(signature="别的")) == ["000000"]


VALUES = [
    ("PHONE", ["4001", "+86-10-12345", "95555"], ["123", "12a4", "1234-", "1" * 16]),
    ("CHARDIGIT", ["A_1", "x" * 20], ["a-b", "订单", "x" * 21]),
    (
        "DATETIME",
        ["20260105", "2026-01-05", "2026年1月5日", "09:30", "9点30分"],
        ["2026-01-05 09:30", "soon"],
    ),
    ("MONEY", ["12.50", "壹佰元整", "10.0.0.1"], ["¥5", "5元x"]),
    ("TEXT", ["张三", "x" * 20], ["a.b", "it's", "<b>", "x" * 21, "a\nb"]),
    ("NEWTEXT", ["x" * 35, "a.b"], ["x" * 36, "{a}"]),
    ("LONGTEXT", ["x" * 100], ["x" * 101]),
]


@pytest.mark.parametrize(
    ("kind", "good", "bad"), VALUES, ids=lambda value: value if type(value) is str else ""
)
def test_value_fits_its_variable(shop: Shop, kind: str, good: list[str], bad: list[str]) -> None:
    """Characters, form and length of a value are those of the variable's attribute."""
    service = shop.service
    attributes = [{"variable_index": 1, "variable_type": kind, "variable_desc": "x"}]
    made = service.template(shop.app["id"], shop.signature["id"], variable_attributes=attributes)
    service.decide("template", made, "approve")
    template = service.show("template", made)["template_id"]
    for values, status in ((good, "000000"), (bad, "E200028")):
        for value in values:
            paras = json.dumps([value])
            assert statuses(shop.send(templateId=template, templateParas=paras)) == [status], value


def test_verification_code_has_eight_characters_at_most(shop: Shop) -> None:
    """The cap of verification templates is shorter than the attribute's."""
    service = shop.service
    kind = {"signature_type": "VERIFY_CODE_TYPE"}
    sign = service.signature(shop.app["id"], approved=True, **kind)["id"]
    made = service.template(shop.app["id"], sign)
    service.decide("template", made, "approve")
    fields = {
        "from": service.show("signature", sign)["channel_num"],
        "templateId": service.show("template", made)["template_id"],
    }
    assert statuses(shop.send(**fields, templateParas='["12345678"]')) == ["000000"]
    assert statuses(shop.send(**fields, templateParas='["123456789"]')) == ["E200028"]


def test_number_without_quotes_is_taken_as_its_digits(shop: Shop) -> None:
    """What JSON makes of 369751 is sent; a leading zero would be lost, or be no JSON."""
    assert statuses(shop.send(templateParas="[369751]")) == ["000000"]
    assert shop.send(templateParas="[012]").json["code"] == "E000000"


def test_queued_status_strikes_every_number(shop: Shop) -> None:
    """A fault with the code of a number is no refusal of the request; other codes are."""
    faults = [
        {"operation": "BatchSendSms", "fault": "status", "error_code": "E200015"},
        {"operation": "BatchSendSms", "fault": "status", "error_code": "E000000", "status": 400},
        {"operation": "BatchSendSms", "fault": "throttle"},
    ]
    assert shop.service.control("POST", "faults", faults).status == 200
    assert statuses(shop.send()) == ["E200015"]
    assert shop.send().json == {"code": "E000000", "description": "System error."}
    assert shop.send().status == 429
    assert statuses(shop.send()) == ["000000"]


@pytest.mark.parametrize(
    ("kind", "cut", "delay", "kept"),
    [("reset", True, 0.0, 0), ("timeout-after-commit", True, 0.2, 1), ("slow", False, 0.7, 1)],
)
def test_queued_trouble_strikes_the_connection(shop: Shop, kind, cut, delay, kept) -> None:
    """The answer is lost or late; whether the message was taken is what the fault says."""
    fault = {"operation": "BatchSendSms", "fault": kind, "seconds": 0.7}
    assert shop.service.control("POST", "faults", [fault]).status == 200
    response = shop.send().response
    assert (response.disconnect, response.delay) == (cut, delay)
    assert len(shop.outbox()) == kept


def test_outbox_comes_in_pages(shop: Shop) -> None:
    """Pages join to the whole list; the header counts all of it."""
    for number in range(5):
        shop.send(to=f"1380013800{number},1390013800{number},123")
    whole = shop.outbox()
    assert len(whole) == 10
    pages = [shop.outbox(f"?offset={start}&limit=3") for start in range(0, 12, 3)]
    assert [message for page in pages for message in page] == whole
    assert shop.service.control("GET", "outbox?limit=0").headers["x-total-count"] == "10"
    assert shop.service.control("GET", "outbox?limit=x").status == 400


def test_reset_empties_the_outbox(shop: Shop) -> None:
    """Nothing of what was sent is left, and ids do not come twice."""
    before = shop.send().json["result"][0]["smsMsgId"]
    shop.service.control("POST", "reset")
    assert shop.outbox() == []
    again = open_shop(shop.service)
    assert again.send().json["result"][0]["smsMsgId"] != before


def test_created_time_is_virtual(shop: Shop) -> None:
    """What is sent bears the virtual clock's time, in UTC."""
    shop.service.advance("P1D")
    assert shop.service.real == MONDAY
    assert shop.send().json["result"][0]["createTime"] == (MONDAY + timedelta(days=1)).strftime(
        "%Y-%m-%dT%H:%M:%SZ"
    )
